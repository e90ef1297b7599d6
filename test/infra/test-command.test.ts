import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  fakeTemporal,
  fakeVersitygw,
  scratchProject,
  type Ended,
  type ScratchProject,
} from './scratch-project.js';

const IMPORTS = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
void [assert, test];
`;

/** Test files that have to count as exactly one failure, and what is printed about them. */
const FAILING: readonly {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly printed: RegExp;
}[] = [
  {
    what: 'a failed test',
    file: 'fails',
    text: "test('one is two', () => assert.equal(1, 2));",
    printed:
      /fails\.test\.js: 0 passed, 1 failed[^]*FAILED: one is two\n[^]*actual: 1\n +expected: 2/,
  },
  {
    what: 'a failed part of a test',
    file: 'part',
    text: "test('whole', async (t) => { await t.test('part', () => assert.fail('no')); });",
    printed: /FAILED: part\n/,
  },
  {
    what: 'a test that is skipped without a reason',
    file: 'lazy',
    text: "test('lazy', { skip: true }, () => assert.ok(true));",
    printed: /FAILED: lazy: skipped without a reason/,
  },
  {
    what: 'a file without tests',
    file: 'empty',
    text: '',
    printed: /FAILED: the file has no tests, or ended before them/,
  },
  {
    what: 'a file that can not be loaded',
    file: 'broken',
    text: "throw new Error('boom');",
    printed: /not ok .*broken\.test\.js: [^]*Error: boom/,
  },
  {
    what: 'a promise that nobody waited for',
    file: 'late',
    text: "test('early', () => void Promise.reject(new Error('late')));",
    printed: /not ok .*late\.test\.js: [^]*asynchronous activity[^]*Error: late/,
  },
  {
    what: 'a bad exit code without a failed test',
    file: 'code',
    text: "test('passes', () => void (process.on('exit', () => (process.exitCode = 3))));",
    printed: /FAILED: no test failed, but exit code 3/,
  },
  {
    what: 'a process that ends in the middle',
    file: 'ends',
    text: "test('ends', () => process.exit(0)); test('never', () => assert.ok(1));",
    printed: /not ok .*ends\.test\.js: /,
  },
];

describe('the test command', () => {
  let project: ScratchProject;
  let temporal = '';
  let versitygw = '';
  let run: (words: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<Ended>;
  before(async () => {
    project = scratchProject();
    temporal = fakeTemporal(join(project.root, 'bin'));
    run = (words, environment = {}) =>
      project.bootstrap(['check', ...words], { HOLDFAST_TEMPORAL_CLI: temporal, ...environment });
    for (const { file, text } of FAILING) {
      project.write(`test/text/${file}.test.ts`, `${IMPORTS}${text}\n`);
    }
    versitygw = fakeVersitygw(join(project.root, 'bin'));
    writeLanes(project, temporal);
    const built = await project.bootstrap(['build']);
    assert.equal(built.code, 0, built.stderr);
  });
  after(() => project.remove());

  test('ends with the counts alone on the last line', async () => {
    const ended = await run(['text/sum']);
    assert.equal(ended.code, 0, ended.stderr);
    // The build counts as one.
    assert.equal(lastLine(ended), '2 passed, 0 failed, 1 skipped');
    assert.match(ended.stdout, /skipped: is skipped: its data is absent/);
  });

  test('says what each file and all of it took on the clock and of processors', async () => {
    const ended = await run(['text/busy']);
    assert.equal(ended.code, 0, ended.stdout);
    const [, file = ''] =
      /busy\.test\.js: 1 passed \([\d.]+ s, ([\d.]+) s of processors\)/.exec(ended.stdout) ?? [];
    // Its own second, and that of the program that it started, which only Linux tells.
    assert.ok(Number(file) >= (process.platform === 'linux' ? 2 : 1), ended.stdout);
    const [, all = ''] =
      /\n[^\n]+ on the clock, ([\d.]+) s of processors\n/.exec(ended.stdout) ?? [];
    assert.ok(Number(all) >= Number(file), ended.stdout);
  });

  for (const { what, file, printed } of FAILING) {
    test(`${what} is one failure, printed in full`, async () => {
      const ended = await run([`text/${file}`]);
      assert.equal(ended.code, 1);
      assert.match(ended.stdout, printed);
      assert.match(lastLine(ended), /^\d+ passed, 1 failed$/);
      const table = ended.stdout.slice(ended.stdout.indexOf('\nlane '));
      assert.ok(table.includes(`\nfailed: plain: dist/test/text/${file}.test.js: `), table);
    });
  }

  test('a test that imports the finder of a program gets its path; others do not wait for it', async () => {
    const ended = await run(['cli/asks', 'text/sum']);
    assert.equal(ended.code, 0, ended.stdout);
    assert.match(ended.stdout, /\nplain: 1 test files\n[^]*\nserver: 1 test files\n/);
  });

  test('without Temporal its lanes fail with the reason, and the others run', async () => {
    const missing = { HOLDFAST_TEMPORAL_CLI: '/nowhere/temporal' };
    const ended = await run(['end-to-end/week', 'text/sum'], missing);
    assert.equal(ended.code, 1);
    assert.equal(lastLine(ended), '2 passed, 1 failed, 2 skipped');
    assert.match(ended.stdout, /end-to-end: not run \(1 test files\): .*\/nowhere\/temporal/);
  });

  test('without Chromium its lane is skipped, and says what to install', async () => {
    const ended = await run(['browser'], { PATH: '/nowhere', HOLDFAST_CHROMIUM: '' });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(lastLine(ended), '1 passed, 0 failed, 1 skipped');
    assert.match(ended.stdout, /browser: not run \(1 test files\): .*apt-get install chromium/);
  });

  test('a test that imports the S3 server runs when there is one, and is skipped with the reason without Go', async () => {
    const there = await run(['s3'], { HOLDFAST_VERSITYGW: versitygw });
    assert.equal(there.code, 0, there.stdout + there.stderr);
    assert.match(there.stdout, /\ns3: 1 test files\n[^]*\ns3 end-to-end: 1 test files\n/);
    const ended = await run(['s3'], {
      PATH: '/bin',
      HOLDFAST_VERSITYGW: '',
      XDG_CACHE_HOME: join(project.root, 'cache'),
    });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(lastLine(ended), '1 passed, 0 failed, 2 skipped');
    assert.match(
      ended.stdout,
      /s3: not run \(1 test files\): The S3 server versitygw [^]*`go` is not on the PATH[^]*https:\/\/go\.dev\/dl/,
    );
  });

  test('without Python its lane is skipped, and says what to install', async () => {
    const cache = { XDG_CACHE_HOME: join(project.root, 'cache'), HOLDFAST_PYTHON_READERS: '' };
    const ended = await run(['readers'], { PATH: '/nowhere', ...cache });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(lastLine(ended), '1 passed, 0 failed, 1 skipped');
    assert.match(
      ended.stdout,
      /other readers: not run \(1 test files\): [^]*no Python is on the PATH[^]*apt-get install python3-venv/,
    );
  });

  test('with CI=true a lane in which every test is skipped has failed', async () => {
    assert.equal((await run(['without-data'], { CI: 'false' })).code, 0);
    const ended = await run(['without-data'], { CI: 'true' });
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /every test was skipped, with CI=true/);
  });

  test('words that no test file has are a failure, not an empty success', async () => {
    const ended = await run(['no-such-test']);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /no test file has no-such-test in its path/);
  });

  test('tests get a temporary folder of their own, which is gone afterwards', async () => {
    const base = join(project.root, 'temporary');
    mkdirSync(base);
    const ended = await run(['leaves'], { TMPDIR: base });
    assert.equal(ended.code, 0, ended.stdout);
    assert.deepEqual(readdirSync(base), []);
  });
});

describe('the test command in a checkout without tests', () => {
  test('fails for every lane that has no test files, and runs the checks', async (t) => {
    const project = scratchProject();
    t.after(() => project.remove());
    rmSync(join(project.root, 'test/text/sum.test.ts'));
    const temporal = fakeTemporal(join(project.root, 'bin'));
    const ended = await project.bootstrap(['check'], { HOLDFAST_TEMPORAL_CLI: temporal });
    assert.equal(ended.code, 1);
    for (const lane of LANE_NAMES) {
      assert.match(ended.stdout, new RegExp(`\n${lane}: FAILED: the lane has no test files\n`));
    }
    // The formatter, the linter and the compiler of the workflows lack their configuration here.
    assert.match(lastLine(ended), /^\d passed, (?:[7-9]|10) failed$/);
  });
});

const LANE_NAMES = [
  'plain',
  'other readers',
  'server',
  'end-to-end',
  'browser',
  's3',
  's3 end-to-end',
] as const;

/** Takes a second of a processor, and so does the program that it starts. */
const BUSY_TEST = `
import { spawnSync } from 'node:child_process';
const second = 'const { cpuUsage } = process; while (cpuUsage().user + cpuUsage().system < 1e6);';
test('computes', () => {
  assert.equal(spawnSync(process.execPath, ['-e', second]).status, 0);
  new Function(second)();
});
`;

/** Test files for the other lanes. */
function writeLanes(project: ScratchProject, temporal: string): void {
  project.write(
    'test/support/temporal.ts',
    "export const cli = process.env['HOLDFAST_TEMPORAL_CLI'];\n",
  );
  project.write('test/support/more.ts', "export { cli } from './temporal.js';\n");
  project.write('test/support/chromium.ts', 'export const nothing = 0;\n');
  project.write(
    'test/cli/asks.test.ts',
    `${IMPORTS}import { cli } from '../support/more.js';
