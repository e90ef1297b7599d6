import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DataError } from '../../../src/domain/errors.js';
import type { Message } from '../../../src/domain/record.js';
import type { Sample } from '../../../src/domain/sample.js';
import { assertSameItems, matchSamples } from '../../../src/evals/results/match-samples.js';
import { readResults } from '../../../src/evals/results/read-results.js';
import type { ExternalScore } from '../../../src/evals/results/result-file.js';
import type { SuiteAnswer } from '../../../src/evals/run-suite.js';

function sample(id: string, ...questions: readonly string[]): Sample {
  const messages = questions.map((content): Message => ({ role: 'user', content }));
  return {
    id,
    messages,
    reference: 'x',
    referenceOrigin: 'independent',
    options: [],
    cluster: id,
  };
}

function result(changes: Partial<ExternalScore>): ExternalScore {
  return {
    itemId: 'item',
    itemDigest: 'digest',
    score: 1,
    cluster: 'c',
    names: [],
    texts: [],
    answer: 'an answer',
    model: null,
    repetition: 1,
    ...changes,
  };
}

const SAMPLES = [sample('a', 'who pays?'), sample('b', 'who sails?')];
const comparable = (text: string): string => text.trim().toLowerCase();

function match(
  scores: readonly ExternalScore[],
  samples: readonly Sample[] = SAMPLES,
): Promise<readonly SuiteAnswer[]> {
  return matchSamples({
    samples,
    scores,
    comparable,
    file: 'golden',
    pause: () => Promise.resolve(),
  });
}

function refused(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DataError);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    assert.doesNotMatch(error.message, /pays|sails|rows/);
    return true;
  };
}

describe('results of a harness', () => {
  test('are of the samples that their ids or their texts name, in the order of the set', async () => {
    const answers = await match([
      result({ itemId: '7', texts: ['note', 'Who sails? '], score: 0.5, answer: null }),
      result({ itemId: '8', names: ['a'], texts: ['Answer in a word: who pays? Now.'] }),
    ]);
    assert.deepEqual(
      answers.map(({ sampleId, score, output, error }) => [sampleId, score, output, error]),
      [
        ['a', 1, 'an answer', null],
        ['b', 0.5, '', null],
      ],
    );
  });

  test('without a score are missing, and are still held against what the champion was asked', async () => {
    const [first, second] = await match([
      result({ names: ['a'], texts: ['who pays?'], score: null, itemDigest: 'one' }),
      result({ names: ['b'], texts: ['who sails?'] }),
    ]);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.output, first.score, first.error], [null, undefined, 'no-score']);
    assert.match(first.item ?? '', /^[0-9a-f]{64}$/);
    const champion = [{ ...first, item: 'other' }, second];
    assert.throws(
      () => assertSameItems([first, second], champion, 'golden'),
      refused('eval-results-differ', /the champion was asked otherwise.* 1 sample \(a\)/),
    );
    assert.doesNotThrow(() => assertSameItems([first, second], [first, second], 'golden'));
  });

  test('let others have their turn where much is compared', async () => {
    const long = 'x'.repeat(300_000);
    let pauses = 0;
    await matchSamples({
      samples: [sample('a', long), sample('b', `${long}.`)],
      scores: [result({ texts: [long] }), result({ texts: [`${long}.`] })],
      comparable,
      file: 'golden',
      pause: () => {
        pauses += 1;
        return Promise.resolve();
      },
    });
    assert.equal(pauses, 2);
  });

  test('that ask something else under the id of a sample are refused', async () => {
    await assert.rejects(
      () =>
        match([
          result({ itemId: '3', names: ['a'], texts: ['who rows?'] }),
          result({ names: ['b'], texts: ['who sails?'] }),
        ]),
      refused('eval-results-differ', /another text was asked .* 1 result \(3\)/),
    );
  });

  test('of no sample, of none that can be told, and of samples that have none are refused', async () => {
    const both = [
      result({ texts: ['who pays?'] }),
      result({ itemId: '2', names: ['b'], texts: ['who sails?'] }),
    ];
    await assert.rejects(
      () => match([...both, result({ itemId: '9', names: ['z'], texts: ['who rows?'] })]),
      refused('eval-results-differ', /no sample of the frozen set is asked in 1 result \(9\)/),
    );
    await assert.rejects(
      () => match([result({ itemId: '4', texts: ['who pays?', 'who sails?'] })]),
      refused('eval-results-differ', /more than one sample .* may be meant by 1 result \(4\)/),
    );
    await assert.rejects(
      () => match(both.slice(0, 1)),
      refused('eval-results-differ', /no result is of 1 sample \(b\)/),
    );
  });

  test('that are two of one sample are refused, and the first ids of many are told', async () => {
    const twice = result({ names: ['a'], texts: ['who pays?'] });
    await assert.rejects(
      () => match([twice, twice, result({ texts: ['who sails?'] })]),
      refused('eval-results-repeated', /more than one result is of 1 sample \(a\)/),
    );
    const many = Array.from({ length: 8 }, (_, n) => sample(`s${n}`, `question ${n}`));
    await assert.rejects(
      () => match([result({ texts: ['question 0'] })], many),
      refused('eval-results-differ', /no result is of 7 samples \(s1; s2; s3; s4; s5 and 2 more\)/),
    );
  });

  test('of several repetitions have their mean, and every sample has all of them', async () => {
    const asked = (id: string, text: string, repetition: number, score: number | null) =>
      result({ names: [id], texts: [text], repetition, score, answer: `${id}${repetition}` });
    const scores = [
      asked('a', 'who pays?', 2, 0),
      asked('a', 'who pays?', 1, 1),
      asked('b', 'who sails?', 1, 1),
      asked('b', 'who sails?', 2, null),
    ];
    const [first, second] = await match(scores);
    assert.equal(first?.score, 0.5);
    assert.deepEqual([first?.output, first?.further], ['a1', [{ output: 'a2' }]]);
    assert.equal(second?.output, null);
    await assert.rejects(() => match(scores.slice(0, 3)), refused('eval-results-differ', /\(b\)/));
  });

  test('of a conversation have all of its questions in them', async () => {
    const samples = [sample('a', 'who pays?', 'and when?'), sample('b', 'who sails?', 'and when?')];
    const [, second] = await match(
      [
        result({ texts: ['who pays?', 'and when?'] }),
        result({ texts: ['who sails?', 'and when?'], score: 0 }),
      ],
      samples,
    );
    assert.equal(second?.score, 0);
  });
});

