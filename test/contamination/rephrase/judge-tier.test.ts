import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createJudgeTier,
  type JudgeTierOptions,
} from '../../../src/contamination/rephrase/judge-tier.js';
import type { RephrasingTier } from '../../../src/domain/tier.js';
import { createChatClient } from '../../../src/providers/openai-chat.js';
import { type Asked, type LocalScript, refuse, startLocalHost } from '../../support/local-host.js';

/** No machine is too busy to answer within this. */
const PATIENT_MS = 60_000;

async function tierOf(
  script: LocalScript,
  timeoutMs = PATIENT_MS,
  manner: Partial<JudgeTierOptions> = {},
): Promise<{ tier: RephrasingTier; asked: readonly Asked[] }> {
  const { baseURL, asked } = await startLocalHost(script);
  const sleep = async (): Promise<void> => undefined;
  const client = createChatClient({ baseURL, key: 'key', timeoutMs, sleep, attempts: 2 });
  return { tier: createJudgeTier(client, { model: 'judge', concurrency: 2, ...manner }), asked };
}

const saying = (content: string | null): object => ({ choices: [{ message: { content } }] });
const ONE = { texts: ['one'], samples: ['other'], pairs: [{ text: 0, sample: 0 }], otherTexts: 0 };

function textsOf({ body }: Asked): readonly string[] {
  const { messages } = body as { readonly messages: readonly { readonly content: string }[] };
  return JSON.parse(messages[1]?.content ?? '') as string[];
}

describe('the judge tier', () => {
  test('asks in both orders, and believes what is answered twice alike', async () => {
    for (const [same, verdict] of [
      [true, 'suspect'],
      [false, 'clear'],
    ] as const) {
      const { tier, asked } = await tierOf(() => saying(JSON.stringify({ same })));
      assert.deepEqual(await tier.compare(ONE), [{ verdict, score: same ? 1 : 0 }]);
      assert.deepEqual(asked.map(textsOf), [
        ['one', 'other'],
        ['other', 'one'],
      ]);
    }
  });

  test('another answer to the other order is unknown', async () => {
    const { tier } = await tierOf((_asked, index) => saying(`{"same": ${index % 2 === 0}}`));
    assert.deepEqual(await tier.compare(ONE), [{ verdict: 'unknown', score: null }]);
  });

  const faults: readonly (readonly [string, LocalScript])[] = [
    ['status 500', (_asked, _index, response) => refuse(response, 500)],
    ['no answer in time', () => undefined],
    ['broken JSON of the host', () => '{"choices": ['],
    ['no content', () => saying(null)],
    ['rambling', () => saying('Both texts ask … {"same": false}')],
    ['the object and more', () => saying('{"same": false, "because": "numbers"}')],
    ['a string', () => saying('{"same": "false"}')],
    ['a bare word', () => saying('false')],
    ['null', () => saying('null')],
  ];
  for (const [name, script] of faults) {
    test(`${name} is unknown`, async () => {
      const { tier } = await tierOf(script, name === 'no answer in time' ? 200 : PATIENT_MS);
      assert.deepEqual(await tier.compare(ONE), [{ verdict: 'unknown', score: null }]);
    });
  }

  test('answers stand in the order of the pairs, however they come', async () => {
    const { tier } = await tierOf((asked) => saying(`{"same": ${textsOf(asked).includes('t3')}}`));
    const texts = ['t0', 't1', 't2', 't3', 't4'];
    const pairs = texts.map((_, text) => ({ text, sample: 0 }));
    const answers = await tier.compare({ texts, samples: ['s'], pairs, otherTexts: 0 });
    assert.deepEqual(
      answers.map(({ verdict }) => verdict),
      ['clear', 'clear', 'clear', 'suspect', 'clear'],
    );
  });

  test('the version names model and prompt', async () => {
    const { tier } = await tierOf(() => saying('{}'));
    assert.equal(tier.version, 'judge, same-question-1');
  });

  test('is asked in its own manner, which its version names where one is set', async () => {
    const say = (): object => saying('{"same": true}');
    const manner = {
      maximumTokens: 2000,
      temperature: null,
      limitField: 'max_completion_tokens',
      parameters: { reasoning_effort: 'low' },
    } as const;
    const { tier, asked } = await tierOf(say, PATIENT_MS, manner);
    await tier.compare(ONE);
    const { messages, ...sent } = asked[0]?.body as Readonly<Record<string, unknown>>;
    assert.ok(Array.isArray(messages));
    const set = { model: 'judge', max_completion_tokens: 2000, reasoning_effort: 'low' };
    assert.deepEqual(sent, set);
    assert.match(
      tier.version,
      /^judge, same-question-1, \{.*"maximumTokens":2000.*"temperature":null/,
    );
    const plain = { maximumTokens: 20, temperature: 0, parameters: {} };
    const { tier: same } = await tierOf(say, PATIENT_MS, plain);
    assert.equal(same.version, 'judge, same-question-1');
  });
});
