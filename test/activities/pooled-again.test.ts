import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { openPool, type OpenedPool } from '../../activities/pooled-holdout.js';
import type { Example } from '../../src/domain/record.js';
import { optOutHashes } from '../../src/ingest/opt-outs.js';
import { addOptOuts } from '../../src/promotion/opt-out-list.js';
import { splitKeyFingerprint } from '../../src/split/place.js';
import type { Placement } from '../../src/split/place.js';
import type { BuiltWindow } from '../support/data-path.js';
import type { MeasuredWindow } from '../support/measure-window.js';
import {
  openPooledWeeks,
  POOLED_GATE,
  type PooledWeeks,
  scoredIds,
  weekTickets,
} from '../support/pooled-weeks.js';
import { SECRETS } from '../support/project.js';
import { type Ticket, toLogLine } from '../support/traffic.js';

const LATER = '2026-01-13T00:00:00.000Z';

async function heldIds(built: BuiltWindow): Promise<readonly string[]> {
  return (await built.read<Example>('holdout')).map(({ id }) => id);
}

describe('samples that a decision has looked at', () => {
  let weeks: PooledWeeks;
  let used: readonly string[];
  afterEach(() => weeks.close());

  /** A first week whose holdout is enough by itself, and is decided on. */
  async function decideFirst(): Promise<void> {
    weeks = await openPooledWeeks({ pool: { windows: 2, difference: 0.3 } });
    const { evidence } = await weeks.measure(await weeks.build(0, 180));
    used = scoredIds(evidence);
    assert.equal(evidence.result.decision, 'promote');
  }

  const ticketOf = (week: number, count: number, id: string | undefined): Ticket =>
    weekTickets(weeks.path, week, count).find((ticket) => ticket.id === id) ?? assert.fail();
  const pooled = (built: BuiltWindow): Promise<OpenedPool> =>
    openPool(weeks.path.deps, weeks.path.configuration, built.input);
  const setGate = (gate: object): void => {
    const { configuration } = weeks.path;
    weeks.path.configuration = { ...configuration, gate: { ...configuration.gate, ...gate } };
  };

  test('stay so where their lines come again, windows later than a pool reaches back', async () => {
    await decideFirst();
    const [id] = used;
    const rest = weekTickets(weeks.path, 0, 180).filter((ticket) => ticket.id !== id);
    weeks.path.writeLog(
      'week-0.jsonl',
      rest.map((ticket) => toLogLine(ticket, 'elsewhere')),
    );
    await weeks.path.build(0, true);
    await weeks.build(1);
    const again = toLogLine({ ...ticketOf(0, 180, id), time: LATER }, 'elsewhere');
    weeks.path.writeLog('again.jsonl', [again]);
    const third = await weeks.build(2);
    assert.ok((await heldIds(third)).includes(id ?? ''));
    const { suite, pool } = await pooled(third);
    assert.ok(!suite.samples.some(({ sample }) => sample.id === id));
    assert.equal(pool.leftOut['used'], 1);
  });

  test('are not decided on again where a window is reopened without a pool', async () => {
    await decideFirst();
    setGate({ superiorityOn: 'holdout', pool: undefined });
    const again = await weeks.path.build(0, true);
    const { evidence, answers } = await weeks.measure(again, 'ft:97');
    assert.equal(evidence.result.decision, 'inconclusive');
    assert.deepEqual(evidence.scores['holdout'], []);
    const holdout = evidence.suites.find(({ suite }) => suite === 'holdout');
    assert.equal(holdout?.missing['used'], used.length);
    assert.ok(!answers.some(({ suite }) => suite === 'holdout'));
  });

  test('leave to a reopened window what it holds out beside them', async () => {
    await decideFirst();
    setGate({ superiorityOn: 'holdout', pool: undefined });
    const other = weekTickets(weeks.path, 0, 300).slice(180);
    weeks.path.writeLog(
      'beside.jsonl',
      other.map((ticket) => toLogLine(ticket, 'elsewhere')),
    );
    const again = await weeks.path.build(0, true);
    const { evidence } = await weeks.measure(again, 'ft:97');
    const scored = (evidence.scores['holdout'] ?? []).map(({ sampleId }) => sampleId);
    const fresh = (await heldIds(again)).filter((id) => !used.includes(id));
    assert.ok(fresh.length > 5);
    assert.deepEqual([...scored].sort(), [...fresh].sort());
  });

  test('are in no pool by way of a sample that was revised into a near-copy of one', async () => {
    await decideFirst();
    const [near] = used;
    const second = await weeks.build(1);
    await weeks.measure(second);
    const [id, other] = await heldIds(second);
    const { text, label } = ticketOf(0, 180, near);
    const revised = { ...ticketOf(1, 60, id), text: `${text} again`, label, time: LATER };
    const corrected = { ...ticketOf(1, 60, other), label: 'corrected', time: LATER };
    weeks.path.writeLog(
      'more.jsonl',
      [revised, corrected].map((ticket) => toLogLine(ticket, 'elsewhere')),
    );
    const third = await weeks.build(2);
    const placement = (await third.read<Placement>('placements')).find((each) => each.id === id);
    assert.deepEqual([placement?.by, placement?.nearTo], ['revision', near]);
    const { suite } = await pooled(third);
    assert.ok(!suite.samples.some(({ sample }) => sample.id === id));
    const found = suite.samples.find(({ sample }) => sample.id === other);
    assert.equal(found?.sample.reference, 'corrected');
  });
});

