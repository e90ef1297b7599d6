import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { windowLines } from '../../src/cli/run-story.js';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import type { Example } from '../../src/domain/record.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { readHoldoutUses } from '../../src/release/holdout-uses.js';
import { keys } from '../../src/release/layout.js';
import { findRows } from '../../src/release/rows-files.js';
import { readBytes, readJson, readJsonl } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL } from '../support/project.js';
import { scoredIds } from '../support/pooled-weeks.js';
import { makeTickets } from '../support/traffic.js';

const DAY = 86_400_000;

describe('weeks whose holdouts are too small to decide by themselves', () => {
  let loop: Loop;
  let worker: RunningWorker;
  const outcomes: WindowOutcome[] = [];

  before(async () => {
    loop = await startLoop({
      firstWindow: '2026-W01',
      championRows: 10,
      changes: {
        gate: {
          superiorityOn: POOLED_SUITE,
          pool: { windows: 8, difference: 0.3 },
          assumedDiscordance: 0.5,
        },
      },
    });
    worker = await loop.startWorker();
  });
  after(async () => {
    await worker.stop();
    await loop.close();
  });

  const windowOf = (week: number): string => `2026-W0${week + 1}`;

  async function runWeek(week: number): Promise<WindowOutcome> {
    const start = Date.parse('2025-12-29T00:00:00.000Z') + week * 7 * DAY;
    const [from, to] = [start, start + 7 * DAY].map((time) => new Date(time).toISOString());
    const tickets = makeTickets(`w${week}`, 100, from ?? '', to ?? '');
    loop.project.writeLog(`w${week}.jsonl`, logLines(tickets));
    const outcome = await loop.run(windowOf(week));
    outcomes.push(outcome);
    return outcome;
  }

  const evidenceOf = ({ evidenceDigest }: WindowOutcome): Promise<Evidence> =>
    readJson<Evidence>(loop.project.store, keys.evidence(evidenceDigest ?? ''));

  async function heldOut({ release }: WindowOutcome): Promise<readonly string[]> {
    const { store } = loop.project;
    const file = findRows(await readJson<ReleaseManifest>(store, keys.release(release)), 'holdout');
    assert.ok(file);
    const key = keys.releaseFile(release, file.name);
    return (await readJsonl<Example>(store, { ...file, key })).map(({ id }) => id);
  }

  async function storyOf(week: number): Promise<string> {
    const handle = loop.client.workflow.getHandle(`week/${MODEL}/${windowOf(week)}`);
    return JSON.stringify(await handle.query('__temporal_workflow_metadata'));
  }

  test('end inconclusive, say what is collected before training and after, and ask nobody', async () => {
    const outcome = await runWeek(0);
    assert.equal(outcome.decision, 'inconclusive');
    const evidence = await evidenceOf(outcome);
    assert.deepEqual(Object.keys(evidence.scores), ['frozen:tickets']);
    const story = await storyOf(0);
    assert.match(
      story,
      /detectable: pooled-holdout can show .*; this window can't be decided on them: \d+ clean/,
    );
    assert.match(
      story,
      /Not looked at: \d+ clean samples of fresh holdouts are collected, from 2026-W01/,
    );
    const lines = await windowLines(outcome, MODEL, loop.project.store, null, 'claims');
    assert.ok(
      lines.some((line) => /unclear +superiority on pooled-holdout: Not looked at/.test(line)),
    );
  });

  test('decide together once they are enough, on every sample once', async () => {
    let outcome = await runWeek(1);
    while (outcome.decision === 'inconclusive' && outcomes.length < 5) {
      assert.deepEqual(scoredIds(await evidenceOf(outcome)), []);
      outcome = await runWeek(outcomes.length);
    }
    const evidence = await evidenceOf(outcome);
    assert.equal(outcome.decision, 'promote', JSON.stringify(evidence.result));
    assert.ok(outcomes.length > 2);
    const held = (await Promise.all(outcomes.map(heldOut))).flat();
    assert.deepEqual([...scoredIds(evidence)].sort(), [...held].sort());
    assert.deepEqual(
      evidence.pool?.windows.map(({ window }) => window),
      outcomes.map(({ window }) => window),
    );
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    const story = await storyOf(outcomes.length - 1);
    assert.match(story, /pooled from 2026-W01 .*: they decide, once/);
    assert.match(story, /points better on pooled-holdout .*; pooled from 2026-W01/);
    const key = keys.report(MODEL, outcome.window, outcome.evidenceDigest ?? '');
    const page = Buffer.from(await readBytes(loop.project.store, key)).toString();
    assert.match(page, /The fresh holdouts of several windows were pooled/);
  });

  test('begin anew behind a decision, whatever becomes of its candidate, and also where it is reopened', async () => {
    const last = outcomes.at(-1);
    assert.ok(last);
    const used = scoredIds(await evidenceOf(last)).length;
    const reopened = await loop.run(last.window, { reopen: true });
    assert.equal(reopened.decision, 'inconclusive');
    const again = await evidenceOf(reopened);
    assert.deepEqual(scoredIds(again), []);
    assert.equal(again.pool?.leftOut['used'], used);
    const next = await runWeek(outcomes.length);
    assert.equal(next.decision, 'inconclusive');
    assert.deepEqual(
      (await evidenceOf(next)).pool?.windows.map(({ window }) => window),
      [next.window],
    );
    const { entries } = await readHoldoutUses(loop.project.store, MODEL);
    assert.equal(entries.filter(({ suites }) => suites.length > 0).length, 1);
    assert.equal(entries.length, outcomes.length + 1);
  });
});
