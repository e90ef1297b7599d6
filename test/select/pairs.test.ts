import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord, EarlierTurn, Side, Signal } from '../../src/domain/record.js';
import { type Selection, selectExamples } from '../../src/select/select.js';
import { surveyRecords } from '../../src/select/survey.js';
import { createWeigher, trainableTurns, type SelectPolicy } from '../../src/select/weigh.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { qualityPolicy } from '../support/quality.js';
import { makeRecord, makeSignal } from '../support/records.js';

const POLICY: SelectPolicy = {
  completeSignals: ['filing'],
  unconfirmed: 'keep',
  quality: qualityPolicy(),
  unmarkedConsent: 'allow',
  pairs: true,
};

function select(record: CanonicalRecord, side: Side = 'train', pairs = true): Selection {
  const policy = { ...POLICY, pairs };
  return selectExamples([{ record, side, group: 'g' }], policy, '2026-W01', {
    digestOf: (value) => sha256Hex(canonicalJson(value)),
    matchable: () => true,
    languageOf: () => null,
  });
}

const judged = (signal: Partial<Signal>): CanonicalRecord =>
  makeRecord('r', 'where is my parcel?', { signals: [makeSignal(signal)] });

const corrected = (correction: string): CanonicalRecord => judged({ kind: 'edit', correction });

describe('pairs of answers', () => {
  test('an edit gives one: the answer as it should have been, preferred to the model’s own', () => {
    const [example, ...others] = select(corrected('on its way')).train;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [example?.answer, example?.rejected, example?.answerOrigin],
      ['on its way', { content: 'answer' }, 'edited'],
    );
    const [supervised] = select(corrected('on its way'), 'train', false).train;
    assert.ok(supervised !== undefined && !('rejected' in supervised));
    assert.notEqual(example?.contentDigest, supervised.contentDigest);
  });

  test('what was given for every record of a stream gives one where the model was wrong', () => {
    const [example] = select(judged({ name: 'filing', correction: 'returns' })).train;
    assert.deepEqual(
      [example?.answerOrigin, example?.rejected?.content],
      ['independent', 'answer'],
    );
  });

  test('everything else gives none, and the books say so', () => {
    const cases: readonly (readonly [string, CanonicalRecord, string])[] = [
      ['thumbs down', judged({ verdict: 'rejected' }), 'rejected'],
      ['thumbs up', judged({ verdict: 'approved' }), 'no-preference-pair'],
      ['nothing', makeRecord('r', 'where?'), 'no-preference-pair'],
      ['the same', corrected('answer'), 'no-preference-pair'],
      ['white space', corrected(' answer\n'), 'no-preference-pair'],
      [
        'no answer to prefer it to',
        makeRecord('r', 'where?', {
          output: { role: 'assistant', content: '' },
          signals: [makeSignal({ kind: 'edit', correction: 'here' })],
        }),
        'no-preference-pair',
      ],
    ];
    for (const [name, record, reason] of cases) {
      const { train, books } = select(record);
      assert.deepEqual([train.length, books.dropped], [0, { [reason]: 1 }], name);
      assert.equal(books.kept, 0);
    }
  });

  test('calls of tools are an answer that a correction is preferred to', () => {
    const toolCalls = [{ id: 'c', name: 'look_up', arguments: '{}' }];
    const record = makeRecord('r', 'where?', {
      output: { role: 'assistant', content: '', toolCalls },
      signals: [makeSignal({ kind: 'edit', correction: 'here' })],
    });
    assert.deepEqual(select(record).train[0]?.rejected, { content: '', toolCalls });
  });

  test('of a conversation each corrected answer gives one, and no other answer is trained on', () => {
    const turn = (message: number, signals: readonly Signal[]): EarlierTurn => ({
      message,
      callId: `call-${message}`,
      time: '2026-01-01T00:00:00.000Z',
      model: 'champion',
      signals,
      consent: 'allow',
    });
    const record = makeRecord('r', '', {
      messages: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'one' },
        { role: 'user', content: 'second' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: 'third' },
      ],
      turns: [
        turn(1, [makeSignal({ kind: 'edit', correction: 'better one' })]),
        turn(3, [makeSignal({ verdict: 'approved' })]),
      ],
      signals: [makeSignal({ kind: 'edit', correction: 'better three' })],
    });
    const { train } = select(record);
    assert.deepEqual(
      train.map(({ id, messages, answer, rejected, trained }) => [
        id,
        messages.length,
        answer,
        rejected?.content,
        trained,
      ]),
      [
        ['r', 5, 'better three', 'answer', undefined],
        ['r#turn-1', 1, 'better one', 'one', undefined],
      ],
    );
  });

  test('change nothing on the side of the holdout', () => {
    for (const record of [corrected('on its way'), judged({ verdict: 'approved' })]) {
      assert.deepEqual(select(record, 'holdout'), select(record, 'holdout', false));
    }
  });

  test('are in the survey of the logs as selection would take them', () => {
    const weigh = createWeigher(POLICY, () => null);
    const records = [corrected('on its way'), judged({ verdict: 'approved' })];
    const survey = surveyRecords(records, (record) => trainableTurns(weigh(record), POLICY));
    assert.equal(survey.learnable, 1);
    assert.deepEqual(
      survey.reasons.map(({ reason, counted }) => [reason, counted]),
      [['no-preference-pair', 1]],
    );
  });
});
