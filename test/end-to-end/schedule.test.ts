import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isoWeekOf, startOfIsoWeek } from '../../src/domain/window.js';
import { readAlias } from '../../src/promotion/alias.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { startLoop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WEEK_MS = 7 * 86_400_000;

test('a triggered schedule runs the week that is over, and the command line approves its candidate', async () => {
  const week = isoWeekOf(Date.now() - WEEK_MS);
  const from = startOfIsoWeek(week);
  const loop = await startLoop({
    firstWindow: week,
    championRows: 10,
    changes: { schedule: { delayHours: 0, catchUpDays: 2 } },
  });
  const worker = await loop.startWorker();
  const holdfast = (...argv: readonly string[]): Promise<CliRun> =>
    runHoldfast([...argv, '--config', join(loop.project.folder, 'holdfast.yaml')], {
      environment: {
        HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
        LOCAL_KEY: SECRETS.providerKey,
        USER: 'operator',
      },
    });
  try {
    const span = [from, from + WEEK_MS].map((ms) => new Date(ms).toISOString());
    const tickets = makeTickets('w1', 240, span[0] ?? '', span[1] ?? '');
    loop.project.writeLog('w1.jsonl', logLines(tickets));
    const triggered = await holdfast('schedule', '--trigger');
    assert.equal(triggered.code, 0, triggered.err);

    const candidate = await waitingCandidate(() => holdfast('status', '--json'));
    const again = await holdfast('run', '--window', week);
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /in the chain already/);
    const approved = await holdfast('approve', candidate, '--reason', 'read the report');
    assert.equal(approved.code, 0, approved.err);
    const alias = await readAlias(loop.project.store, MODEL);
    assert.equal(alias?.alias.modelId, candidate);
    assert.equal(alias.alias.previousModelId, loop.project.championId);
    const schedule = loop.client.schedule.getHandle(`weekly/${MODEL}`);
    const { info, policies } = await schedule.describe();
    assert.equal(info.recentActions.length, 1);
    assert.equal(policies.overlap, 'BUFFER_ONE');
    await schedule.delete();
  } finally {
    await worker.stop();
    await loop.close();
  }
});

/** Asks for the status until a candidate waits; the test's own time limit ends what never comes. */
async function waitingCandidate(status: () => Promise<CliRun>): Promise<string> {
  for (;;) {
    const { out } = await status();
    const found = /"candidate": ?"(ft:[^"]+)"/.exec(out)?.[1];
    if (found !== undefined) return found;
    await delay(200);
  }
}
