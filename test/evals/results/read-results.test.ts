import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DataError } from '../../../src/domain/errors.js';
import { pairResults } from '../../../src/evals/results/pair-results.js';
import { readResults, type ExternalResults } from '../../../src/evals/results/read-results.js';
import type { ResultChoice } from '../../../src/evals/results/result-file.js';

const ANY: ResultChoice = { metric: null, filter: null, provider: null, prefix: '--' };

function read(content: unknown, choice: Partial<ResultChoice> = {}): ExternalResults {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  return readResults(Buffer.from(text), 'results.json', { ...ANY, ...choice });
}

function scoresOf(results: ExternalResults): Readonly<Record<string, number | null>> {
  return Object.fromEntries(results.scores.map(({ itemId, score }) => [itemId, score]));
}

function refusedAs(code: string, ...words: readonly string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof DataError &&
    error.code === code &&
    words.every((word) => error.message.includes(word));
}

/** A row as promptfoo 0.123 writes it. */
function row(testIdx: number, changes: object = {}): object {
  return {
    testIdx,
    promptIdx: 0,
    promptId: 'p',
    provider: { id: 'openai:chat:a', label: '' },
    prompt: { raw: `Capital of ${testIdx}?`, label: 'Capital' },
    vars: { country: testIdx },
    testCase: { vars: { country: testIdx }, assert: [{ type: 'equals', value: 'x' }] },
    response: { output: 'x' },
    success: true,
    score: 1,
    failureReason: 0,
    namedScores: {},
    gradingResult: { pass: true, score: 1, reason: 'fine' },
    latencyMs: 12,
    cost: 0,
    ...changes,
  };
}

function promptfooFile(...rows: readonly object[]): object {
  return {
    evalId: 'eval-1',
    results: { version: 3, timestamp: '', prompts: [], results: rows, stats: {} },
    config: {},
  };
}

/** A line as lm-evaluation-harness 0.4.13 writes it. */
function document(id: number, changes: object = {}): string {
  return JSON.stringify({
    doc_id: id,
    doc: { question: `q${id}` },
    target: '4',
    arguments: [['q', {}]],
    resps: [['4']],
    filtered_resps: ['4'],
    filter: 'none',
    metrics: ['exact_match'],
    doc_hash: `d${id}`,
    prompt_hash: `p${id}`,
    target_hash: `t${id}`,
    exact_match: 1,
    ...changes,
  });
}

function inspectFile(samples: readonly object[], changes: object = {}): object {
  return {
    version: 2,
    status: 'success',
    eval: { task: 'capitals', model: 'mockllm/model' },
    samples,
    ...changes,
  };
}

function inspectSample(id: number, value: unknown, changes: object = {}): object {
  return { id, epoch: 1, input: `q${id}`, target: 'x', scores: { match: { value } }, ...changes };
}

describe("promptfoo's results", () => {
  test('of a test without assertions are refused, which promptfoo calls right whatever is answered', () => {
    const gradingResult = { pass: true, score: 1, reason: 'No assertions', assertion: null };
    const unjudged = row(1, { testCase: { vars: { country: 1 } }, gradingResult });
    assert.throws(
      () => read(promptfooFile(row(0), unjudged)),
      refusedAs('eval-results-unreadable', 'test 1, prompt 0', 'no assertion'),
    );
  });

  test('are read with errors as missing, failed assertions as wrong', () => {
    const results = read(
      promptfooFile(
        row(0),
        row(1, { success: false, score: 0, failureReason: 1, error: 'Expected output "x"' }),
        row(2, { success: false, score: 0, failureReason: 2, error: '503', gradingResult: null }),
        row(3, { score: 0.25 }),
      ),
    );
    assert.equal(results.tool, 'promptfoo');
    assert.deepEqual(Object.values(scoresOf(results)), [1, 0, null, 0.25]);
  });

  test('of versions without a reason tell errors by the want of a grading', () => {
    const results = read(
      promptfooFile(
        row(0, { failureReason: undefined, error: 'Expected', success: false, score: 0 }),
        row(1, { failureReason: undefined, error: '503', gradingResult: null, score: 0 }),
      ),
    );
    assert.deepEqual(Object.values(scoresOf(results)), [0, null]);
  });

  test('of several providers are refused until one is chosen', () => {
    const file = promptfooFile(row(0), row(0, { provider: { id: 'b' }, score: 0 }));
    assert.throws(() => read(file), refusedAs('eval-results-ambiguous', '"b"', '--provider'));
    assert.deepEqual(Object.values(scoresOf(read(file, { provider: 'b' }))), [0]);
    assert.throws(
      () => read(file, { provider: 'c' }),
      refusedAs('eval-results-ambiguous', 'no provider "c"'),
    );
  });

  test('may be a named score', () => {
    const file = promptfooFile(row(0, { namedScores: { tone: 0.5 } }), row(1));
    assert.deepEqual(Object.values(scoresOf(read(file, { metric: 'tone' }))), [0.5, null]);
  });

  test('with scores beyond 1 are refused', () => {
    assert.throws(
      () => read(promptfooFile(row(0, { score: 7 }))),
      refusedAs('eval-results-unreadable', 'outside 0 to 1'),
    );
  });
});

