import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CheckFinding } from '../../src/cli/check-scan.js';
import { runHoldfast } from '../support/cli.js';
import { createRandom } from '../support/random.js';

const FOOTER = 'to leave this list send a mail to its keeper with the word leave as its subject';
const QUESTION =
  'A train leaves the old station at seven with 41 people and comes home with 17 of them, how many stayed?';
const OTHER =
  'Which of the rivers of the northern plain carries the most water in the dry months of the year?';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-shards-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a check of shards finds, whichever shard a row is in, and how many matches it excuses. */
async function found(shards: readonly (readonly string[])[]): Promise<object> {
  const evals = join(folder, 'evals.jsonl');
  const asked = [`${OTHER} ${QUESTION} ${FOOTER}`, QUESTION, OTHER];
  writeFileSync(evals, asked.map((question) => JSON.stringify({ question })).join('\n'));
  const files = shards.map((rows, shard) => {
    const path = join(folder, `shard-${shards.length}-${shard}.jsonl`);
    writeFileSync(path, rows.map((row) => `${row}\n`).join(''));
    return path;
  });
  const [kin, evidence] = [['--level', 'kin'], join(folder, `found-${shards.length}.jsonl`)];
  const argv = ['check', ...files, '--against', evals, '--json', ...kin, '--evidence', evidence];
  const { out } = await runHoldfast(argv);
  const told = JSON.parse(out) as { excusedMatches: number; findings: object };
  const findings = readFileSync(evidence, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { file, exampleIndex, ...finding } = JSON.parse(line) as CheckFinding;
      assert.ok(files.includes(file) && exampleIndex >= 0);
      return JSON.stringify(finding);
    })
    .sort();
  return { findings, counts: told.findings, excused: told.excusedMatches };
}

test('holdfast check finds the same in rows of one file and of seven', async () => {
  const random = createRandom(7);
  const rows = Array.from({ length: 350 }, (_, id) => {
    const said = [`x${id}.`, `note ${id % 30}:`][id % 2] ?? '';
    const held = ['', '', FOOTER, QUESTION.slice(0, 70), OTHER.replace('northern', 'southern')];
    const text = `${said} ${held[id % held.length] ?? ''}`;
    return JSON.stringify(id % 3 === 0 ? { id, prompt: text, completion: 'yes' } : { id, text });
  });
  const cut = Array.from({ length: 7 }, (): string[] => []);
  for (const row of rows) cut[Math.floor(random() * 7)]?.push(row);
  const whole = await found([rows]);
  assert.deepEqual(await found(cut), whole);
  const { findings, excused } = whole as { findings: readonly string[]; excused: number };
  assert.ok(findings.length > 50 && excused > 20, `${findings.length} and ${excused}`);
});
