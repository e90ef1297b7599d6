import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fakeTemporal, scratchProject, type ScratchProject } from './scratch-project.js';

describe('the build of the bootstrap', () => {
  let project: ScratchProject;
  before(() => {
    project = scratchProject();
  });
  after(() => project.remove());

  test('compiles and bundles once, and after a change only what it touches', async () => {
    const bundle = join(project.root, 'dist/workflow-bundle.js');
    const first = await project.bootstrap(['build']);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /compiling TypeScript: done[^]*bundling the workflows: done/);
    assert.match(readFileSync(bundle, 'utf8'), /nothing/);

    assert.equal((await project.bootstrap(['build'])).stderr, '');

    project.write('test/text/sum.test.ts', 'export {};\n');
    const changed = (await project.bootstrap(['build'])).stderr;
    assert.match(changed, /compiling TypeScript: done/);
    assert.doesNotMatch(changed, /bundling/);

    rmSync(join(project.root, 'dist/src/demo/main.js'));
    await project.bootstrap(['build']);
    assert.ok(existsSync(join(project.root, 'dist/src/demo/main.js')));

    project.write('workflows/index.ts', 'export async function other(): Promise<void> {}\n');
    await project.bootstrap(['build']);
    assert.match(readFileSync(bundle, 'utf8'), /other/);
  });

  test("type errors end it with the compiler's words, each time until they are gone", async () => {
    project.write('src/domain/none.ts', "export const none: number = 'text';\n");
    for (const command of ['build', 'build', 'check']) {
      const ended = await project.bootstrap([command], { HOLDFAST_TEMPORAL_CLI: 'unused' });
      assert.equal(ended.code, 1);
      assert.match(ended.stdout + ended.stderr, /src\/domain\/none\.ts\(1,14\): error TS2322/);
    }
    project.write('src/domain/none.ts', 'export const none = 1;\n');
    assert.equal((await project.bootstrap(['build'])).code, 0);
  });
});

describe('a build before the packages are there', () => {
  test('says what to run, and not that the compiler found errors', async () => {
    const project = scratchProject();
    try {
      rmSync(join(project.root, 'node_modules'));
      const ended = await project.bootstrap(['build']);
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /packages are not installed yet: run `npm ci` first/);
      assert.doesNotMatch(ended.stderr, /TypeScript found errors/);
    } finally {
      project.remove();
    }
  });
});

describe('the bootstrap of the demo', () => {
  let project: ScratchProject;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    project = scratchProject();
    environment = { HOLDFAST_TEMPORAL_CLI: fakeTemporal(join(project.root, 'bin')) };
    await project.bootstrap(['build']);
  });
  after(() => project.remove());

  test('passes arguments and the CLI on, and ends with its exit code', async () => {
    const ended = await project.bootstrap(['demo', 'fail', '--manual', 'a b'], environment);
    assert.equal(ended.code, 5, ended.stderr);
    assert.deepEqual(JSON.parse(ended.stdout), {
      rest: ['--manual', 'a b'],
      temporal: environment['HOLDFAST_TEMPORAL_CLI'],
    });
  });

  test('passes a signal on, and waits for its end', async () => {
    const child = spawn(process.execPath, ['infra/bootstrap.mjs', 'demo', 'wait'], {
      cwd: project.root,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      if (line === 'waiting') child.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [7, null]);
  });

  test('without a CLI does not start it, and the last words say what to do', async () => {
    const ended = await project.bootstrap(['demo'], { HOLDFAST_TEMPORAL_CLI: '/nowhere/temporal' });
    assert.equal(ended.code, 1);
    assert.equal(ended.stdout, '');
    assert.match(ended.stderr, /HOLDFAST_TEMPORAL_CLI is \/nowhere\/temporal.*\n$/);
  });

  test('an unknown command prints how it is used', async () => {
    const ended = await project.bootstrap(['dmeo']);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /Usage: [^]*demo [^]*test /);
  });
});
