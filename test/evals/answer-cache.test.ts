import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '../../src/domain/sample.js';
import { createAnswerCache } from '../../src/evals/answer-cache.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { readBytes } from '../../src/storage/objects.js';

const SAMPLE: Sample = {
  id: 's',
  messages: [{ role: 'user', content: 'question' }],
  reference: null,
  referenceOrigin: 'independent',
  options: [],
  cluster: 's',
};
const MODEL = {
  baseURL: 'http://127.0.0.1/v1',
  modelId: 'ft:model',
  temperature: 0,
  maximumTokens: 16,
  redactor: 'redactor-1',
  origin: 'champion 1',
};
const USAGE = { latencyMs: 250, day: '2026-11-20', promptTokens: 30, completionTokens: 9 };

test('what an answer took is found again with it, and is no part of its object', async () => {
  const store = createMemoryStore();
  await createAnswerCache(store, MODEL).keep(SAMPLE, 0, { output: 'yes', usage: USAGE });
  await createAnswerCache(store, MODEL).keep(SAMPLE, 1, { output: 'no' });
  const later = createAnswerCache(store, MODEL);
  assert.deepEqual(await later.find(SAMPLE, 0), { output: 'yes', usage: USAGE });
  assert.deepEqual(await later.find(SAMPLE, 1), { output: 'no' });
  const texts: string[] = [];
  for await (const { key } of store.list('answers/')) {
    texts.push(Buffer.from(await readBytes(store, key)).toString());
  }
  assert.deepEqual(texts.sort(), ['{"output":"no"}', '{"output":"yes"}']);
});

test('the first answer that was kept counts, with what that one took', async () => {
  const store = createMemoryStore();
  const cache = createAnswerCache(store, MODEL);
  await cache.keep(SAMPLE, 0, { output: 'first', usage: USAGE });
  const slower = { ...USAGE, latencyMs: 900 };
  const kept = await cache.keep(SAMPLE, 0, { output: 'second', usage: slower });
  assert.deepEqual(kept, { output: 'first', usage: USAGE });
});

test('keys are what they always were where no manner is set', async () => {
  const store = createMemoryStore();
  await createAnswerCache(store, MODEL).keep(SAMPLE, 0, { output: 'yes' });
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  assert.deepEqual(keys, [
    'answers/bbcf534582dd06c01c060a737eda9e95/39f15c25576db3f0b2dd91e5a6cc7a2438701beb247f650bb5dcaf46759ba466.json',
  ]);
});
