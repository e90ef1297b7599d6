import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { biased, honest, JUDGE_MODEL, type JudgeWay, startJudge } from '../support/judge-host.js';

const COUNT = 60;

/** Pairs by turns: the first is good, the second is, neither is. */
function labelled(index: number, better?: string): object {
  const kind = ['first', 'second', 'tie'][index % 3] ?? '';
  const answer = (which: string): string =>
    `${kind === which ? 'a good' : 'an'} answer, write to ${which}.${index}@example.com`;
  return {
    input: `question ${index} of someone@example.com`,
    first: answer('first'),
    second: answer('second'),
    better: better ?? kind,
  };
}

const LINES = Array.from({ length: COUNT }, (_, index) => labelled(index));

interface Project {
  readonly run: (...more: readonly string[]) => Promise<CliRun>;
  readonly write: (lines: readonly object[]) => void;
  readonly judge: Awaited<ReturnType<typeof startJudge>>;
}

async function project(way: JudgeWay, hasJudge = true): Promise<Project> {
  const [folder, judge] = [await temporaryFolder(), await startJudge(way)];
  const { concurrency, maximumTokens, ...named } = judge.judge;
  assert.ok(concurrency > 0 && maximumTokens > 0);
  const local = { baseURL: judge.judge.baseURL, keyVariable: 'LOCAL_KEY', baseModel: 'base' };
  writeFileSync(
    join(folder, 'holdfast.yaml'),
    JSON.stringify({
      model: 'triage',
      store: 'file:store',
      window: { first: '2026-W01' },
      sources: [{ path: 'logs' }],
      consent: { unmarked: 'allow' },
      train: { ...local, pricePerMillionTokens: 0, maximumCost: 0 },
      champion: { modelId: 'base', trainedOn: [] },
      ...(hasJudge && { judge: { ...named, concurrency: 3, maximumTokens: 50 } }),
    }),
  );
  const file = join(folder, 'compared.jsonl');
  const write = (lines: readonly object[]): void =>
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  write(LINES);
  const environment = { PATH: '/usr/bin:/bin', JUDGE_KEY: 'secret' };
  const config = ['-c', join(folder, 'holdfast.yaml')];
  const run = (...more: readonly string[]): Promise<CliRun> =>
    runHoldfast(['evals', 'judge', file, ...config, ...more], { environment });
  return { run, write, judge };
}

describe('evals judge', () => {
  test('tells that a judge says what people say, and asks it once', async () => {
    const { run, judge } = await project(honest);
    const { code, out, err } = await run('--least-kappa', '0.6');
    assert.equal(err, '');
    assert.equal(code, 0);
    assert.equal(
      out,
      `${COUNT} pairs that people compared, judged by ${JUDGE_MODEL} in both orders; 0 without a reply that can be read\n` +
        '                   first  second     tie  by the judge\n' +
        'people: first         20       0       0\n' +
        'people: second         0      20       0\n' +
        'people: tie            0       0      20\n' +
        'it agrees on 100.0 %; kappa 1.00, one-sided 95 % lower bound 0.93\n' +
        'it said the same in both orders of 100.0 %; 33.3 % of its replies took the answer shown first\n',
    );
    assert.equal(judge.asked.length, 2 * COUNT);
    const again = await run('--json');
    assert.equal(judge.asked.length, 2 * COUNT, 'replies are kept');
    const { kappa, count, table } = JSON.parse(again.out) as Record<string, unknown>;
    assert.deepEqual([kappa, count], [1, COUNT]);
    assert.deepEqual(table, [
      [20, 0, 0],
      [0, 20, 0],
      [0, 0, 20],
    ]);
  });

  test('sends no personal data, and the same value under one name in question and answers', async () => {
    const { run, judge, write } = await project(honest);
    const call = { name: 'mail', arguments: '{"to":"anna.smith@example.com"}' };
    const input = [
      { role: 'user', content: 'write to anna.smith@example.com' },
      { role: 'assistant', tool_calls: [{ id: 'c1', function: call }] },
      { role: 'tool', tool_call_id: 'c1', content: 'sent to anna.smith@example.com' },
    ];
    write([...LINES, { input, first: 'done', second: 'a good answer', better: 'second' }]);
    await run();
    const sent = JSON.stringify(judge.asked.map(({ body }) => body));
    assert.doesNotMatch(sent, /@example\.com/);
    assert.match(sent, /\[EMAIL/);
    assert.match(sent, /\\"arguments\\":/);
  });

  test('ends with 1 where the bound of kappa is less than asked for', async () => {
    const { run } = await project(biased);
    const { code, out } = await run('--least-kappa', '0.4');
    assert.equal(code, 1);
    assert.match(out, /it agrees on 33\.3 %; kappa 0\.00/);
    assert.match(
      out,
      /same in both orders of 0\.0 %; 100\.0 % of its replies took the answer shown/,
    );
    assert.equal((await run()).code, 0, 'without a bound it is only told');
  });

  test('says that few pairs say little, and leaves out what it can’t read', async () => {
    const { run, write } = await project((pair, index, response) =>
      index < 2 ? 'hard to say' : honest(pair, index, response),
    );
    write(LINES.slice(0, 9));
    const { code, out } = await run('--least-kappa', '0');
    assert.equal(code, 1, 'too few to rest a bound on');
    assert.match(out, /^9 pairs .*; [12] without a reply that can be read\n/);
    assert.match(out, /of fewer than 50 pairs that says little/);
  });

  test('refuses what it can’t hold the judge against, with what to do', async () => {
    const { run, write, judge } = await project(honest);
    for (const [lines, message] of [
      [[], /holds no pairs that somebody compared/],
      [[labelled(0), labelled(1, 'third')], /line 2 is no compared pair: see its "better"/],
      [[{ input: 'q', first: 'a', better: 'tie' }], /line 1 is no compared pair: see its "second"/],
    ] as const) {
      write(lines);
      const { code, err } = await run();
      assert.equal(code, 2);
      assert.match(err, message);
    }
    const asked = await run('--least-kappa', 'much');
    assert.equal(asked.code, 2);
    assert.match(asked.err, /--least-kappa: expected a number between -1 and 1/);
    assert.equal(judge.asked.length, 0);
    const unjudged = await project(honest, false);
    assert.match((await unjudged.run()).err, /the configuration names no judge/);
  });
});
