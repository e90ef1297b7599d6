import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';

const TEXT = 'Which of the rivers of the northern plain carries the most water in the dry months?';

describe('the files that a command names', async () => {
  const folder = await temporaryFolder();
  const [train, evals] = [join(folder, 'train.jsonl'), join(folder, 'evals.jsonl')];
  for (const path of [train, evals]) writeFileSync(path, `${JSON.stringify({ text: TEXT })}\n`);
  mkdirSync(join(folder, 'sub'));

  test('two outputs are never one file, by whatever name, and nothing is read before', async () => {
    const page = join(folder, 'out.html');
    const same = [page, relative(process.cwd(), page), join(folder, 'sub', '..', 'out.html')];
    for (const evidence of same) {
      const outputs = ['--report', page, '--evidence', evidence];
      const { code, err } = await runHoldfast([
        'check',
        'absent.jsonl',
        '--against',
        evals,
        ...outputs,
      ]);
      assert.equal(code, 2);
      assert.match(err, /--(?:report|evidence) .*out\.html/u);
    }
    const [found, link] = [join(folder, 'there.jsonl'), join(folder, 'link.html')];
    writeFileSync(found, '');
    symlinkSync(found, link);
    const { code, err } = await runHoldfast([
      'check',
      train,
      '--against',
      evals,
      '--evidence',
      found,
      '--report',
      link,
    ]);
    assert.equal(code, 2);
    assert.match(err, /--report .*link\.html is what --evidence writes; name another file/u);
  });

  test('outputs end as what is written ends, or are devices', async () => {
    const before = readdirSync(folder);
    const refused = [
      ['--evidence', 'found.csv', '.jsonl or .ndjson or .parquet'],
      ['--evidence', 'found.jsonl.gz', '.jsonl or .ndjson or .parquet'],
      ['--evidence', 'found', '.jsonl or .ndjson or .parquet'],
      ['--report', 'page.pdf', '.html or .htm'],
    ] as const;
    for (const [option, name, endings] of refused) {
      const argv = ['check', train, '--against', evals, option, join(folder, name)];
      const { code, err } = await runHoldfast(argv);
      assert.equal(code, 2, name);
      assert.ok(err.includes(`${name} has to end in ${endings}`), err);
    }
    assert.equal((await runHoldfast(['dedupe', train, '--evidence', 'found.csv'])).code, 2);
    assert.deepEqual(readdirSync(folder), before);
    const taken = [
      ['--evidence', 'FOUND.NDJSON'],
      ['--report', 'page.htm'],
    ] as const;
    for (const [option, name] of taken) {
      const path = join(folder, name);
      const { code, err } = await runHoldfast(['check', train, '--against', evals, option, path]);
      assert.equal(code, 1, err);
      assert.ok(existsSync(path));
    }
    const device = ['--evidence', '/dev/null', '--report', '/dev/null'];
    assert.equal((await runHoldfast(['check', train, '--against', evals, ...device])).code, 1);
  });

  test('a file under several names is read once, under the first', async () => {
    const [link, hard] = [join(folder, 'link.jsonl'), join(folder, 'hard.jsonl')];
    symlinkSync(train, link);
    linkSync(train, hard);
    const names = [relative(process.cwd(), train), train, link, hard, `${folder}/./train.jsonl`];
    const deduped = await runHoldfast(['dedupe', ...names, '--json']);
    const { rows, files } = JSON.parse(deduped.out) as { rows: number; files: readonly string[] };
    assert.deepEqual([deduped.code, rows, files], [0, 1, [names[0]]]);
    const checked = await runHoldfast(['check', ...names, '--against', evals, evals, '--json']);
    const result = JSON.parse(checked.out) as { examples: number; samples: number };
    assert.deepEqual([result.examples, result.samples], [1, 1]);
  });
});
