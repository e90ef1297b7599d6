import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { repositoryRoot } from '../support/paths.js';
import { fakeGo, fakeTemporal, importInfra, scratchFolder, writeBelow } from './scratch-project.js';

interface Context {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: {
    say: (line: string) => void;
    step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  };
}

const { getTemporalCli, TEMPORAL_CLI_VERSION } = await importInfra<{
  getTemporalCli: (context: Context) => Promise<string>;
  TEMPORAL_CLI_VERSION: string;
}>('temporal-cli.mjs');

/** Nothing listens there, so that the download fails on every machine as without a network. */
const NO_NETWORK = { HTTPS_PROXY: 'http://127.0.0.1:9' };

describe('getting the Temporal CLI', () => {
  test('a configured path is used first, then the PATH, then the cache', async (t) => {
    const { folder, said, get } = setUp(t);
    const configured = fakeTemporal(join(folder, 'configured'));
    const onPath = fakeTemporal(join(folder, 'bin'));
    const cached = fakeTemporal(join(folder, `cache/holdfast/temporal-${TEMPORAL_CLI_VERSION}`));
    const path = { PATH: `${join(folder, 'bin')}:/bin:/usr/bin` };
    assert.equal(await get({ HOLDFAST_TEMPORAL_CLI: configured, ...path }), configured);
    assert.equal(await get(path), onPath);
    assert.equal(await get({ PATH: '/bin' }), cached);
    assert.deepEqual(said, [
      `Temporal CLI: ${configured} (from HOLDFAST_TEMPORAL_CLI)`,
      `Temporal CLI: ${onPath} (first on the PATH)`,
      `Temporal CLI: ${cached} (own cache; none on the PATH)`,
    ]);
  });

  test('a configured path that is not the Temporal CLI is an error, whatever else there is', async (t) => {
    const { folder, get } = setUp(t);
    fakeTemporal(join(folder, 'bin'));
    const other = writeBelow(folder, 'other', '#!/bin/sh\necho hello\n', 0o755);
    for (const configured of [other, join(folder, 'missing')]) {
      await assert.rejects(
        get({ HOLDFAST_TEMPORAL_CLI: configured, PATH: `${join(folder, 'bin')}:/bin` }),
        (error: Error) => error.name === 'SetupError' && error.message.includes(configured),
      );
    }
  });

  test('a CLI on the PATH with an old server is passed over, and the reason is said', async (t) => {
    const { folder, said, get } = setUp(t);
    fakeTemporal(join(folder, 'bin'), '1.24.2');
    const cached = fakeTemporal(join(folder, `cache/holdfast/temporal-${TEMPORAL_CLI_VERSION}`));
    assert.equal(await get({ PATH: `${join(folder, 'bin')}:/bin` }), cached);
    assert.match(said.join(), /own cache; .*passed over: its server 1\.24\.2 is older than 1\.29/);
  });

  test('without a network, Go and a CLI the message says what to install and how', async (t) => {
    const { get } = setUp(t);
    await assert.rejects(get({ PATH: '/bin' }), (error: Error) => {
      assert.equal(error.name, 'SetupError');
      for (const part of [
        'is missing',
        "the SDK's download: ",
        '`go` is not on the PATH',
        'https://docs.temporal.io/cli',
        'https://go.dev/dl',
        `go install -ldflags='-s -w' github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`,
        'HOLDFAST_TEMPORAL_CLI',
      ]) {
        assert.ok(error.message.includes(part), part);
      }
      return true;
    });
  });

  test('a Go without a network fails at its first module, and the reason is in the message', async (t) => {
    const { folder, get } = setUp(t);
    const log = fakeGo(folder, 'echo "dial tcp: no such host" >&2; exit 1');
    await assert.rejects(
      get({ PATH: `${folder}:/bin:/usr/bin` }),
      /a build with Go: exit code 1: dial tcp: no such host/,
    );
    assert.match(readFileSync(log, 'utf8'), /^mod download [^\n]+\n$/);
  });

  test('two at once build once; what is built is cached whole, and nothing else is left', async (t) => {
    const { folder, get } = setUp(t);
    const log = fakeGo(
      folder,
      `[ "$1" = mod ] && exit 0
       printf '#!/bin/sh\\necho "temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)"\\n' > "$GOBIN/temporal"
       chmod +x "$GOBIN/temporal"; /bin/sleep 0.3`,
    );
    const cache = join(folder, 'cache', 'holdfast');
    writeBelow(cache, `temporal-${TEMPORAL_CLI_VERSION}.partial-1/temporal`, 'half');
    const environment = { PATH: `${folder}:/bin:/usr/bin` };
    const [first, second] = await Promise.all([get(environment), get(environment)]);
    assert.equal(first, second);
    assert.equal(await get(environment), first);
    const installs = readFileSync(log, 'utf8').match(/^install /gm) ?? [];
    assert.equal(installs.length, 1);
    assert.deepEqual(readdirSync(cache), [`temporal-${TEMPORAL_CLI_VERSION}`]);
  });

  test('what was built and does not run as the Temporal CLI is refused each time, and not kept', async (t) => {
    const { folder, get } = setUp(t);
    fakeGo(folder, '[ "$1" = mod ] || { printf x > "$GOBIN/temporal"; }');
    for (const time of ['first', 'second']) {
      await assert.rejects(
        get({ PATH: `${folder}:/bin:/usr/bin` }),
        /what was got does not run as the Temporal CLI/,
        time,
      );
      assert.deepEqual(readdirSync(join(folder, 'cache', 'holdfast')), []);
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
    getTemporalCli({
      root: repositoryRoot,
      environment: { XDG_CACHE_HOME: join(folder, 'cache'), ...NO_NETWORK, ...environment },
      progress: { say: (line) => said.push(line), step: (_, work) => work() },
    });
  return { folder, said, get };
}
