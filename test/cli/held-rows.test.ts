import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCheck } from '../../src/cli/check.js';
import { createOutput } from '../../src/cli/output.js';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';

const SAMPLE =
  'A farmer in Westphalia keeps forty-two geese and sells seven of them every market day; how many weeks pass?';
const quiet = createOutput({ write: () => undefined }, { write: () => undefined });
const ROWS = Array.from({ length: 40 }, (_, row) => ({
  prompt: row % 2 === 0 ? `nothing to see in row ${row}` : SAMPLE,
  completion: 'a',
}));
const jsonl = ROWS.map((row) => `${JSON.stringify(row)}\n`).join('');
const FORMATS: readonly (readonly [string, string | Uint8Array])[] = [
  ['rows.jsonl', jsonl],
  ['rows.jsonl.gz', gzipSync(jsonl)],
  ['rows.json', JSON.stringify(ROWS)],
  ['rows.csv', `prompt,completion\n${ROWS.map(({ prompt }) => `"${prompt}",a\n`).join('')}`],
];

describe('rows that wait for a second look', async () => {
  const folder = await temporaryFolder();
  const evals = join(folder, 'evals.jsonl');
  writeFileSync(evals, JSON.stringify({ prompt: SAMPLE }));

  /** Checks, and replaces the file at the so-manieth look at the signal; `null` where it came to no such look. */
  async function checkedWhile(
    path: string,
    content: string | Uint8Array,
    look: number,
  ): Promise<string | null> {
    writeFileSync(path, content);
    let looks = 0;
    const replace = (): void => {
      const next = `${path}.next`;
      writeFileSync(next, content.slice(0, content.length >> 1));
      renameSync(next, path);
    };
    const interrupted = {
      get aborted(): boolean {
        looks += 1;
        if (looks === look) replace();
        return false;
      },
    } as AbortSignal;
    const found = join(folder, 'found.jsonl');
    const options = { against: [evals], shingle: 'words:3', evidence: found };
    const context = { output: quiet, interrupted, heldCharacters: 10 };
    const told = await runCheck([path], options, context).then(
      () => `${readFileSync(found, 'utf8').split('\n').length - 1} findings`,
      (error: unknown) => (error as Error).message,
    );
    return looks < look ? null : told;
  }

  for (const [name, content] of FORMATS) {
    test(`are found again, or the file was written to: ${name}`, async () => {
      const path = join(folder, name);
      assert.equal(await checkedWhile(path, content, 0), '20 findings');
      const said: string[] = [];
      // The first look at the signal is while the samples are read, before the files.
      for (let look = 2; ; look += 1) {
        const told = await checkedWhile(path, content, look);
        if (told === null) break;
        said.push(told);
      }
      assert.ok(said.length >= 2, `${said.length} looks`);
      for (const each of said) assert.match(each, /can't be read: it was written to meanwhile$/u);
    });
  }

  test('and none at all is nothing that could be checked', async () => {
    const [empty, blank] = [join(folder, 'empty.jsonl'), join(folder, 'blank.jsonl')];
    writeFileSync(empty, '');
    writeFileSync(blank, '\n \n');
    for (const argv of [
      ['check', empty, blank, '--against', evals],
      ['dedupe', empty, blank],
    ]) {
      const { code, err } = await runHoldfast(argv);
      assert.equal(code, 2);
      const told = `${empty}, ${blank}: there are no rows; there is nothing to look at`;
      assert.ok(err.includes(told), err);
    }
    assert.equal((await runHoldfast(['dedupe', empty, evals])).code, 0);
    assert.equal((await runHoldfast(['check', empty, evals, '--against', evals])).code, 1);
  });
});
