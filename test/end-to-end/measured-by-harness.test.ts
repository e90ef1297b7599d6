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
import { recomputeDecision } from '../../src/gate/evidence.js';
import { birthOf } from '../../src/providers/command-files.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const HARNESS = fileURLToPath(new URL('../support/eval-harness.js', import.meta.url));
const WORKER = fileURLToPath(new URL('../support/worker-process.js', import.meta.url));
const SUITE = 'frozen:tickets';

describe('weeks whose guard a harness of one’s own measures', () => {
  let loop: Loop;
  let worker: RunningWorker | null = null;
  let child: ChildProcess | null = null;
  const go = (mode: string): void => writeFileSync(join(loop.project.folder, 'harness-mode'), mode);

  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10, evalSamples: 300 });
    const [set] = loop.project.loaded.configuration.evals;
    assert.ok(set !== undefined);
    const command = [process.execPath, HARNESS, 'promptfoo'];
    await loop.project.configure({
      evals: [{ name: set.name, digest: set.digest, results: { tool: 'promptfoo', command } }],
      gate: { superiorityOn: 'holdout', guards: [{ suite: SUITE, margin: 0.05 }] },
    });
  });
  after(async () => {
    child?.kill('SIGKILL');
    await worker?.stop();
    await loop.close();
  });

  function starts(): readonly { readonly model: string; readonly pid: number }[] {
    const path = join(loop.project.folder, 'harness-starts');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => {
      const [model = '', pid = ''] = line.split(' ');
      return { model, pid: Number(pid) };
    });
  }

  async function untilStarted(count: number): Promise<number> {
    while (starts().length < count) await delay(20);
    const last = starts().at(-1);
    assert.ok(last !== undefined && starts().length === count);
    return last.pid;
  }

  async function untilGone(pid: number): Promise<void> {
    while (birthOf(pid) !== null) await delay(20);
  }

  test('a harness outlives a killed worker and one that stops, runs once for each model, and decides', async () => {
    const { folder } = loop.project;
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 400, '2025-12-29', '2026-01-05')));
    go('wait');
    const address = loop.temporal.server.address;
    child = spawn(process.execPath, [WORKER, join(folder, 'holdfast.yaml'), address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(child.stdout !== null);
    await once(child.stdout, 'data');
    const running = loop.run('2026-W01');
    const champion = await untilStarted(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.notEqual(birthOf(champion), null);
    go('');
    await untilGone(champion);
    go('wait');
    worker = await loop.startWorker();
    const candidate = await untilStarted(2);
    await worker.stop();
    assert.notEqual(birthOf(candidate), null);
    worker = await loop.startWorker();
    go('');
    const outcome = await running;
    assert.equal(outcome.decision, 'promote');
    assert.deepEqual(
      starts().map(({ model }) => model),
      [loop.project.championId, outcome.candidate],
    );

    const { store } = loop.project;
    const evidence = await readJson<Evidence>(store, keys.evidence(outcome.evidenceDigest ?? ''));
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    assert.equal(evidence.tools?.[SUITE]?.tool, 'promptfoo');
    const guard = evidence.result.checks.find(({ name }) => name === `not worse on ${SUITE}`);
    assert.equal(guard?.outcome, 'pass');
    const suite = evidence.suites.find((one) => one.suite === SUITE);
    assert.ok(suite?.clean?.count === 300 && suite.clean.difference > 0.05);
    const report = keys.report(MODEL, '2026-W01', outcome.evidenceDigest ?? '');
    assert.match(Buffer.from(await readBytes(store, report)).toString(), /scored by promptfoo/);
  });

  test('a run whose harness fails says so without its output, and goes on from there when it is run again', async () => {
    loop.project.writeLog('w2.jsonl', logLines(makeTickets('w2', 300, '2026-01-05', '2026-01-12')));
    go('fail');
    const before = starts().length;
    const message = await failureOf(loop.run('2026-W02'));
    assert.match(message, /tickets ended with exit code 3: what it printed is in .*tool\.log/);
    assert.doesNotMatch(message, new RegExp(`nobody is to be told|${SECRETS.chatKey}`));
    go('');
    const outcome = await loop.run('2026-W02');
    assert.ok(['promote', 'inconclusive', 'hold'].includes(outcome.decision));
    assert.deepEqual(
      starts()
        .slice(before)
        .map(({ model }) => model),
      [loop.project.championId, loop.project.championId, outcome.candidate],
    );
  });

  test('a run that is cancelled stops its harness', async () => {
    loop.project.writeLog('w3.jsonl', logLines(makeTickets('w3', 300, '2026-01-12', '2026-01-19')));
    go('hang');
    const running = failureOf(loop.run('2026-W03'));
    const pid = await untilStarted(starts().length + 1);
    assert.notEqual(birthOf(pid), null);
    await loop.client.workflow.getHandle(`week/${MODEL}/2026-W03`).cancel();
    await running;
    await untilGone(pid);
  });
});
