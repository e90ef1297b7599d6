import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openPool, type OpenedPool } from '../../activities/pooled-holdout.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import type { Example } from '../../src/domain/record.js';
import type { Sample } from '../../src/domain/sample.js';
import { optOutHashes } from '../../src/ingest/opt-outs.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { addOptOuts } from '../../src/promotion/opt-out-list.js';
import { splitKeyFingerprint } from '../../src/split/place.js';
import type { BuiltWindow } from '../support/data-path.js';
import { openPooledWeeks, type PooledWeeks, weekTickets } from '../support/pooled-weeks.js';
import { SECRETS } from '../support/project.js';
import { type Ticket, toLogLine } from '../support/traffic.js';

async function heldTickets(
  weeks: PooledWeeks,
  built: BuiltWindow,
  week: number,
): Promise<readonly Ticket[]> {
  const ids = new Set((await built.read<Example>('holdout')).map(({ id }) => id));
  return weekTickets(weeks.path, week, 60).filter(({ id }) => ids.has(id));
}

function openedPool({ path }: PooledWeeks, built: BuiltWindow): Promise<OpenedPool> {
  return openPool(path.deps, path.configuration, built.input);
}

function byId({ suite }: OpenedPool): ReadonlyMap<string, Sample> {
  return new Map(suite.samples.map(({ sample }) => [sample.id, sample]));
}

describe('samples of earlier weeks in a pool', () => {
  let weeks: PooledWeeks;
  let first: BuiltWindow;
  let held: readonly Ticket[];
  beforeEach(async () => {
    weeks = await openPooledWeeks();
    first = await weeks.build(0);
    held = await heldTickets(weeks, first, 0);
    assert.ok(held.length > 5);
  });
  afterEach(() => weeks.close());

  /** The pool of a second week that logs these lines beside its own. */
  async function poolWith(lines: readonly object[]): Promise<OpenedPool> {
    weeks.path.writeLog('more.jsonl', lines);
    return openedPool(weeks, await weeks.build(1));
  }
  const ticketAt = (index: number): Ticket => held[index] ?? assert.fail();
  const time = '2026-01-06T00:00:00.000Z';

  test('count once, though a later week holds a near-copy', async () => {
    const copy = { ...ticketAt(0), id: 'copy', conversation: 'copy', time };
    const { suite, pool } = await poolWith([
      toLogLine({ ...copy, text: `${copy.text} again` }, 'elsewhere'),
    ]);
    const asked = suite.samples.map(({ sample }) => sample.id);
    assert.ok(asked.includes(ticketAt(0).id) && !asked.includes('copy'));
    assert.equal(new Set(asked).size, asked.length);
    assert.equal(suite.notCompared['seen'], 1);
    assert.deepEqual(Object.keys(pool.clusters), ['1']);
  });

  test('share a cluster with what a later week holds of their conversation', async () => {
    const [ticket] = weekTickets(weeks.path, 5, 1);
    assert.ok(ticket);
    const { conversation } = ticketAt(0);
    const pool = await poolWith([toLogLine({ ...ticket, conversation, time }, 'elsewhere')]);
    const samples = byId(pool);
    assert.equal(samples.get(ticket.id)?.cluster, samples.get(ticketAt(0).id)?.cluster);
    assert.equal(pool.pool.clusters['2'], 1);
    const sizes = Object.entries(pool.pool.clusters).map(([size, many]) => Number(size) * many);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      samples.size,
    );
  });

  test('share a cluster where a later week says that they belong together', async () => {
    const [one, other] = [ticketAt(0), ticketAt(1)];
    const { conversation } = one;
    const link = { ...other, id: 'link', conversation, time, text: `${other.text} again` };
    const pool = await poolWith([toLogLine(link, 'elsewhere')]);
    const samples = byId(pool);
    assert.ok(!samples.has('link'));
    assert.equal(samples.get(one.id)?.cluster, samples.get(other.id)?.cluster);
    assert.equal(pool.pool.clusters['2'], 1);
  });

  test('are asked with the reference that a later week corrected', async () => {
    const corrected = { ...ticketAt(0), label: 'corrected' };
    const pool = await poolWith([toLogLine(corrected, 'elsewhere')]);
    assert.equal(byId(pool).get(ticketAt(0).id)?.reference, 'corrected');
    assert.equal(pool.pool.windows[0]?.samples, held.length);
  });

  test('are taken in with the week that brings their reference', async () => {
    weeks.close();
    weeks = await openPooledWeeks();
    const silent = weekTickets(weeks.path, 0, 60).map((ticket) =>
      toLogLine(ticket, 'elsewhere', { feedback: [] }),
    );
    weeks.path.writeLog('week-0.jsonl', silent);
    const before = await openedPool(weeks, await weeks.path.build(0));
    assert.deepEqual(
      [before.pool.windows, before.suite.notCompared],
      [[], { 'no-reference': held.length }],
    );
    const pool = await poolWith([toLogLine(ticketAt(0), 'elsewhere')]);
    assert.ok(byId(pool).has(ticketAt(0).id));
    assert.ok(!byId(pool).has(ticketAt(1).id));
    assert.deepEqual(
      pool.pool.windows.map(({ window }) => window),
      ['2026-W02'],
    );
  });

  test('are out where consent was withdrawn, or whoever is in them opted out', async () => {
    const { splitKey } = SECRETS;
    await addOptOuts(weeks.path.deps.store, 'triage', {
      v: 1,
      at: '2026-01-06T00:00:00.000Z',
      by: 'jo',
      splitKeyFingerprint: splitKeyFingerprint(splitKey),
      hashes: optOutHashes({ kind: 'record', id: ticketAt(1).id }, splitKey),
    });
    const pool = await poolWith([toLogLine(ticketAt(0), 'elsewhere', { consent: false })]);
    const { withdrawn, 'opted-out': optedOut } = pool.suite.notCompared;
    assert.deepEqual([withdrawn, optedOut], [1, 1]);
    for (const ticket of held) {
      const isOut = ticket === held[0] || ticket === held[1];
      assert.equal(byId(pool).has(ticket.id), !isOut, ticket.id);
    }
  });

  test('are out where no answer can be held against their reference', async () => {
    const { select } = weeks.path.configuration;
    const numeric = { ...select, holdoutScorer: 'numeric' } as const;
    weeks.path.configuration = { ...weeks.path.configuration, select: numeric };
    const ticket = { ...ticketAt(0), label: '12.5' };
    const pool = await poolWith([toLogLine(ticket, 'elsewhere')]);
    assert.deepEqual([...byId(pool).keys()], [ticket.id]);
    assert.deepEqual(pool.pool.clusters, { 1: 1 });
    assert.ok((pool.suite.notCompared['unscorable'] ?? 0) >= held.length - 1);
  });

  test('are out where a later version of them has nothing to hold an answer against', async () => {
    const mute = toLogLine(ticketAt(0), 'other', { feedback: [] });
    const pool = await poolWith([mute]);
    assert.ok(!byId(pool).has(ticketAt(0).id));
    assert.equal(pool.suite.notCompared['no-reference'], 1);
  });
});

