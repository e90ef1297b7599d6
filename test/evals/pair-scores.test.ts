import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvariantError } from '../../src/domain/errors.js';
import type { Sample } from '../../src/domain/sample.js';
import { pairScores, type PairingInput } from '../../src/evals/pair-scores.js';
import type { SuiteAnswer } from '../../src/evals/run-suite.js';

function sample(id: string, reference: string | null): Sample {
  return {
    id,
    messages: [],
    reference,
    referenceOrigin: 'independent',
    options: [],
    cluster: `c-${id}`,
  };
}

function answers(outputs: Readonly<Record<string, string | null>>): readonly SuiteAnswer[] {
  return Object.entries(outputs).map(([sampleId, output]) => ({
    sampleId,
    output,
    error: output === null ? 'status-500' : null,
  }));
}

const input: PairingInput = {
  samples: [
    sample('a', 'yes'),
    sample('b', 'no'),
    sample('c', null),
    sample('d', 'yes'),
    sample('e', 'no'),
  ],
  champion: answers({ a: 'yes', b: 'yes', c: 'yes', d: null, e: 'no' }),
  candidate: answers({ e: null, d: 'yes', c: 'no', b: 'no', a: 'Yes' }),
  scorer: 'exact',
  clean: new Set(['a', 'd']),
  kin: new Set(['a', 'b']),
  decisive: new Set(['a', 'b']),
};

describe('paired scores', () => {
  test('stand in the order of the samples, with cluster and marks', () => {
    const { scores } = pairScores(input);
    assert.deepEqual(
      scores.map(({ sampleId }) => sampleId),
      ['a', 'b', 'd', 'e'],
    );
    assert.deepEqual(scores[0], {
      sampleId: 'a',
      cluster: 'c-a',
      champion: 1,
      candidate: 1,
      clean: true,
      kin: true,
      decisive: true,
    });
    assert.deepEqual(scores[1], {
      sampleId: 'b',
      cluster: 'c-b',
      champion: 0,
      candidate: 1,
      clean: false,
      decisive: true,
    });
  });

  test('are missing for both where they are missing for one, and samples without a reference are left out', () => {
    const { scores, missing } = pairScores(input);
    assert.deepEqual(
      scores.slice(2).map(({ sampleId, champion, candidate }) => [sampleId, champion, candidate]),
      [
        ['d', null, null],
        ['e', null, null],
      ],
    );
    assert.deepEqual(missing, { 'no-reference': 1, 'missing-answer': 2 });
  });

  test('are the mean of all answers to a sample, each by the scorer of the sample', () => {
    const numeric: Sample = { ...sample('n', '7'), scorer: 'numeric' };
    const again = (first: string, ...further: readonly string[]): readonly SuiteAnswer[] => [
      { sampleId: 'n', output: first, further: further.map((output) => ({ output })), error: null },
    ];
    const { scores } = pairScores({
      ...input,
      samples: [numeric],
      champion: again('7.0', '8', 'seven', 'it is 7'),
      candidate: again('7', '7', '7', '7'),
    });
    assert.deepEqual([scores[0]?.champion, scores[0]?.candidate], [0.5, 1]);
  });

  test('leave out samples whose references their scorer can not judge by, and count them', () => {
    const { scores, missing } = pairScores({ ...input, scorer: 'numeric' });
    assert.deepEqual(scores, []);
    assert.deepEqual(missing, { unscorable: 4, 'no-reference': 1 });
  });

  test('are refused where a model was not asked a sample', () => {
    const candidate = input.candidate.filter(({ sampleId }) => sampleId !== 'b');
    assert.throws(() => pairScores({ ...input, candidate }), InvariantError);
  });

  test('have the scores of whoever was asked beside the two, and who a sample leaked to', () => {
    const most = { a: 'yes', b: 'no', c: 'no', d: 'yes' };
    const everyone = { ...most, e: null };
    const { scores } = pairScores({
      ...input,
      anchor: answers(everyone),
      rivals: new Map([[2, answers({ ...everyone, a: 'no', b: null })]]),
      dirtyForAnchor: new Set(['b']),
    });
    assert.deepEqual(
      scores.map(({ sampleId, anchor, rivals, dirtyFor }) => [sampleId, anchor, rivals, dirtyFor]),
      [
        ['a', 1, { 2: 0 }, undefined],
        ['b', 1, { 2: null }, 'anchor'],
        ['d', 1, { 2: 1 }, undefined],
        ['e', null, { 2: null }, undefined],
      ],
    );
    assert.throws(() => pairScores({ ...input, anchor: answers(most) }), InvariantError);
  });
});