test('a window that was never pooled measures its holdout again where it is reopened', async () => {
  const weeks = await openPooledWeeks({ superiorityOn: 'holdout', pool: undefined });
  const before = await weeks.measure(await weeks.build(0, 180));
  const after = await weeks.measure(await weeks.path.build(0, true), 'ft:97');
  const idsOf = ({ evidence }: MeasuredWindow): readonly string[] =>
    (evidence.scores['holdout'] ?? []).map(({ sampleId }) => sampleId);
  assert.ok(idsOf(before).length > 40);
  assert.deepEqual(idsOf(after), idsOf(before));
  weeks.close();
});

test('pooled near-copies stay where only the reference of one is corrected', async () => {
  const weeks = await openPooledWeeks(POOLED_GATE);
  const tickets = weekTickets(weeks.path, 0, 60);
  const copies = tickets.map((ticket) => ({
    ...ticket,
    id: `${ticket.id}-copy`,
    text: `${ticket.text} again`,
  }));
  weeks.path.writeLog(
    'week-0.jsonl',
    [...tickets, ...copies].map((ticket) => toLogLine(ticket, 'elsewhere')),
  );
  const held = await heldIds(await weeks.path.build(0));
  const copy = copies.find(({ id }) => held.includes(id)) ?? assert.fail();
  weeks.path.writeLog('more.jsonl', [toLogLine({ ...copy, label: 'corrected' }, 'elsewhere')]);
  const { path } = weeks;
  const { suite } = await openPool(path.deps, path.configuration, (await weeks.build(1)).input);
  const found = suite.samples.find(({ sample }) => sample.id === copy.id);
  assert.equal(found?.sample.reference, 'corrected');
  weeks.close();
});

test('who opted out is in no pool, though the newest version of a record names no user', async () => {
  const weeks = await openPooledWeeks();
  const { path } = weeks;
  const [id] = await heldIds(await weeks.build(0));
  const ticket = weekTickets(path, 0, 60).find((each) => each.id === id) ?? assert.fail();
  const line = toLogLine({ ...ticket, label: 'corrected' }, 'elsewhere', { user_id: undefined });
  path.writeLog('more.jsonl', [line]);
  const { splitKey } = SECRETS;
  await addOptOuts(path.deps.store, 'triage', {
    v: 1,
    at: '2026-01-06T00:00:00.000Z',
    by: 'jo',
    splitKeyFingerprint: splitKeyFingerprint(splitKey),
    hashes: optOutHashes({ kind: 'user', tenant: null, user: ticket.user ?? '' }, splitKey),
  });
  const second = await weeks.build(1);
  const placement = (await second.read<Placement>('placements')).find((each) => each.id === id);
  assert.deepEqual([placement?.by, placement?.user], ['revision', undefined]);
  const { suite, pool } = await openPool(path.deps, path.configuration, second.input);
  assert.ok(!suite.samples.some(({ sample }) => sample.id === id));
  assert.equal(pool.leftOut['opted-out'], 1);
  weeks.close();
});
