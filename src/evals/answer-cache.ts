import { canonicalJson } from '../domain/json.js';
import type { Manner } from '../domain/manner.js';
import type { ToolCall } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';
import type { AnswerUsage } from '../domain/usage.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson, sha256Hex } from '../storage/objects.js';

/** One answer of a model, redacted. */
export interface GivenAnswer {
  readonly output: string;
  /** The calls of tools that it made, where it made any. */
  readonly toolCalls?: readonly ToolCall[];
  /** What it took, where that was measured; stands beside an answer that is stored, never in it. */
  readonly usage?: AnswerUsage;
}

/** Answers that were given before; `attempt` counts those to one sample from 0. */
export interface AnswerCache {
  find(sample: Sample, attempt: number): Promise<GivenAnswer | null>;
  /** The answer that counts from now on: the one that was kept first. */
  keep(sample: Sample, attempt: number, answer: GivenAnswer): Promise<GivenAnswer>;
}

/** What an answer depends on beside its sample; its manner as `mannerOf` gives it. */
export interface AskedModel extends Manner {
  readonly baseURL: string;
  readonly modelId: string;
  readonly temperature: number | null;
  readonly maximumTokens: number;
  /** Version of the redactor that answers go through. */
  readonly redactor: string;
  /** Which model this is among those that may have the same name: a trainer may give a name again. */
  readonly origin: string;
}

/** Where it stands what an answer took, or a file of answers: no digest is made of it. */
export function usageKey(key: string): string {
  return `usage/${key}`;
}

/**
 * Keeps each answer as soon as it is given, in an object of its own at `answers/MODEL/ITEM.json`, so that a suite that was
 * interrupted goes on where it was, and nothing is paid for twice. Two samples with the same messages and tools are one item.
 */
export function createAnswerCache(store: ObjectStore, asked: AskedModel): AnswerCache {
  const folder = `answers/${sha256Hex(canonicalJson(asked)).slice(0, 32)}`;
  const keyOf = ({ messages, tools }: Sample, attempt: number): string =>
    `${folder}/${sha256Hex(canonicalJson({ messages, tools: tools ?? null, attempt }))}.json`;
  const find = async (sample: Sample, attempt: number): Promise<GivenAnswer | null> => {
    const key = keyOf(sample, attempt);
    if ((await store.head(key)) === null) return null;
    const answer = await readJson<GivenAnswer>(store, key);
    const hasUsage = (await store.head(usageKey(key))) !== null;
    return hasUsage
      ? { ...answer, usage: await readJson<AnswerUsage>(store, usageKey(key)) }
      : answer;
  };
  return {
    find,
    async keep(sample, attempt, answer) {
      const { usage, ...given } = answer;
      const key = keyOf(sample, attempt);
      // Before the answer, so that none is found without what it took.
      if (usage !== undefined) {
        await store.putIfAbsent(usageKey(key), Buffer.from(canonicalJson(usage)));
      }
      const { created } = await store.putIfAbsent(key, Buffer.from(canonicalJson(given)));
      return created ? answer : ((await find(sample, attempt)) ?? answer);
    },
  };
}