describe('a file of results', () => {
  const choice = { metric: null, filter: null, provider: null, prefix: '--' };
  const read = (value: unknown): readonly ExternalScore[] =>
    readResults(Buffer.from(JSON.stringify(value)), 'file', choice).scores;

  test('of promptfoo names samples by the variable id or the metadata, and holds answers', () => {
    const row = {
      testIdx: 0,
      promptIdx: 0,
      success: true,
      score: 1,
      gradingResult: null,
      failureReason: 0,
      vars: { id: 'a', input: 'who pays?' },
      prompt: { raw: JSON.stringify([{ role: 'user', content: 'say "who"' }]) },
      testCase: { metadata: { id: 4 } },
      response: { output: { fee: 1 } },
    };
    const [score] = read({ results: { version: 3, results: [row] } });
    assert.deepEqual(score?.names, ['a', '4']);
    assert.ok(score.texts.includes('who pays?') && score.texts.includes('say "who"'));
    assert.equal(score.answer, '{"fee":1}');
  });

  test('of lm-evaluation-harness names them by its document, of Inspect by its samples', () => {
    const line = {
      doc_id: 3,
      doc: { id: 'a', question: 'who pays?' },
      doc_hash: 'd',
      prompt_hash: 'p',
      target_hash: 't',
      metrics: ['exact_match'],
      exact_match: 1,
      arguments: { gen_args_0: { arg_0: 'Q: who pays?\nA:', arg_1: { until: ['\n'] } } },
      resps: [['the owner ']],
      filtered_resps: ['the owner'],
    };
    const [score] = read(line);
    assert.deepEqual([score?.names, score?.answer], [['a'], 'the owner']);
    assert.ok(score?.texts.includes('Q: who pays?\nA:'));
    const logged = {
      id: 5,
      epoch: 2,
      input: [{ role: 'user', content: 'who pays?' }],
      target: 'x',
      output: { choices: [{ message: { content: 'the owner' } }] },
      scores: { match: { value: 'C' } },
    };
    const [one] = read({ version: 2, status: 'success', eval: { task: 't' }, samples: [logged] });
    assert.deepEqual([one?.names, one?.answer, one?.repetition], [['5'], 'the owner', 2]);
    assert.ok(one?.texts.includes('who pays?'));
  });
});
