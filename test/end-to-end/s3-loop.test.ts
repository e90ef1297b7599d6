import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LoadedConfiguration } from '../../src/config/load.js';
import { storeAddress } from '../../src/config/paths.js';
import type { WeeklyInput, WeeklyOutcome, WindowOutcome } from '../../src/domain/contracts.js';
import { WORKFLOWS } from '../../src/domain/workflow-names.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { startWorker } from '../../src/worker.js';
import { temporaryFolder } from '../support/folders.js';
import { createProject, logLines, MODEL, SECRETS, type Project } from '../support/project.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { startTemporal, type TemporalEnvironment } from '../support/temporal-environment.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const WINDOWS = ['2026-W01', '2026-W02'] as const;

describe('the weekly loop on a bucket', () => {
  let server: S3Server;
  let project: Project;
  let inFolder: LoadedConfiguration;
  let inBucket: LoadedConfiguration;
  const folder = temporaryFolder();

  before(async () => {
    server = await startS3Server();
    project = await createProject({
      folder: join(await folder, 'project'),
      firstWindow: '2026-W01',
      championRows: 10,
    });
    project.writeLog('w1.jsonl', logLines(makeTickets('w1', 240, '2025-12-29', '2026-01-05')));
    const planted = makeTickets('eval', 120, '2025-01-01', '2025-02-01').slice(0, 20);
    const copies = planted.map((ticket, n) =>
      toLogLine({ ...ticket, id: `planted-${n}`, time: '2026-01-08T00:00:00.000Z' }, ticket.label),
    );
    const second = logLines(makeTickets('w2', 160, '2026-01-05', '2026-01-12'));
    project.writeLog('w2.jsonl', [...second, ...copies]);
    inFolder = project.loaded;
    await project.configure({ store: server.address() });
    inBucket = project.loaded;
    await copyObjects(project.store, await openStore(storeAddress(inBucket)));
  });
  after(async () => {
    await project.close();
    await server.stop();
  });

  test('gives the same releases, decisions and objects as on a folder, by the same digests', async () => {
    assert.equal(inBucket.digest, inFolder.digest);
    const onFolder = await runWindows(inFolder);
    const onBucket = await runWindows(inBucket);
    assert.deepEqual(onBucket, onFolder);
    assert.equal(onFolder[0]?.decision, 'promote');
    const bucket = await openStore(storeAddress(inBucket));
    assert.match(bucket.uri, /^s3:/);
    const [wanted, found] = [await digestsOf(project.store), await digestsOf(bucket)];
    assert.deepEqual(found, wanted);
    assert.ok(wanted.size > 50, `${wanted.size} objects`);
  });

  test('is looked at by the command line, with the keys of the environment and no others', async () => {
    const status = await holdfast(['status'], {});
    assert.equal(status.code, 0, status.text);
    assert.match(status.text, /2026-W02/);
    const check = await holdfast(['config', 'check'], {});
    assert.match(check.text, /ok +store +s3:\/\/holdfast\/store-/);
    assert.doesNotMatch(check.text, /NodeVersionSupportWarning/);
    const wrong = await holdfast(['config', 'check'], { AWS_SECRET_ACCESS_KEY: 'hunter2' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.text, /FAIL +store .*the secret key does not fit the access key/);
    assert.doesNotMatch(wrong.text, /hunter2/);
  });

  function holdfast(
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
  ): Promise<{ readonly code: number | null; readonly text: string }> {
    const env = { ...process.env, ...environment };
    delete env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'];
    return run([...args, '--config', inBucket.path], env);
  }
});

/** Runs the windows on a Temporal server of their own. */
async function runWindows(loaded: LoadedConfiguration): Promise<readonly WindowOutcome[]> {
  const temporal = await startTemporal();
  try {
    const worker = await startWorker({
      loaded,
      secrets: SECRETS,
      address: temporal.server.address,
      namespace: 'default',
      storeUri: storeAddress(loaded),
    });
    try {
      const outcomes: WindowOutcome[] = [];
      for (const window of WINDOWS) outcomes.push(await runWindow(temporal, loaded, window));
      return outcomes;
    } finally {
      await worker.stop();
    }
  } finally {
    await temporal.close();
  }
}

async function runWindow(
  { client }: TemporalEnvironment,
  { digest }: LoadedConfiguration,
  window: string,
): Promise<WindowOutcome> {
  const input: WeeklyInput = {
    model: MODEL,
    configDigest: digest,
    window,
    mode: 'run',
    reopen: false,
  };
  const { windows } = await client.workflow.execute<(input: WeeklyInput) => Promise<WeeklyOutcome>>(
    WORKFLOWS.weekly,
    { workflowId: `run-${window}`, taskQueue: 'holdfast', args: [input] },
  );
  return windows.at(-1) ?? assert.fail(`no window was run for ${window}`);
}

async function copyObjects(from: ObjectStore, to: ObjectStore): Promise<void> {
  for await (const { key } of from.list('')) await to.putIfAbsent(key, await from.get(key));
}

const MEASURED = /<section aria-labelledby="usage">[^]*?<\/section>/u;

/** Every object's digest by its key, but for those that say when something was done, or how long it took. */
async function digestsOf(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for await (const { key } of store.list('')) {
    if (/^(audit|jobs\/[^/]+\/ledger|models\/[^/]+\/aliases|usage)\//.test(key)) continue;
    const text = Buffer.from(await readBytes(store, key)).toString('latin1');
    // The page shows what answers took, which is measured.
    const same = /^reports\//.test(key) ? text.replace(MEASURED, '') : text;
    digests.set(key, sha256Hex(Buffer.from(same, 'latin1')));
  }
  return digests;
}

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}
