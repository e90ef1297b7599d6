import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';

const folder = await temporaryFolder();

/** A file of Inspect's with `right` of 100 samples right, from the first on. */
function log(name: string, right: number, changes: object = {}): string {
  const samples = Array.from({ length: 100 }, (_, index) => ({
    id: index,
    epoch: 1,
    input: `question ${index}`,
    target: 'x',
    scores: { match: { value: index < right ? 'C' : 'I' } },
    ...changes,
  }));
  const path = join(folder, name);
  const content = { version: 2, status: 'success', eval: { task: 'capitals' }, samples };
  writeFileSync(path, JSON.stringify(content, null, 2));
  return path;
}

describe('holdfast evals compare', () => {
  const champion = log('champion.json', 60);

  test('tells the paired difference, and ends with 0 where a loss is ruled out', async () => {
    const run = await runHoldfast(['evals', 'compare', champion, log('better.json', 80)]);
    assert.equal(run.code, 0, run.err);
    assert.match(run.out, /100 items of Inspect, answered by both models; 0 by one or none/);
    assert.match(run.out, /difference \+20\.0 points, one-sided bounds \+\d+\.\d and \+\d+\.\d/);
    assert.match(run.out, /a loss of 2\.0 points is ruled out/);
  });

  test('ends with 1 where a loss is not ruled out, and says what could be seen', async () => {
    const run = await runHoldfast(['evals', 'compare', champion, log('worse.json', 50), '--json']);
    assert.equal(run.code, 1, run.err);
    const told = JSON.parse(run.out) as Readonly<Record<string, unknown>>;
    assert.deepEqual([told['isRuledOut'], told['difference'], told['count']], [false, -0.1, 100]);
  });

  test('ends with 1 where too many answers are missing, whatever the others say', async () => {
    const missing = log('missing.json', 60, { scores: {} });
    const run = await runHoldfast(['evals', 'compare', champion, missing]);
    assert.equal(run.code, 2);
    const some = JSON.parse(readFileSync(champion, 'utf8')) as { samples: { scores: object }[] };
    for (const sample of some.samples.slice(60, 90)) sample.scores = {};
    const path = join(folder, 'some.json');
    writeFileSync(path, JSON.stringify(some, null, 2));
    const incomplete = await runHoldfast(['evals', 'compare', champion, path, '--margin', '0.5']);
    assert.equal(incomplete.code, 1);
    assert.match(incomplete.out, /more than 2\.0 % of the answers are missing/);
  });

  test('refuses other items, results of another tool, and what is no file', async () => {
    const other = log('other.json', 60, { target: 'y' });
    const differ = await runHoldfast(['evals', 'compare', champion, other]);
    assert.equal(differ.code, 2);
    assert.match(differ.err, /100 items that the two were asked differently .* and 95 more/);
    const lines = join(folder, 'samples.jsonl');
    writeFileSync(
      lines,
      JSON.stringify({ doc_id: 1, doc_hash: 'd', prompt_hash: 'p', target_hash: 't', acc: 1 }),
    );
    const mixed = await runHoldfast(['evals', 'compare', champion, lines]);
    assert.equal(mixed.code, 2);
    assert.match(mixed.err, /is of Inspect, .* of lm-evaluation-harness/);
    const none = await runHoldfast(['evals', 'compare', champion, join(folder, 'none.json')]);
    assert.equal(none.code, 2);
    assert.match(none.err, /none\.json cannot be read/);
  });

  for (const alpha of ['0', '1', '', 'x']) {
    test(`refuses ${JSON.stringify(alpha)} as an error rate`, async () => {
      const run = await runHoldfast(['evals', 'compare', champion, champion, '--alpha', alpha]);
      assert.equal(run.code, 2);
      assert.match(run.err, /--alpha: expected a share between 0 and 1/);
    });
  }
});
