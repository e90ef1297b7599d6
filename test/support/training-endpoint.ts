import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startTrainingEndpoint } from '../../src/demo/training-endpoint.js';

export const ENDPOINT_KEY = 'test-key-of-the-endpoint';

export interface TestEndpoint {
  readonly baseURL: string;
  readonly folder: string;
  /** Stops the server and starts another one over the same folder. */
  restart(): Promise<TestEndpoint>;
  close(): Promise<void>;
}

/** A training endpoint on a free port, over a new folder (removed by `close`) or a given one. */
export async function openTestEndpoint(over?: string): Promise<TestEndpoint> {
  const folder = over ?? (await mkdtemp(join(tmpdir(), 'holdfast-endpoint-')));
  const endpoint = await startTrainingEndpoint({
    host: '127.0.0.1',
    port: 0,
    folder,
    key: ENDPOINT_KEY,
  });
  return {
    baseURL: endpoint.baseURL,
    folder,
    restart: async () => {
      await endpoint.close();
      return openTestEndpoint(folder);
    },
    close: async () => {
      await endpoint.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One line of a training file in chat form. */
export function chatLine(text: string, answer: string): string {
  const messages = [
    { role: 'system', content: 'Name the folder.' },
    { role: 'user', content: text },
    { role: 'assistant', content: answer },
  ];
  return JSON.stringify({ messages });
}

/** Lines about two topics that a linear classifier tells apart at once. */
export function twoTopicFile(count: number): Uint8Array {
  const topics = [
    ['garden', 'roses compost spade hedge'],
    ['sea', 'anchor tide harbour keel'],
  ] as const;
  const lines = Array.from({ length: count }, (_, index) => {
    const [label, words] = topics[index % 2] ?? topics[0];
    return chatLine(`${words} number ${index}`, label);
  });
  return Buffer.from(lines.join('\n'));
}

/** Asks again until `accept` takes the answer. @throws Error after `attempts` tries. */
export async function until<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  attempts = 2000,
): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answer = await ask();
    if (accept(answer)) return answer;
    await delay(5);
  }
  throw new Error(`no acceptable answer in ${attempts} attempts`);
}

export type Body = Record<string, unknown>;
export interface Reply {
  readonly status: number;
  readonly body: Body;
}

/** One request to an endpoint; a string body is sent as it is, anything else as JSON. */
export async function callEndpoint(
  baseURL: string,
  method: string,
  path: string,
  body?: unknown,
  key = ENDPOINT_KEY,
): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${baseURL}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: text }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}
