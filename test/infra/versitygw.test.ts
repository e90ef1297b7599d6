import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  fakeGo,
  fakeVersitygw,
  importInfra,
  scratchFolder,
  scratchProject,
  writeBelow,
} from './scratch-project.js';

interface Context {
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: {
    say: (line: string) => void;
    step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  };
}

const { getVersitygw, VERSITYGW_VERSION } = await importInfra<{
  getVersitygw: (context: Context) => Promise<string>;
  VERSITYGW_VERSION: string;
}>('versitygw.mjs');

describe('getting the S3 server of the tests', () => {
  test('a configured path is used first, then the PATH, then the cache', async (t) => {
    const { folder, said, get } = setUp(t);
    const configured = fakeVersitygw(join(folder, 'configured'));
    const onPath = fakeVersitygw(join(folder, 'bin'));
    const cached = fakeVersitygw(join(folder, `cache/holdfast/versitygw-${VERSITYGW_VERSION}`));
    const path = { PATH: `${join(folder, 'bin')}:/bin` };
    assert.equal(await get({ HOLDFAST_VERSITYGW: configured, ...path }), configured);
    assert.equal(await get(path), onPath);
    assert.equal(await get({ PATH: '/bin' }), cached);
    assert.deepEqual(said, [
      `S3 server: ${configured} (from HOLDFAST_VERSITYGW)`,
      `S3 server: ${onPath} (first on the PATH)`,
      `S3 server: ${cached} (own cache)`,
    ]);
  });

  test('a configured path that is something else is an error, and named', async (t) => {
    const { folder, get } = setUp(t);
    const other = writeBelow(folder, 'other', '#!/bin/sh\necho hello\n', 0o755);
    await assert.rejects(get({ HOLDFAST_VERSITYGW: other }), (error: Error) => {
      assert.equal(error.name, 'SetupError');
      assert.ok(error.message.includes(other));
      return true;
    });
  });

  test('without Go the message says what to install and how', async (t) => {
    const { get } = setUp(t);
    await assert.rejects(get({ PATH: '/bin' }), (error: Error) => {
      assert.equal(error.name, 'SetupError');
      for (const part of [
        '`go` is not on the PATH',
        'https://go.dev/dl',
        `go install -ldflags='-s -w' github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`,
        'HOLDFAST_VERSITYGW',
      ]) {
        assert.ok(error.message.includes(part), part);
      }
      return true;
    });
  });

  test('two at once build the pinned version once, and keep it', async (t) => {
    const { folder, get } = setUp(t);
    const log = fakeGo(
      folder,
      `[ "$1" = mod ] && exit 0
       printf '#!/bin/sh\\necho "Version  : git"\\n' > "$GOBIN/versitygw"
       chmod +x "$GOBIN/versitygw"; /bin/sleep 0.3`,
    );
    const cache = join(folder, 'cache', 'holdfast');
    writeBelow(cache, `versitygw-${VERSITYGW_VERSION}.partial-1/versitygw`, 'half');
    const environment = { PATH: `${folder}:/bin:/usr/bin` };
    const [first, second] = await Promise.all([get(environment), get(environment)]);
    assert.equal(first, second);
    const installs = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('install '));
    const wanted = `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`;
    assert.deepEqual(installs, [`install -ldflags=-s -w ${wanted}`]);
    assert.deepEqual(readdirSync(cache), [`versitygw-${VERSITYGW_VERSION}`]);
  });
});

describe('the S3 server for local development', () => {
  test('listens on this machine only, over a folder of the checkout, and says how to use it', async (t) => {
    const project = scratchProject();
    t.after(() => project.remove());
    const program = fakeVersitygw(join(project.root, 'bin'));
    const ended = await project.bootstrap(['s3', '17070'], { HOLDFAST_VERSITYGW: program });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /export AWS_ACCESS_KEY_ID=holdfast AWS_SECRET_ACCESS_KEY=/);
    assert.match(ended.stdout, /store: s3:\/\/holdfast\?endpoint=http:\/\/127\.0\.0\.1:17070\n/);
    const folder = join(project.root, '.holdfast', 's3');
    const started = `holdfast --port 127.0.0.1:17070 --keep-alive --quiet posix ${folder}`;
    assert.ok(ended.stdout.includes(`\n${started}\n`), ended.stdout);
    assert.ok(existsSync(join(folder, 'holdfast')));
  });

  test('takes a port, and nothing else', async (t) => {
    const project = scratchProject();
    t.after(() => project.remove());
    for (const args of [['x'], ['0'], ['70', '71']]) {
      const ended = await project.bootstrap(['s3', ...args]);
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /a port from 1 to 65535/);
    }
  });
});

function setUp(t: TestContext): {
  folder: string;
  said: string[];
  get: (environment: NodeJS.ProcessEnv) => Promise<string>;
} {
  const folder = scratchFolder(t);
  const said: string[] = [];
  const get = (environment: NodeJS.ProcessEnv): Promise<string> =>
    getVersitygw({
      environment: { XDG_CACHE_HOME: join(folder, 'cache'), ...environment },
      progress: { say: (line) => said.push(line), step: (_, work) => work() },
    });
  return { folder, said, get };
}
