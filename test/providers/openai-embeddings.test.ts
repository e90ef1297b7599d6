import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EmbeddingsClient } from '../../src/domain/tier.js';
import { createEmbeddingsClient } from '../../src/providers/openai-embeddings.js';
import { type LocalScript, refuse, startLocalHost } from '../support/local-host.js';

interface Row {
  readonly index: number;
  readonly embedding: readonly unknown[];
}

/** Longer than any machine takes; nothing waits so long but what waits for silence. */
const PATIENCE_MS = 30_000;

async function clientOf(
  script: LocalScript,
  timeoutMs = PATIENCE_MS,
): Promise<{ client: EmbeddingsClient; asked: readonly { readonly body: unknown }[] }> {
  const { baseURL, asked } = await startLocalHost(script);
  const client = createEmbeddingsClient({
    baseURL,
    key: 'key',
    model: 'small',
    timeoutMs,
    sleep: async () => undefined,
    attempts: 2,
  });
  return { client, asked };
}

function inputOf(body: unknown): readonly string[] {
  return (body as { readonly input: readonly string[] }).input;
}

/** Vectors of two numbers: the length of the text and 1, in the opposite order of the texts. */
function answerTo(body: unknown): { data: Row[] } {
  const data = inputOf(body).map((text, index) => ({ index, embedding: [text.length, 1] }));
  return { data: data.reverse() };
}

describe('the embeddings client', () => {
  test('asks in batches and gives vectors of length 1 in the order of the texts', async () => {
    const { client, asked } = await clientOf(({ body }) => answerTo(body));
    const texts = Array.from({ length: 150 }, (_, index) => 'x'.repeat(index));
    const vectors = await client.embed(texts);
    assert.deepEqual(
      asked.map(({ body }) => inputOf(body).length),
      [64, 64, 22],
    );
    vectors.forEach((vector, index) => {
      assert.ok(Math.abs((vector?.[0] ?? 0) - index / Math.hypot(index, 1)) < 1e-12);
      assert.ok(Math.abs(Math.hypot(...(vector ?? [])) - 1) < 1e-12);
    });
  });

  test('waits out a hiccup', async () => {
    const { client, asked } = await clientOf(({ body }, index, response) =>
      index === 0 ? refuse(response, 500) : answerTo(body),
    );
    assert.notEqual((await client.embed(['one']))[0], null);
    assert.equal(asked.length, 2);
  });

  const faults: readonly (readonly [string, LocalScript])[] = [
    ['status 500 again and again', (_asked, _index, response) => refuse(response, 500)],
    ['status 401', (_asked, _index, response) => refuse(response, 401)],
    ['broken JSON', () => '{"data": ['],
    ['another shape', () => ({ vectors: [] })],
    ['NaN', () => '{"data": [{"index": 0, "embedding": [NaN, 1]}]}'],
    ['null among the numbers', () => ({ data: [{ index: 0, embedding: [null, 1] }] })],
    ['a number beyond all', () => '{"data": [{"index": 0, "embedding": [1e999, 1]}]}'],
    ['zeros', () => ({ data: [{ index: 0, embedding: [0, 0] }] })],
    ['an empty vector', () => ({ data: [{ index: 0, embedding: [] }] })],
    ['no vector', () => ({ data: [] })],
    [
      'two vectors for one text',
      () => ({ data: [0, 1].map((index) => ({ index, embedding: [1, 1] })) }),
    ],
    ['a vector of another text', () => ({ data: [{ index: 7, embedding: [1, 1] }] })],
  ];
  for (const [name, script] of faults) {
    test(`gives nothing for ${name}`, async () => {
      const { client } = await clientOf(script);
      assert.deepEqual(await client.embed(['one']), [null]);
    });
  }

  test('gives nothing for no answer in time', async () => {
    const { client, asked } = await clientOf(() => undefined, 200);
    assert.deepEqual(await client.embed(['one']), [null]);
    assert.ok(asked.length <= 2);
  });

  test('a vector of another dimension is none, and the others are kept', async () => {
    const { client } = await clientOf(() => ({
      data: [
        [1, 2],
        [1, 2, 3],
        [3, 4],
      ].map((embedding, index) => ({ index, embedding })),
    }));
    const [first, second, third] = await client.embed(['a', 'b', 'c']);
    assert.deepEqual([first?.length, second, third?.length], [2, null, 2]);
  });

  test('a given signal ends it', async () => {
    const { client } = await clientOf(() => undefined);
    await assert.rejects(client.embed(['one'], AbortSignal.abort(new Error('enough'))), /enough/);
  });
});