describe("lm-evaluation-harness's samples", () => {
  test('are read by their metric', () => {
    const results = read([document(0), document(1, { exact_match: 0 })].join('\n'));
    assert.equal(results.tool, 'lm-evaluation-harness');
    assert.deepEqual(scoresOf(results), { 0: 1, 1: 0 });
    assert.deepEqual(scoresOf(read(document(5))), { 5: 1 });
  });

  test('of several filters or metrics are refused until one is chosen', () => {
    const lines = [
      document(0, { filter: 'strict', exact_match: 0 }),
      document(0, { filter: 'flexible' }),
    ].join('\n');
    assert.throws(
      () => read(lines),
      refusedAs('eval-results-ambiguous', '"flexible", "strict"', '--filter'),
    );
    assert.deepEqual(scoresOf(read(lines, { filter: 'strict' })), { 0: 0 });
    const two = document(0, { metrics: ['acc', 'acc_norm'], acc: 1, acc_norm: 0 });
    assert.throws(() => read(two), refusedAs('eval-results-ambiguous', '"acc", "acc_norm"'));
    assert.deepEqual(scoresOf(read(two, { metric: 'acc_norm' })), { 0: 0 });
  });

  test('of versions that list no metrics are read by the only number there is', () => {
    assert.deepEqual(scoresOf(read(document(3, { metrics: undefined }))), { 3: 1 });
  });

  test('with a metric that is NaN are missing, with a list are refused', () => {
    const nan = document(0).replace('"exact_match":1', '"exact_match": NaN');
    assert.deepEqual(scoresOf(read([nan, document(1)].join('\n'))), { 0: null, 1: 1 });
    assert.throws(
      () => read(document(0, { exact_match: [1, 2] })),
      refusedAs('eval-results-unreadable', '"exact_match"'),
    );
  });

  test('with two lines of one document are refused', () => {
    assert.throws(
      () => read([document(0), document(0)].join('\n')),
      refusedAs('eval-results-repeated', 'item 0'),
    );
  });
});

