import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { importInfra, scratchFolder, writeBelow } from './scratch-project.js';

interface Context {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: {
    say: (line: string) => void;
    step: (title: string, work: () => Promise<void>) => Promise<void>;
  };
}

const { install } = await importInfra<{ install: (context: Context) => Promise<void> }>(
  'install.mjs',
);

/** Stands in for npm: notes its arguments, and records what it installed as npm does. */
const FAKE_NPM = `
const fs = require('node:fs');
fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
fs.mkdirSync('node_modules', { recursive: true });
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;

const lockfile = (version: string): string =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/one': { version },
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
    },
  });

describe('installing packages', () => {
  test('runs npm ci once, and again only when the lockfile changes', async (t) => {
    const { folder, installs, run } = setUp(t);
    await run();
    await run();
    assert.equal(installs().length, 1);
    assert.match(installs()[0] ?? '', /^ci --include=dev /);
    writeBelow(folder, 'package-lock.json', lockfile('2.0.0'));
    await run();
    assert.equal(installs().length, 2);
  });

  test('takes what a person installed, as long as every locked version is there', async (t) => {
    const { folder, installs, run } = setUp(t);
    const installed = (version: string): string =>
      JSON.stringify({ packages: { 'node_modules/one': { version } } });
    writeBelow(folder, 'node_modules/.package-lock.json', installed('1.0.0'));
    await run();
    assert.equal(installs().length, 0);
    rmSync(join(folder, 'node_modules/.holdfast-stamp'));
    writeBelow(folder, 'node_modules/.package-lock.json', installed('0.9.0'));
    await run();
    assert.equal(installs().length, 1);
  });

  test('two at once install once', async (t) => {
    const { installs, run } = setUp(t);
    await Promise.all([run(), run()]);
    assert.equal(installs().length, 1);
  });

  test('a failing npm is an error with what npm said, and is tried again next time', async (t) => {
    const { folder, run, installs } = setUp(t);
    writeBelow(folder, 'npm-cli.js', "console.error('npm error code ENOTFOUND'); process.exit(1)");
    await assert.rejects(
      run(),
      (error: Error) =>
        error.name === 'SetupError' &&
        /exit code 1[^]*npm error code ENOTFOUND/.test(error.message),
    );
    writeBelow(folder, 'npm-cli.js', FAKE_NPM);
    await run();
    assert.equal(installs().length, 1);
  });
});

function setUp(t: TestContext): {
  folder: string;
  installs: () => readonly string[];
  run: () => Promise<void>;
} {
  const folder = scratchFolder(t);
  writeBelow(folder, 'package-lock.json', lockfile('1.0.0'));
  const npm = writeBelow(folder, 'npm-cli.js', FAKE_NPM);
  writeBelow(folder, 'npm.log', '');
  const run = (): Promise<void> =>
    install({
      root: folder,
      environment: { PATH: process.env['PATH'], npm_execpath: npm },
      progress: { say: () => undefined, step: (_, work) => work() },
    });
  const installs = (): readonly string[] =>
    readFileSync(join(folder, 'npm.log'), 'utf8').split('\n').slice(0, -1);
  return { folder, installs, run };
}
