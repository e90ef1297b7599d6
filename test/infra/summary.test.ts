import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importInfra } from './scratch-project.js';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

interface Job {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

interface Summary {
  readonly emptyResult: (name: string) => Counts;
  readonly countJobs: (result: Counts, jobs: readonly Job[]) => readonly (() => Promise<void>)[];
  readonly summarise: (results: readonly Counts[]) => number;
}

const { countJobs, emptyResult, summarise } = await importInfra<Summary>('summary.mjs');

test('what failed is named below the table: a file with its test, a check, and a job that could not be run', async (t) => {
  const printed: string[] = [];
  t.mock.method(console, 'log', (line: string) => void printed.push(line));
  const nothing = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const [checks, plain] = [emptyResult('checks'), emptyResult('plain')];
  const ran = [
    ...countJobs(checks, [
      { name: 'lint', run: async () => ({ ...nothing, failed: 1, failures: ['lint'] }) },
    ]),
    ...countJobs(plain, [
      { name: 'a.test.js', run: async () => ({ ...nothing, passed: 3, skipped: 1 }) },
      {
        name: 'b.test.js',
        run: async () => ({ ...nothing, passed: 2, failed: 1, failures: ['b.test.js: adds up'] }),
      },
      {
        name: 'c.test.js',
        run: () => Promise.reject(new Error('no space left')),
      },
    ]),
  ];
  await Promise.all(ran.map((job) => job()));
  assert.equal(summarise([checks, plain]), 1);
  assert.deepEqual(printed.filter((line) => line.startsWith('failed: ')).sort(), [
    'failed: checks: lint',
    'failed: plain: b.test.js: adds up',
    'failed: plain: c.test.js: no space left',
  ]);
  assert.equal(printed.at(-1), '\n5 passed, 3 failed, 1 skipped');
});