describe("Inspect's logs", () => {
  test('are read with letters as numbers, samples without a score as missing', () => {
    const results = read(
      inspectFile([
        inspectSample(1, 'C'),
        inspectSample(2, 'I'),
        inspectSample(3, 'P'),
        inspectSample(4, 'N'),
        inspectSample(5, 0.25),
        inspectSample(6, true),
        inspectSample(7, 'C', { scores: {}, error: { message: 'down' } }),
      ]),
    );
    assert.equal(results.tool, 'inspect');
    assert.deepEqual(Object.values(scoresOf(results)), [1, 0, 0.5, 0, 0.25, 1, null]);
  });

  test('are paired by sample and epoch, and the epochs of a sample are a cluster', () => {
    const { scores } = read(
      inspectFile([inspectSample(1, 'C'), inspectSample(1, 'I', { epoch: 2 })]),
    );
    assert.deepEqual(
      scores.map(({ itemId, cluster }) => [itemId, cluster]),
      [
        ['1, epoch 1', '1'],
        ['1, epoch 2', '1'],
      ],
    );
  });

  test('of the same messages are the same items, whatever ids these have', () => {
    const asked = (id: string): ExternalResults =>
      read(inspectFile([inspectSample(1, 'C', { input: [{ id, role: 'user', content: 'q' }] })]));
    assert.equal(pairResults(asked('a').scores, asked('b').scores).length, 1);
  });

  test('that did not end well are refused', () => {
    assert.throws(
      () => read(inspectFile([inspectSample(1, 'C')], { status: 'cancelled' })),
      refusedAs('eval-results-unfinished', '"cancelled"'),
    );
  });

  test('of several scorers are refused until one is chosen', () => {
    const scores = { match: { value: 'C' }, judge: { value: 'I' } };
    const file = inspectFile([inspectSample(1, 'C', { scores })]);
    assert.throws(() => read(file), refusedAs('eval-results-ambiguous', '"judge", "match"'));
    assert.deepEqual(Object.values(scoresOf(read(file, { metric: 'judge' }))), [0]);
  });

  test('with scores that are neither are refused', () => {
    for (const value of ['yes', '', { a: 1 }, 3]) {
      assert.throws(
        () => read(inspectFile([inspectSample(1, value)])),
        refusedAs('eval-results-unreadable', 'sample 1'),
      );
    }
  });
});

describe('a file of results', () => {
  for (const [what, text] of [
    ['nothing', ''],
    ['no JSON', 'score: 1'],
    ['other JSON', '{"accuracy": 0.5}'],
    ['a list', '[\n1\n]'],
    ['a cut document', '{"results": {"version": 3,\n"results": ['],
  ] as const) {
    test(`that is ${what} is refused, with what is read`, () => {
      assert.throws(
        () => read(text),
        refusedAs('eval-results-unreadable', 'results.json', 'promptfoo', 'Inspect'),
      );
    });
  }

  test('of a version that is not known is refused', () => {
    const file = { results: { version: 4, results: [row(0)] } };
    assert.throws(() => read(file), refusedAs('eval-results-unreadable', '"results.version"'));
  });
});

describe('two files of results', () => {
  const champion = read(promptfooFile(row(0), row(1, { score: 0 }), row(2))).scores;

  test('are paired by item, whatever their order', () => {
    const candidate = read(
      promptfooFile(row(2, { score: 0.5 }), row(0), row(1, { failureReason: 2 })),
    ).scores;
    assert.deepEqual(
      pairResults(champion, candidate).map((pair) => [pair.champion, pair.candidate]),
      [
        [1, 1],
        [null, null],
        [1, 0.5],
      ],
    );
  });

  for (const [what, changes] of [
    ['another prompt', { prompt: { raw: 'Tell me the capital of 1.' } }],
    ['other variables', { vars: { country: 'one' } }],
    ['another assertion', { testCase: { assert: [{ type: 'contains', value: 'x' }] } }],
  ] as const) {
    test(`are refused where an item has ${what}`, () => {
      const candidate = read(promptfooFile(row(0), row(1, changes), row(2))).scores;
      assert.throws(
        () => pairResults(champion, candidate),
        refusedAs('eval-results-differ', '1 item ', 'test 1, prompt 0', 'asked differently'),
      );
    });
  }

  test('are refused where one has items that the other has not', () => {
    const fewer = read(promptfooFile(row(0), row(1))).scores;
    assert.throws(
      () => pairResults(champion, fewer),
      refusedAs('eval-results-differ', 'only the champion was asked', 'test 2'),
    );
    assert.throws(
      () => pairResults(fewer, champion),
      refusedAs('eval-results-differ', 'only the candidate was asked'),
    );
  });

  test('of lm-evaluation-harness and of Inspect are refused where items differ', () => {
    const one = read([document(0), document(1)].join('\n')).scores;
    const other = read([document(0), document(1, { target_hash: 'else' })].join('\n')).scores;
    assert.throws(() => pairResults(one, other), refusedAs('eval-results-differ', '(1)'));
    const first = read(inspectFile([inspectSample(1, 'C')])).scores;
    const second = read(inspectFile([inspectSample(1, 'C', { target: 'y' })])).scores;
    assert.throws(() => pairResults(first, second), refusedAs('eval-results-differ', '1, epoch 1'));
  });
});
