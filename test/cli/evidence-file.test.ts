import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type CheckFinding, FINDING_COLUMNS } from '../../src/cli/check-scan.js';
import { withEvidence } from '../../src/cli/evidence-file.js';
import { readParquetRows } from '../../src/formats/parquet.js';
import { collectUntilError } from '../support/bytes.js';
import { runHoldfast } from '../support/cli.js';

const QUESTION =
  'Ein Zug verläßt den alten Bahnhof 🚂 um sieben mit 41 Leuten\r\nund kommt mit 17 heim, wie viele blieben?';

async function parquet(path: string): Promise<readonly Record<string, unknown>[]> {
  const { values, error } = await collectUntilError(readParquetRows(readFileSync(path)));
  assert.equal(error, null);
  return values;
}

function jsonl(path: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The file that is being written for a path, beside it. */
function partOf(path: string): string {
  const name = readdirSync(dirname(path)).find(
    (each) => each.startsWith(basename(path)) && each.endsWith('.part'),
  );
  return join(dirname(path), name ?? assert.fail('nothing is being written'));
}

describe('the evidence file', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-evidence-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, ...rows: readonly object[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return path;
  };

  test('of a check is the same as JSONL and as Parquet, numbers as ids aside', async () => {
    const evals = file('evals.jsonl', { id: 7, question: QUESTION }, { question: 'Hi there' });
    const train = file(
      'train.jsonl',
      { id: 'a', prompt: `Also: ${QUESTION}`, completion: 'x' },
      { prompt: 'hallo', completion: QUESTION.replace('alten', 'neuen').replace('\r\n', ' ') },
    );
    const [lines, table] = [join(folder, 'found.jsonl'), join(folder, 'FOUND.Parquet')];
    for (const path of [lines, table]) {
      const argv = ['check', train, '--against', evals, '--evidence', path];
      assert.equal((await runHoldfast(argv)).code, 1);
    }
    // A table has a cell for what a line leaves out.
    const expected = jsonl(lines).map((row) => ({
      score: null,
      ...row,
      sampleId: String(row['sampleId']),
    }));
    assert.equal(expected.length, 2);
    assert.deepEqual(await parquet(table), expected);
  });

  test('of a check has spans that point into the text of the part it names', async () => {
    const evals = file('spans.jsonl', { question: QUESTION });
    const turns = [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: '👩‍👩‍👧 hi' },
      { role: 'assistant', content: `“e\u0301” ${QUESTION}` },
      { role: 'user', content: 'thanks' },
      { role: 'assistant', content: 'bye' },
    ];
    const train = file('turns.jsonl', { messages: turns });
    const found = join(folder, 'spans-found.jsonl');
    await runHoldfast(['check', train, '--against', evals, '--evidence', found]);
    const [finding] = jsonl(found) as readonly unknown[] as readonly CheckFinding[];
    assert.equal(finding?.examplePart, 'messages[2].content');
    const slices = (text: string, spans: CheckFinding['sampleSpans']): readonly string[] =>
      spans.map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(slices(turns[2]?.content ?? '', finding.exampleSpans), [
      QUESTION.slice(0, -1),
    ]);
    assert.deepEqual(slices(QUESTION, finding.sampleSpans), [QUESTION.slice(0, -1)]);
  });

  test('of a search for duplicates is the same as JSONL and as Parquet', async () => {
    const rows = file('rows.jsonl', { id: 'a', text: QUESTION }, { text: QUESTION });
    const [lines, table] = [join(folder, 'twice.jsonl'), join(folder, 'twice.parquet')];
    for (const path of [lines, table]) {
      assert.equal((await runHoldfast(['dedupe', rows, '--evidence', path])).code, 1);
    }
    assert.equal(jsonl(lines).length, 1);
    assert.deepEqual(await parquet(table), jsonl(lines));
  });

  test('without a finding is an empty file of its kind', async () => {
    const evals = file('one.jsonl', { question: QUESTION });
    const clean = file('clean.jsonl', { question: 'nothing of the sort' });
    const path = join(folder, 'none.parquet');
    const argv = ['check', clean, '--against', evals, '--evidence', path];
    assert.equal((await runHoldfast(argv)).code, 0);
    assert.deepEqual(await parquet(path), []);
  });

  test('as Parquet is written group by group, whatever the number of findings', async () => {
    const path = join(folder, 'many.parquet');
    const finding = (index: number): CheckFinding => ({
      file: 'train.jsonl',
      exampleIndex: index,
      exampleId: null,
      evalSet: 'evals.jsonl',
      sampleIndex: index % 7,
      sampleId: `s${index % 7}`,
      level: 'dirty',
      field: 'prompt',
      coverage: 0.9,
      levelShare: 1,
      tokenShare: 0.9,
      idfScore: 0.9,
      longestRun: 12,
      similarity: 0.5,
      rules: ['coverage', 'ngram'],
      examplePart: 'prompt',
      exampleSpans: Array.from({ length: index % 4 }, (_, n) => ({ start: n * 9, end: n * 9 + 5 })),
      sampleSpans: [],
    });
    const sizes: number[] = [];
    await withEvidence(path, FINDING_COLUMNS, async (evidence) => {
      const part = (): number => readFileSync(partOf(path)).length;
      for (let index = 0; index < 12_000; index += 1) {
        await evidence.write(finding(index));
        if (index % 4_000 === 3_999) sizes.push(part());
      }
    });
    assert.ok((sizes[1] ?? 0) > (sizes[0] ?? 0) + 1_000, 'nothing was written before the end');
    const rows = await parquet(path);
    assert.equal(rows.length, 12_000);
    for (const index of [0, 4_999, 5_000, 11_999]) {
      assert.deepEqual(rows[index], { ...finding(index), score: null });
    }
  });
});