describe('a pooled sample of an earlier week', () => {
  test('is not clean where a champion of today or the first one was trained on it', async () => {
    const blank = await openPooledWeeks();
    const held = await heldTickets(blank, await blank.build(0), 0);
    blank.close();
    const leaked = held[2] ?? assert.fail();
    const trainedOn = [
      {
        messages: [
          { role: 'user', content: leaked.text },
          { role: 'assistant', content: leaked.label },
        ],
      },
    ];
    const weeks = await openPooledWeeks({}, trainedOn);
    await weeks.build(0);
    const second = await weeks.build(1);
    const { pool } = await openedPool(weeks, second);
    const [ofFirst] = pool.windows;
    assert.deepEqual([ofFirst?.samples, ofFirst?.clean], [held.length, held.length - 1]);
    // The first champion still counts when another serves, which was trained on none of it.
    await weeks.measure(second, 'ft:95');
    const alias = {
      modelId: 'ft:95',
      promotion: null,
      evidence: null,
      previousModelId: 'champion',
    };
    assert.ok(await promoteAlias(weeks.path.deps.store, 'triage', 1, alias));
    const third = await weeks.build(2);
    const evidence = (await weeks.measure(third, 'ft:96')).evidence;
    const score = evidence.scores[POOLED_SUITE]?.find(({ sampleId }) => sampleId === leaked.id);
    assert.deepEqual([score?.clean, score?.dirtyFor], [false, 'anchor']);
    weeks.close();
  });
});