test('has it', () => assert.equal(cli, ${JSON.stringify(temporal)}));\n`,
  );
  project.write('test/formats/peers/requirements.txt', 'pyarrow==26.0.1\n');
  project.write('test/support/parquet-readers.ts', 'export const nothing = 0;\n');
  project.write(
    'test/formats/readers.test.ts',
    `${IMPORTS}import { nothing } from '../support/parquet-readers.js';
test('x', () => assert.equal(nothing, 0));\n`,
  );
  project.write(
    'test/browser/ui.test.ts',
    `${IMPORTS}import { nothing } from '../support/chromium.js';
test('x', () => assert.equal(nothing, 0));\n`,
  );
  project.write('test/support/s3-server.ts', 'export const nothing = 0;\n');
  for (const [path, support] of [
    ['test/storage/s3.test.ts', '../support/s3-server.js'],
    ['test/end-to-end/s3.test.ts', '../support/both.js'],
  ] as const) {
    project.write(
      path,
      `${IMPORTS}import { nothing } from '${support}';
test('x', () => assert.equal(nothing, 0));\n`,
    );
  }
  project.write(
    'test/support/both.ts',
    "export { nothing } from './s3-server.js';\nexport { cli } from './temporal.js';\n",
  );
  project.write('test/end-to-end/week.test.ts', `${IMPORTS}test('x', () => assert.ok(true));\n`);
  project.write('test/text/busy.test.ts', `${IMPORTS}${BUSY_TEST}`);
  project.write(
    'test/text/without-data.test.ts',
    `${IMPORTS}test('x', (t) => t.skip('no data'));\n`,
  );
  project.write(
    'test/text/leaves.test.ts',
    `${IMPORTS}import { tmpdir } from 'node:os';
import { writeFileSync } from 'node:fs';
test('leaves a file', () => {
  assert.ok(tmpdir().startsWith(${JSON.stringify(join(project.root, 'temporary/'))}));
  writeFileSync(tmpdir() + '/left', 'x');
});\n`,
  );
}

function lastLine({ stdout }: Ended): string {
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}
