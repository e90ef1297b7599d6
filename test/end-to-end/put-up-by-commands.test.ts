import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { readAlias } from '../../src/promotion/alias.js';
import { readServedName } from '../../src/promotion/served-name.js';
import { birthOf } from '../../src/providers/command-files.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast } from '../support/cli.js';
import { startDeployedHost, type DeployedHost } from '../support/deployed-host.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const PROGRAM = fileURLToPath(new URL('../support/deploy-program.js', import.meta.url));
/** `PendingActivityState` of Temporal's API. */
const STARTED = 2;
const WORKER = fileURLToPath(new URL('../support/worker-process.js', import.meta.url));

describe('weeks at a host whose models answer once they are put up, under another name', () => {
  let loop: Loop;
  let host: DeployedHost;
  let worker: RunningWorker | null = null;
  let child: ChildProcess | null = null;
  /** Whether the host lets candidates answer. */
  let isRefusing = false;
  const go = (mode: string): void => writeFileSync(join(loop.project.folder, 'deploy-mode'), mode);

  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10, evalSamples: 300 });
    const { endpoint, championId } = loop.project;
    host = await startDeployedHost(
      async (_model, body, key) => {
        if (isRefusing) return { status: 403, body: { error: { code: 'forbidden' } } };
        const response = await fetch(`${endpoint.baseURL}/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: key },
          body: JSON.stringify(body),
        });
        return { status: response.status, body: await response.json() };
      },
      [championId],
    );
    await configure({});
  });
  after(async () => {
    child?.kill('SIGKILL');
    await worker?.stop();
    await host.close();
    await loop.close();
  });

  function configure(changes: object): Promise<void> {
    const { train } = loop.project.loaded.configuration;
    const deploy = {
      up: [process.execPath, PROGRAM, 'up', '{model}'],
      down: [process.execPath, PROGRAM, 'down', '{model}', '{name}'],
    };
    return loop.project.configure({
      train: { ...train, deploy },
      chat: { baseURL: host.baseURL, keyVariable: 'LOCAL_KEY' },
      ...changes,
    });
  }

  function starts(): readonly { readonly what: string; readonly pid: number }[] {
    const path = join(loop.project.folder, 'deploy-starts');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => {
      const [kind = '', model = '', pid = ''] = line.split(' ');
      return { what: `${kind} ${model}`, pid: Number(pid) };
    });
  }

  /** Another attempt of the activity that waits for the program is made once Temporal misses the first one's heartbeat. */
  async function untilAttempt(number: number): Promise<void> {
    const week = loop.client.workflow.getHandle(`week/${MODEL}/2026-W01`);
    for (;;) {
      const { pendingActivities } = (await week.describe()).raw;
      const [pending] = pendingActivities ?? [];
      if ((pending?.attempt ?? 0) >= number && Number(pending?.state) === STARTED) break;
      await delay(100);
    }
    // It has looked for the program by then.
    await delay(2000);
  }

  test('a dry run puts nothing up', async () => {
    const { folder } = loop.project;
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 160, '2025-12-29', '2026-01-05')));
    const address = loop.temporal.server.address;
    child = spawn(process.execPath, [WORKER, join(folder, 'holdfast.yaml'), address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(child.stdout !== null);
    await once(child.stdout, 'data');
    const outcome = await loop.run('2026-W01', { mode: 'dry-run' });
    assert.equal(outcome.decision, 'dry-run');
    assert.deepEqual([starts(), host.up()], [[], []]);
  });

  test('a candidate is put up once through a killed worker, asked by its other name, and promoted under its own', async () => {
    go('wait-up');
    const running = loop.run('2026-W01');
    while (starts().length === 0) await delay(20);
    const pid = starts()[0]?.pid ?? 0;
    child?.kill('SIGKILL');
    await once(child ?? assert.fail(), 'exit');
    assert.notEqual(birthOf(pid), null);
    worker = await loop.startWorker();
    await untilAttempt(2);
    assert.equal(starts().length, 1);
    go('');
    const outcome = await running;
    assert.equal(outcome.decision, 'promote');
    const { candidate } = outcome;
    assert.ok(candidate !== null);
    assert.ok(starts().every(({ what }) => what === `up ${candidate}`));
    assert.deepEqual(host.up(), [candidate]);
    assert.deepEqual(host.asked(), [loop.project.championId, 'deployment-1']);

    const { store } = loop.project;
    const key = keys.evidence(outcome.evidenceDigest ?? '');
    assert.equal((await readJson<Evidence>(store, key)).candidate, candidate);
    assert.doesNotMatch(Buffer.from(await readBytes(store, key)).toString(), /deployment-1/);
    await loop.approve(outcome);
    assert.equal((await readAlias(store, MODEL))?.alias.modelId, candidate);
    assert.equal(await readServedName(store, MODEL, candidate), 'deployment-1');
    const status = await runHoldfast([
      'status',
      '--config',
      join(loop.project.folder, 'holdfast.yaml'),
    ]);
    assert.match(status.out, /champion .* \(version 2, answers as deployment-1\)/);
    assert.deepEqual(host.up(), [candidate]);
  });

  test('the champion is put up before the next is trained, and a candidate that is held is taken down', async () => {
    const serving = host.up();
    const tickets = makeTickets('w2', 120, '2026-01-05', '2026-01-12');
    const labels = [...new Set(tickets.map(({ label }) => label))].sort();
    const next = (label: string): string =>
      labels[(labels.indexOf(label) + 1) % labels.length] ?? '';
    const wrong = tickets.map((ticket) => ({ ...ticket, label: next(ticket.label) }));
    loop.project.writeLog('w2.jsonl', logLines(wrong));
    await worker?.stop();
    await configure({ history: 'none' });
    worker = await loop.startWorker();
    const before = starts().length;
    const outcome = await loop.run('2026-W02');
    assert.equal(outcome.decision, 'hold');
    const since = starts()
      .slice(before)
      .map(({ what }) => what);
    const ofCandidate = since.filter((what) => what.endsWith(` ${outcome.candidate}`));
    assert.deepEqual(ofCandidate, [`up ${outcome.candidate}`, `down ${outcome.candidate}`]);
    assert.equal(since[0], `up ${serving[0]}`);
    assert.ok(since.every((what) => what !== `down ${serving[0]}`));
    assert.deepEqual(host.up(), serving);
  });

  test('a run that fails behind it, or is cancelled while it is put up, leaves nothing up', async () => {
    const serving = host.up();
    loop.project.writeLog('w3.jsonl', logLines(makeTickets('w3', 120, '2026-01-12', '2026-01-19')));
    isRefusing = true;
    const before = starts().length;
    const message = await failureOf(loop.run('2026-W03'));
    assert.match(message, /403/);
    assert.doesNotMatch(message, new RegExp(SECRETS.chatKey));
    assert.deepEqual(host.up(), serving);
    const [candidate] = starts()
      .slice(before)
      .flatMap(({ what }) => (what.startsWith('down ') ? [what.slice('down '.length)] : []));
    assert.ok(candidate !== undefined);

    isRefusing = false;
    const again = failureOf(loop.run('2026-W03'));
    const count = starts().length;
    // The champion is there by now, and the candidate's program waits.
    go('wait-up');
    while (
      !starts()
        .slice(count)
        .some(({ what }) => what === `up ${candidate}`)
    )
      await delay(20);
    const { pid } = starts().at(-1) ?? assert.fail();
    await loop.client.workflow.getHandle(`week/${MODEL}/2026-W03`).cancel();
    await again;
    while (birthOf(pid) !== null || starts().at(-1)?.what !== `down ${candidate}`) await delay(20);
    go('');
    assert.deepEqual(canonicalJson(host.up()), canonicalJson(serving));
  });
});
