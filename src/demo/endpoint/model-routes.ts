import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { classifierFromBytes } from '../classifier-bytes.js';
import type { ClassifierModel } from '../classifier-model.js';
import { classify } from '../linear-classifier.js';
import { badRequest, notFound } from './api-error.js';
import { BASE_MODEL, ORGANISATION, type ModelObject } from './api-objects.js';
import type { EndpointStore } from './endpoint-store.js';
import { json, parseBody, type Route, type RouteRequest } from './http.js';
import { chatMessage, countTokens, userText } from './training-data.js';

/** Classifiers held in memory; the least recently used one goes first. */
const MAXIMUM_LOADED = 8;

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(chatMessage).min(1),
  n: z.literal(1).nullish(),
  stream: z.literal(false).nullish(),
});

const BASE: ModelObject = {
  id: BASE_MODEL,
  object: 'model',
  created: 0,
  owned_by: ORGANISATION,
};

/** @throws ApiError 404 where there is no such model. */
export function requireModel(store: EndpointStore, id: string): ModelObject {
  const model = id === BASE_MODEL ? BASE : store.models.get(id)?.model;
  if (model === undefined) {
    const message = `The model '${id.slice(0, 120)}' does not exist or you do not have access to it.`;
    throw notFound(message, 'model_not_found', 'model');
  }
  return model;
}

function createLoader(store: EndpointStore): (id: string) => Promise<ClassifierModel> {
  const loaded = new Map<string, Promise<ClassifierModel>>();
  return (id) => {
    const model = loaded.get(id) ?? readFile(store.models.pathOf(id)).then(classifierFromBytes);
    loaded.delete(id);
    loaded.set(id, model);
    const [oldest] = loaded.keys();
    if (loaded.size > MAXIMUM_LOADED && oldest !== undefined) loaded.delete(oldest);
    model.catch(() => loaded.delete(id));
    return model;
  };
}

function completion(
  model: string,
  created: number,
  text: string,
  promptTokens: number,
  id: string,
): object {
  const completionTokens = countTokens(text);
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

/**
 * Chat completions and the list of models. A fine-tuned model answers with its most probable label
 * whatever temperature, seed and token limit say; the untrained base model knows no label and answers
 * with the empty string.
 */
export function modelRoutes(store: EndpointStore, unixTime: () => number): readonly Route[] {
  const load = createLoader(store);
  const answer = async ({ body }: RouteRequest): Promise<object> => {
    const { model, messages } = parseBody(chatRequest, body);
    requireModel(store, model);
    const text = userText(messages);
    const label = model === BASE_MODEL ? '' : classify(await load(model), text).label;
    const id = createHash('sha256').update(body).digest('hex').slice(0, 24);
    return completion(model, unixTime(), label, countTokens(text), `chatcmpl-${id}`);
  };
  const idOf = (request: RouteRequest): string => request.ids[0] ?? '';
  return [
    { method: 'POST', path: 'chat/completions', handle: async (r) => json(await answer(r)) },
    {
      method: 'GET',
      path: 'models',
      handle: async () =>
        json({ object: 'list', data: [BASE, ...store.models.list().map(({ model }) => model)] }),
    },
    {
      method: 'GET',
      path: 'models/*',
      handle: async (request) => json(requireModel(store, idOf(request))),
    },
    {
      method: 'DELETE',
      path: 'models/*',
      handle: async (request) => {
        const { id } = requireModel(store, idOf(request));
        if (id === BASE_MODEL) throw badRequest('The base model stays.', 'model');
        await store.models.delete(id);
        return json({ id, object: 'model', deleted: true });
      },
    },
  ];
}
