import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configurationSchema } from '../../src/config/document-schema.js';
import type { QualityPolicy, QualityReason } from '../../src/domain/quality.js';
import { QUALITY_REASONS } from '../../src/domain/quality.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { createQualityJudge } from '../../src/select/quality.js';
import { qualityPolicy } from '../support/quality.js';
import { makeRecord } from '../support/records.js';

const LOOP = 'the parcel is on its way to you and will be there soon; '.repeat(10);
const PROSE =
  'Your parcel left the depot on Monday. It should reach you within three working days; if it does ' +
  'not, write to us again with the number on your receipt and we will look for it at once.';

interface Case {
  readonly reason: QualityReason;
  readonly policy?: Partial<QualityPolicy>;
  /** What switches the rule off. */
  readonly off: Partial<QualityPolicy>;
  readonly record?: Partial<CanonicalRecord>;
  readonly answer?: string;
  /** Whether a correction has the reason against it too. */
  readonly ofCorrections: boolean;
}

const cases: readonly Case[] = [
  {
    reason: 'failed-call',
    record: { finishReason: 'error' },
    off: { failed: 'keep' },
    ofCorrections: false,
  },
  { reason: 'cached', record: { cached: true }, off: { cached: 'keep' }, ofCorrections: false },
  {
    reason: 'truncated',
    record: { finishReason: 'length' },
    off: { truncated: 'keep' },
    ofCorrections: false,
  },
  {
    reason: 'truncated',
    record: { finishReason: 'content-filter' },
    off: { truncated: 'keep' },
    ofCorrections: false,
  },
  {
    reason: 'invalid-json',
    record: { asksForJson: true, faults: ['invalid-json'] },
    answer: '{"queue": ',
    off: { json: 'keep' },
    ofCorrections: true,
  },
  {
    reason: 'unfit-json',
    record: { asksForJson: true, faults: ['unfit-json'] },
    answer: '{}',
    off: { json: 'keep' },
    ofCorrections: false,
  },
  {
    reason: 'unknown-tool',
    record: { faults: ['unknown-tool'] },
    off: { toolCalls: 'keep' },
    ofCorrections: false,
  },
  {
    reason: 'unfit-arguments',
    record: { faults: ['unfit-arguments'] },
    off: { toolCalls: 'keep' },
    ofCorrections: false,
  },
  {
    reason: 'unusable-schema',
    record: { faults: ['unusable-schema'] },
    off: { toolCalls: 'keep', json: 'keep' },
    ofCorrections: false,
  },
  // 'prompt' and an answer of 183 bytes are 48 tokens, and two messages 8.
  {
    reason: 'too-long',
    policy: { maximumTokens: 55 },
    off: { maximumTokens: 56 },
    ofCorrections: true,
  },
  {
    reason: 'refusal',
    policy: { refusals: 'drop' },
    off: { refusals: ['not this one'] },
    answer: 'Hello! I’m sorry, but I can’t say anything about that.',
    ofCorrections: true,
  },
  {
    reason: 'refusal',
    policy: { refusals: ['kann ich leider nicht'] },
    off: { refusals: 'drop' },
    answer: 'Das kann ich leider nicht beantworten.',
    ofCorrections: true,
  },
  { reason: 'repetitive', answer: LOOP, off: { maximumRepetition: 1 }, ofCorrections: true },
  {
    reason: 'other-language',
    policy: { languages: ['de', 'fr'] },
    off: { languages: ['en'] },
    ofCorrections: true,
  },
];

describe('a rule of quality', () => {
  for (const each of cases) {
    const { reason, policy = {}, off, record = {}, answer = PROSE, ofCorrections } = each;
    const of = (changes: Partial<QualityPolicy>, isModels: boolean): readonly QualityReason[] =>
      createQualityJudge(
        qualityPolicy(changes),
        () => 'en',
      )({ record: makeRecord('r', 'prompt', record), answer, isModels });
    test(`finds ${reason} (${JSON.stringify({ ...record, ...policy })}), unless it is off`, () => {
      assert.deepEqual(of(policy, true), [reason]);
      assert.deepEqual(of({ ...policy, ...off }, true), []);
      assert.deepEqual(of(policy, false), ofCorrections ? [reason] : []);
    });
  }

  test('is tried above for every reason there is', () => {
    assert.deepEqual(
      QUALITY_REASONS.filter((reason) => !cases.some((each) => each.reason === reason)),
      [],
    );
  });

  test('has nothing against a good answer, and all of several things against a bad one', () => {
    const judge = createQualityJudge(
      qualityPolicy({ refusals: 'drop', maximumTokens: 100, languages: ['en'] }),
      () => 'de',
    );
    const record = makeRecord('r', 'prompt', { cached: true, finishReason: 'length' });
    assert.deepEqual(
      judge({ record, answer: `I cannot help with that. ${LOOP}`, isModels: true }),
      ['cached', 'truncated', 'too-long', 'refusal', 'repetitive', 'other-language'],
    );
    const good = createQualityJudge(qualityPolicy({ languages: ['en'] }), () => null);
    assert.deepEqual(good({ record: makeRecord('r', 'p'), answer: PROSE, isModels: true }), []);
  });

  test('of length counts the tools that were offered and the calls of the answer', () => {
    const toolCalls = [{ id: 'c', name: 'call', arguments: `{"a":"${'x'.repeat(392)}"}` }];
    const tools = [{ name: 'tool', description: 'd'.repeat(396), parameters: 'p'.repeat(400) }];
    const output = { role: 'assistant', content: '', toolCalls } as const;
    // 'prompt' and 404 bytes of a call are 103 tokens, two messages 8, and 800 bytes of a tool 200.
    for (const [record, tokens] of [
      [makeRecord('r', 'prompt', { output }), 111],
      [makeRecord('r', 'prompt', { output, tools }), 311],
    ] as const) {
      const reasons = [tokens - 1, tokens].map((maximumTokens) =>
        createQualityJudge(
          qualityPolicy({ maximumTokens }),
          () => null,
        )({
          record,
          answer: '',
          isModels: true,
        }),
      );
      assert.deepEqual(reasons, [['too-long'], []]);
    }
  });

  test('of the configuration has the defaults that these tests take', () => {
    const { select } = configurationSchema.shape;
    assert.deepEqual(select.parse(undefined).quality, qualityPolicy());
    const wrong = select.safeParse({ quality: { languages: ['english'], refusals: [] } });
    assert.deepEqual(
      wrong.error?.issues.map(({ path }) => path.join('.')),
      ['quality.refusals', 'quality.languages.0'],
    );
  });
});
