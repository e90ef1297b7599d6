import assert from 'node:assert/strict';
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { runCli } from '../../src/cli/program.js';
import { createOutput } from '../../src/cli/output.js';
import type { CheckFinding } from '../../src/cli/check-scan.js';
import type { ExitCode } from '../../src/cli/context.js';
import { TRIAL_FILES } from '../bench/rephrasing-data.js';
import { publicData } from '../support/public-data.js';

interface Ran {
  readonly code: ExitCode;
  readonly text: string;
  readonly errors: string;
}

async function holdfast(...argv: readonly string[]): Promise<Ran> {
  const written = { text: '', errors: '' };
  let code: ExitCode = 0;
  const output = createOutput(
    { write: (text) => void (written.text += text) },
    { write: (text) => void (written.errors += text) },
  );
  const ended = await runCli(
    argv,
    {
      environment: {},
      output,
      now: () => new Date(0),
      randomId: () => 'id',
      interrupted: new AbortController().signal,
      end: (given) => {
        code = given;
      },
    },
    () => code,
  );
  return { code: ended, ...written };
}

function partsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.part'));
}

function evidence(path: string): readonly CheckFinding[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as CheckFinding);
}

describe('holdfast check', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-check-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  const question =
    'A train leaves the old station at seven with 41 people and comes home with 17 of them, how many stayed?';
  const other =
    'Which of the rivers of the northern plain carries the most water in the dry months of the year?';

  test('finds a leak through every shape and format, and says where both stand', async () => {
    const evals = file('evals.csv', `id,question,answer\nq7,"${question}",24\n`);
    const shapes: readonly (readonly [string, string | Uint8Array])[] = [
      [
        'a.jsonl',
        `${JSON.stringify({
          id: 'x',
          messages: [
            { role: 'system', content: 'be brief' },
            { role: 'user', content: question },
            { role: 'assistant', content: '24' },
          ],
        })}\n`,
      ],
      ['b.json', JSON.stringify([{ id: 'x', prompt: question, completion: '24' }])],
      [
        'c.jsonl.gz',
        gzipSync(
          JSON.stringify({ id: 'x', instruction: 'Answer:', input: question, output: '24' }),
        ),
      ],
      ['d.json', JSON.stringify([{ id: 'x', text: `${other} ${question}` }])],
      ['e.csv', `id,question,answer\nx,"${question}",24\n`],
    ];
    for (const [name, content] of shapes) {
      const train = file(name, content);
      const found = join(folder, `${name}.found.jsonl`);
      const { code } = await holdfast('check', train, '--against', evals, '--evidence', found);
      assert.equal(code, 1, name);
      const [finding] = evidence(found);
      assert.ok(finding, name);
      const { exampleIndex, exampleId, sampleIndex, sampleId, level, coverage } = finding;
      assert.deepEqual(
        { exampleIndex, exampleId, sampleIndex, sampleId, coverage },
        { exampleIndex: 0, exampleId: 'x', sampleIndex: 0, sampleId: 'q7', coverage: 1 },
      );
      assert.equal(level, 'verbatim', name);
      assert.equal(finding.file, train);
      assert.equal(finding.evalSet, evals);
      assert.deepEqual(Object.keys(finding), [
        'file',
        'exampleIndex',
        'exampleId',
        'evalSet',
        'sampleIndex',
        'sampleId',
        'level',
        'field',
        'coverage',
        'levelShare',
        'tokenShare',
        'idfScore',
        'longestRun',
        'similarity',
        'rules',
        'examplePart',
        'exampleSpans',
        'sampleSpans',
      ]);
    }
  });

  test('tells how many matches are no findings because many rows hold them', async () => {
    const footer =
      'to leave this list send a mail to its keeper with the word leave as its subject';
    const evals = file(
      'mails.jsonl',
      `${JSON.stringify({ question: `${other} ${question} ${footer}` })}\n`,
    );
    const rows = (count: number): string =>
      Array.from({ length: count }, (_, row) =>
        JSON.stringify({ text: `x${row}. ${footer}` }),
      ).join('\n');
    const check = async (count: number, ...options: string[]): Promise<string> =>
      (
        await holdfast(
          'check',
          file(`mail-${count}.jsonl`, rows(count)),
          '--against',
          evals,
          ...options,
        )
      ).text;
    const line =
      '30 partial matches are what many rows hold, such as a footer, and are not counted.\n';
    assert.ok((await check(30)).includes(`No leak found.\n${line}`));
    assert.ok(!(await check(3)).includes('what many rows hold'));
    const counts = await Promise.all(
      [30, 3].map(async (count) => {
        const told = JSON.parse(await check(count, '--json')) as Record<string, unknown>;
        return [told['leakedSamples'], told['excusedMatches']];
      }),
    );
    assert.deepEqual(counts, [
      [0, 30],
      [1, 0],
    ]);
  });

  test('nothing found is 0, kin alone is 0 and shown on request', async () => {
    const evals = file('one.jsonl', `${JSON.stringify({ question })}\n`);
    const clean = file('clean.jsonl', `${JSON.stringify({ question: other })}\n`);
    assert.equal((await holdfast('check', clean, '--against', evals)).code, 0);
    const twin = file(
      'twin.jsonl',
      `${JSON.stringify({ question: question.replace('41', '52') })}\n`,
    );
    const found = join(folder, 'kin.jsonl');
    const plain = await holdfast('check', twin, '--against', evals, '--evidence', found);
    assert.equal(plain.code, 0);
    assert.deepEqual(evidence(found), []);
    const asked = await holdfast(
      'check',
      twin,
      '--against',
      evals,
      '--level',
      'kin',
      '--evidence',
      found,
    );
    assert.equal(asked.code, 0);
    assert.equal(evidence(found)[0]?.level, 'kin');
  });

  test('--json prints one object with counts', async () => {
    const evals = file('json.jsonl', `${JSON.stringify({ question })}\n`);
    const { code, text } = await holdfast('check', evals, '--against', evals, '--json');
    assert.equal(code, 1);
    const result = JSON.parse(text) as { leakedSamples: number; samplesByLevel: object };
    assert.equal(result.leakedSamples, 1);
    assert.deepEqual(result.samplesByLevel, { verbatim: 1 });
  });

  test('a sample in other words is a suspect on request, and never a leak', async () => {
    const evals = file('reworded-evals.jsonl', `${JSON.stringify({ question })}\n`);
    const reworded =
      'From its old station a train with 41 people left at seven; 17 of these came home with it. How many stayed?';
    const rows = [other, reworded, reworded.replace('41', '52')];
    const train = file(
      'reworded.jsonl',
      rows.map((text) => `${JSON.stringify({ question: text })}\n`).join(''),
    );
    const found = join(folder, 'suspects.jsonl');
    const asked = ['check', train, '--against', evals, '--evidence', found];
    assert.equal((await holdfast(...asked)).code, 0);
    assert.deepEqual(evidence(found), []);
    const { code, text } = await holdfast(...asked, '--level', 'suspect');
    assert.equal(code, 0);
    assert.match(text, /No leak found\./);
    assert.match(text, /suspect: \d+ % of the sample's words, .*, score \d/);
    const fixed = 'too few rows to calibrate; a fixed score of 2.00 or more.';
    assert.ok(text.includes(`Suspects of ${evals}: ${fixed}\n`), text);
    assert.doesNotMatch(text, /% of rows like these/);
    const suspects = evidence(found);
    assert.deepEqual(
      suspects.map(({ exampleIndex, level }) => [exampleIndex, level]),
      [[1, 'suspect']],
    );
    assert.ok((suspects[0]?.score ?? 0) > 2);
  });

  test('suspects of GSM8K test questions: rewordings among train questions, by a threshold those set', async (t) => {
    const [evals, trainFile, rewordingsFile] = [
      publicData(t, TRIAL_FILES.samples),
      publicData(t, TRIAL_FILES.others),
      publicData(t, TRIAL_FILES.rewordings),
    ];
    if (evals === null || trainFile === null || rewordingsFile === null) return;
    const rewordings = readFileSync(rewordingsFile, 'utf8').trim().split('\n').slice(0, 40);
    const trainRows = readFileSync(trainFile, 'utf8').trim().split('\n').slice(0, 1_500);
    const rows = [
      ...trainRows.map((line) => (JSON.parse(line) as { question: string }).question),
      ...rewordings.map((line) => (JSON.parse(line) as { rephrased: string }).rephrased),
    ];
    const train = file('mixed.jsonl', rows.map((text) => JSON.stringify({ text })).join('\n'));
    const found = join(folder, 'mixed-found.jsonl');
    const { text: told } = await holdfast(
      ...['check', train, '--against', evals, '--eval-field', 'question'],
      ...['--level', 'suspect', '--evidence', found],
    );
    assert.match(
      told,
      /score [01]\.\d\d or more, as about 0\.2 % of (rows like these|its samples)/,
    );
    const suspects = evidence(found).filter(({ level }) => level === 'suspect');
    const own = rewordings.map((line) => (JSON.parse(line) as { evalIndex: number }).evalIndex);
    const named = own.filter((sample, at) =>
      suspects.some(
        ({ exampleIndex, sampleIndex }) => exampleIndex === 1_500 + at && sampleIndex === sample,
      ),
    );
    assert.ok(named.length >= 34, `${named.length} of 40`);
    const wrong = suspects.filter(({ exampleIndex }) => exampleIndex < 1_500);
    assert.ok(wrong.length <= 6, JSON.stringify(wrong));
  });

  test('what can’t be read is 2, with file and line and without its text', async () => {
    const evals = file('good.jsonl', `${JSON.stringify({ question })}\n`);
    const table: readonly (readonly [string, string, RegExp])[] = [
      [
        'broken.jsonl',
        `${JSON.stringify({ question })}\n{"question": "secret-text`,
        /broken\.jsonl line 2/,
      ],
      ['shape.jsonl', '{"secret-text": 1}\n', /shape\.jsonl:1 .*known shapes/],
      ['file.xyz', 'secret-text', /unknown ending/],
      ['short.csv', 'question,answer\n"secret-text"\n', /short\.csv line 2/],
    ];
    for (const [name, content, message] of table) {
      const { code, errors } = await holdfast('check', file(name, content), '--against', evals);
      assert.equal(code, 2, name);
      assert.match(errors, message);
      assert.ok(!errors.includes('secret-text'), name);
    }
    const empty = await holdfast('check', evals, '--against', file('empty.jsonl', ''));
    assert.equal(empty.code, 2);
    const missing = await holdfast('check', join(folder, 'nowhere.jsonl'), '--against', evals);
    assert.equal(missing.code, 2);
  });

  test('a passage that many questions share is no leak of any, and the question with another is none', async () => {
    const passage = `${other} The answer is told in the following lines, which many a question is asked about.`;
    const [asked, unlike] = [
      question,
      'Who of the people on the train stayed behind at home with the old dog?',
    ];
    const evals = file(
      'passage.jsonl',
      `${JSON.stringify({ passage, question: asked, answer: 'x' })}\n`,
    );
    const same = file(
      'same.jsonl',
      `${JSON.stringify({ passage, question: unlike, answer: 'y' })}\n`,
    );
    assert.equal((await holdfast('check', same, '--against', evals)).code, 0);
    const leak = file('leak.jsonl', `${JSON.stringify({ passage: other, question: asked })}\n`);
    assert.equal((await holdfast('check', leak, '--against', evals)).code, 1);
  });

  test('a leak in any turn, in the arguments of a tool call or in a system prompt is found', async () => {
    const evals = file('turns.jsonl', `${JSON.stringify({ question })}\n`);
    const call = {
      id: 'c',
      function: { name: 'save', arguments: JSON.stringify({ text: question }) },
    };
    const rows: readonly object[] = [
      { role: 'assistant', content: question },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', content: question },
      { role: 'system', content: question },
    ];
    for (const message of rows) {
      const messages = [{ role: 'user', content: 'hi' }, message, { role: 'user', content: 'bye' }];
      const train = file('turn.jsonl', `${JSON.stringify({ messages })}\n`);
      const { code } = await holdfast('check', train, '--against', evals);
      assert.equal(code, 1, JSON.stringify(message));
    }
  });

  test('samples that nothing can protect are named, and what protects the others is told for each file', async () => {
    const evals = file('odd.jsonl', '{"id":"e1","text":"?!"}\n{"text":"Hi there"}\n');
    const more = file('more.jsonl', `${JSON.stringify({ question })}\n`);
    const clean = file('none.jsonl', `${JSON.stringify({ question: other })}\n`);
    const argv = ['check', clean, '--against', evals, more];
    const { code, text } = await holdfast(...argv);
    assert.equal(code, 0);
    assert.match(text, /Nothing can protect: \[0\] e1\./);
    const { evals: told } = JSON.parse((await holdfast(...argv, '--json')).text) as {
      evals: { evalSet: string; coverage: Record<string, number>; unprotected: object[] }[];
    };
    assert.deepEqual(
      told.map(({ evalSet, coverage }) => [evalSet, coverage['unmatchable'], coverage['coverage']]),
      [
        [evals, 1, 0],
        [more, 0, 1],
      ],
    );
    assert.deepEqual(told[0]?.unprotected, [{ evalSet: evals, sampleIndex: 0, sampleId: 'e1' }]);
  });

  test('a run that fails in the middle leaves no evidence, and an old one as it was', async () => {
    const evals = file('whole.jsonl', `${JSON.stringify({ question })}\n`);
    const train = file('half.jsonl', `${JSON.stringify({ question })}\n{"broken\n`);
    const found = file('old.jsonl', 'old\n');
    const { code } = await holdfast('check', train, '--against', evals, '--evidence', found);
    assert.equal(code, 2);
    assert.equal(readFileSync(found, 'utf8'), 'old\n');
    assert.deepEqual(partsIn(folder), []);
    const nowhere = join(folder, 'no', 'such', 'folder.jsonl');
    const refused = await holdfast('check', evals, '--against', evals, '--evidence', nowhere);
    assert.equal(refused.code, 2);
    assert.match(refused.errors, /can't be written \(ENOENT\)/);
  });

  test('evidence never replaces a file that is read, whatever it is called there', async () => {
    const row = `${JSON.stringify({ question })}\n`;
    const [evals, train] = [file('read-evals.jsonl', row), file('read-train.jsonl', row)];
    const [link, hard] = [join(folder, 'link.jsonl'), join(folder, 'hard.jsonl')];
    symlinkSync(evals, link);
    linkSync(train, hard);
    for (const found of [evals, train, link, hard, join(folder, '.', 'read-evals.jsonl')]) {
      for (const argv of [
        ['check', train, '--against', evals],
        ['dedupe', train, evals],
      ]) {
        const { code, errors } = await holdfast(...argv, '--evidence', found);
        assert.equal(code, 2);
        assert.match(errors, /--evidence .* is .*, which is read/);
      }
    }
    assert.deepEqual([readFileSync(evals, 'utf8'), readFileSync(train, 'utf8')], [row, row]);
  });

  test('what lies at the place of a part-written file is not written to', async () => {
    const mine = file('mine.txt', 'mine');
    symlinkSync(mine, join(folder, 'planted.jsonl.part'));
    const evals = file('planted-evals.jsonl', `${JSON.stringify({ question })}\n`);
    const found = join(folder, 'planted.jsonl');
    const { code } = await holdfast('check', evals, '--against', evals, '--evidence', found);
    assert.equal(code, 1);
    assert.equal(evidence(found).length, 1);
    assert.equal(readFileSync(mine, 'utf8'), 'mine');
    rmSync(join(folder, 'planted.jsonl.part'));
  });

  test('MAWPS train against test: all 58 leaks, and twins with other numbers are kin', async (t) => {
    const train = publicData(t, 'llm_adapters/dataset/mawps/trainset.json');
    const evals = publicData(t, 'llm_adapters/dataset/mawps/testset.json');
    if (train === null || evals === null) return;
    const found = join(folder, 'mawps.jsonl');
    const fields = ['--text-field', 'original_text', '--eval-field', 'original_text'];
    const { code } = await holdfast(
      'check',
      train,
      '--against',
      evals,
      ...fields,
      '--level',
      'kin',
      '--evidence',
      found,
    );
    assert.equal(code, 1);
    const findings = evidence(found);
    const leaked = new Set(
      findings.filter(({ level }) => level !== 'kin').map(({ sampleIndex }) => sampleIndex),
    );
    const verbatim = findings.filter(({ level }) => level === 'verbatim');
    const kin = new Set(
      findings.filter(({ level }) => level === 'kin').map(({ sampleIndex }) => sampleIndex),
    );
    const oracle = mawpsOracle(train, evals);
    assert.equal(oracle.exact.length, 28);
    assert.equal(oracle.leaks.length, 58);
    assert.equal(oracle.otherNumbers.length, 38);
    for (const index of oracle.exact) {
      assert.ok(
        verbatim.some(({ sampleIndex }) => sampleIndex === index),
        `exact ${index}`,
      );
    }
    for (const index of oracle.leaks) assert.ok(leaked.has(index), `leak ${index}`);
    for (const index of oracle.otherNumbers) {
      assert.ok(!leaked.has(index) && kin.has(index), `kin ${index}`);
    }
    // Two more are leaks by the definition: numbers equal as values, at least 0.8 of the words aligned.
    assert.ok(leaked.size - oracle.leaks.length <= 3, `${leaked.size} leaked samples`);
  });
});

interface MawpsRow {
  readonly original_text: string;
}

/** An oracle of its own: sets of words and 3-word shingles as strings, numbers as a sorted list. */
function mawpsOracle(
  trainPath: string,
  evalPath: string,
): { exact: number[]; leaks: number[]; otherNumbers: number[] } {
  const read = (path: string): readonly string[][] =>
    (JSON.parse(readFileSync(path, 'utf8')) as MawpsRow[]).map(
      ({ original_text: text }) => text.toLowerCase().match(/\w+/g) ?? [],
    );
  const numbers = (words: readonly string[]): string =>
    words
      .filter((word) => /^\d+$/.test(word))
      .sort()
      .join(' ');
  const grams = (words: readonly string[], size: number): Set<string> =>
    new Set(
      Array.from({ length: Math.max(0, words.length - size + 1) }, (_, i) =>
        words.slice(i, i + size).join(' '),
      ),
    );
  const jaccard = (a: Set<string>, b: Set<string>): number => {
    const shared = [...a].filter((gram) => b.has(gram)).length;
    return shared / (a.size + b.size - shared || 1);
  };
  const train = read(trainPath).map((words) => ({
    key: words.join(' '),
    numbers: numbers(words),
    three: grams(words, 3),
    thirteen: grams(words, 13),
  }));
  const result = { exact: [] as number[], leaks: [] as number[], otherNumbers: [] as number[] };
  for (const [index, words] of read(evalPath).entries()) {
    const [key, own, three] = [words.join(' '), numbers(words), grams(words, 3)];
    const thirteen = grams(words, 13);
    const near = train.filter((row) => jaccard(three, row.three) >= 0.5);
    const isLeak = near.some((row) => row.numbers === own);
    if (train.some((row) => row.key === key)) result.exact.push(index);
    if (isLeak) result.leaks.push(index);
    const sharing = train.filter((row) => [...thirteen].some((gram) => row.thirteen.has(gram)));
    if (sharing.length > 0 && !isLeak && sharing.every((row) => row.numbers !== own)) {
      result.otherNumbers.push(index);
    }
  }
  return result;
}
