import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/cli/dev-server.js';
import { freePorts } from '../../src/cli/free-ports.js';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { temporalCli } from '../support/temporal.js';

const stage = defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD);
const kept = defineSearchAttributeKey('Kept', SearchAttributeType.INT);

describe('the dev server', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-dev-server-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function options(name: string): DevServerOptions {
    return {
      cliPath: temporalCli(),
      databaseFile: join(folder, name, 'temporal.db'),
      logFile: join(folder, name, 'logs', 'temporal.log'),
      namespace: 'default',
      searchAttributes: [stage, kept],
    };
  }

  test('takes a workflow with search attributes as soon as it has started, and keeps it on disk', async (t) => {
    const first = await started(t, options('durable'));
    await withClient(first, async (client) => {
      await client.workflow.start('anything', {
        taskQueue: 'nobody-listens',
        workflowId: 'kept-on-disk',
        typedSearchAttributes: [
          { key: stage, value: 'ingest' },
          { key: kept, value: 7 },
        ],
      });
    });
    await first.stop();
    assert.match(await first.ended, /exit code 0|signal SIGTERM/);

    const second = await started(t, options('durable'));
    await withClient(second, async (client) => {
      const description = await client.workflow.getHandle('kept-on-disk').describe();
      assert.equal(description.typedSearchAttributes.get(kept), 7);
    });
    const page = await fetch(second.uiAddress);
    assert.equal(page.status, 200);
    await second.stop();
    await assert.rejects(fetch(second.uiAddress));
    await second.stop();
  });

  test('two servers run side by side, each in the namespace asked for', async (t) => {
    const servers = await Promise.all([
      started(t, { ...options('left'), namespace: 'left' }),
      started(t, { ...options('right'), namespace: 'right' }),
    ]);
    const [left, right] = servers;
    assert.notEqual(left.address, right.address);
    await withClient(
      left,
      (client) => client.workflow.start('anything', { taskQueue: 'q', workflowId: 'w' }),
      'left',
    );
  });

  test('a chosen port that is taken is an error that names it, and no other server is taken for its own', async (t) => {
    const first = await started(t, options('first'));
    const port = Number(first.address.split(':')[1]);
    const uiPort = Number(first.uiAddress.split(':')[2]);
    const [free = 0] = await freePorts(1);
    const cases = [
      [{ port, uiPort }, port, 'temporal\\.address'],
      [{ port }, port, 'temporal\\.address'],
      [{ uiPort }, uiPort, '--ui-port'],
      [{ port: free, uiPort }, uiPort, '--ui-port'],
    ] as const;
    for (const [ports, taken, how] of cases) {
      await assert.rejects(startDevServer({ ...options('second'), ...ports }), {
        name: 'PrerequisiteError',
        message: new RegExp(`port ${taken} on 127.0.0.1 is taken.*${how}`),
      });
    }
    await assert.rejects(
      startDevServer({ ...options('second'), port: free, uiPort: free }),
      /is taken/,
    );
  });

  test('a program that is missing, or is not the Temporal CLI, is an error that says so', async () => {
    const missing = join(folder, 'missing');
    await assert.rejects(
      startDevServer({ ...options('missing'), cliPath: missing }),
      (error) => error instanceof PrerequisiteError && error.message.includes(missing),
    );
    const other = join(folder, 'other-program');
    writeFileSync(other, '#!/bin/sh\necho "unknown command: $1"\nexit 3\n', { mode: 0o755 });
    await assert.rejects(
      startDevServer({ ...options('other'), cliPath: other }),
      (error) =>
        error instanceof PrerequisiteError && /exit code 3.*unknown command/.test(error.message),
    );
  });

  test('a server that never answers is ended at the deadline', async () => {
    const silent = join(folder, 'silent-program');
    writeFileSync(silent, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    await assert.rejects(
      startDevServer({ ...options('silent'), cliPath: silent, startTimeoutMs: 200 }),
      (error) => error instanceof PrerequisiteError && /within 0.2 s/.test(error.message),
    );
  });

  test('ends with the process that started it, even when that is killed', async (t) => {
    const script = `
      import { startDevServer } from ${JSON.stringify(new URL('../../src/cli/dev-server.js', import.meta.url))};
      const server = await startDevServer(${JSON.stringify(options('orphan'))});
      console.log(server.pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const pid = Number(line);
    t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    await untilEnded(pid, 10_000);
  });
});

/** A server that is stopped when the test ends, however it ends. */
async function started(t: TestContext, options: DevServerOptions): Promise<DevServer> {
  const server = await startDevServer(options);
  t.after(() => server.stop());
  return server;
}

async function withClient(
  server: DevServer,
  use: (client: Client) => Promise<unknown>,
  namespace = 'default',
): Promise<void> {
  const connection = await Connection.connect({ address: server.address });
  try {
    await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilEnded(pid: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    assert.ok(performance.now() < deadline, `process ${pid} still runs after ${timeoutMs} ms`);
    await delay(20);
  }
}
