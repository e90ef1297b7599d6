import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runHoldfast } from '../support/cli.js';
import { SAMPLE, WILD_TEXTS } from '../support/wild-texts.js';

describe('no file crashes or hangs the commands on files', () => {
  let folder = '';
  let evals = '';
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-wild-'));
    evals = file('evals.jsonl', JSON.stringify({ question: SAMPLE }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('rows of every wild text, which are told and shown on the page too', async () => {
    const rows = WILD_TEXTS.map(({ make }) => make(1_500));
    const train = file(
      'wild.jsonl',
      [...rows, SAMPLE].map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''),
    );
    const samples = file(
      'wild-evals.jsonl',
      [SAMPLE, ...rows].map((question) => `${JSON.stringify({ question })}\n`).join(''),
    );
    const out = ['--report', join(folder, 'w.html'), '--evidence', join(folder, 'w.parquet')];
    const checked = await runHoldfast(['check', train, '--against', samples, ...out]);
    assert.equal(checked.code, 1, checked.err);
    assert.match(checked.out, /^\d+ samples leaked into \d+ examples\./mu);
    const deduped = await runHoldfast(['dedupe', train, train, '--evidence', out[3] ?? '']);
    assert.ok(deduped.code !== 2, deduped.err);
  });

  test('a line of fifty megabytes', async () => {
    const long = file(
      'long.jsonl',
      JSON.stringify({ text: `${'a'.repeat(50_000_000)} ${SAMPLE}` }),
    );
    assert.equal((await runHoldfast(['check', long, '--against', evals])).code, 1);
    assert.equal((await runHoldfast(['dedupe', long])).code, 0);
  });

  test('a hundred thousand empty rows', async () => {
    const empty = file('empty.jsonl', '{"text":""}\n'.repeat(100_000));
    const { code, out } = await runHoldfast(['check', empty, '--against', evals]);
    assert.equal(code, 0);
    assert.match(out, /^100,000 examples/u);
    assert.equal((await runHoldfast(['dedupe', empty])).code, 0);
  });

  test('JSON nested a hundred thousand deep, and what is no JSON, is 2 and told', async () => {
    const depth = 100_000;
    const nested = `{"text":"x","meta":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    for (const [name, content] of [
      ['open.jsonl', '{"a":'.repeat(depth)],
      ['nul.jsonl', '\0'.repeat(100_000)],
      ['surrogates.jsonl', '{"text": \ud800}'],
    ] as const) {
      for (const argv of [
        ['check', file(name, content), '--against', evals],
        ['dedupe', file(name, content)],
      ]) {
        const { code, err } = await runHoldfast(argv);
        assert.equal(code, 2, name);
        assert.match(err, /line 1/u);
      }
    }
    const { code, err } = await runHoldfast([
      'check',
      file('deep.jsonl', nested),
      '--against',
      evals,
    ]);
    assert.ok(code === 0 || (code === 2 && /line 1/u.test(err)), `${code}: ${err}`);
  });
});
