import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { openPool } from '../../activities/pooled-holdout.js';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import type { Example } from '../../src/domain/record.js';
import { recordFate } from '../../src/release/chain.js';
import type { BuiltWindow } from '../support/data-path.js';
import {
  addressed,
  buildRedacted,
  openPooledWeeks,
  type PooledWeeks,
  scoredIds,
  weekTickets,
} from '../support/pooled-weeks.js';
import { type Ticket, toLogLine } from '../support/traffic.js';

/** A week that keeps ids, and one that masks them and corrects the first sample that the former held out. */
async function revisedUnderItsHash(weeks: PooledWeeks): Promise<{
  readonly held: readonly string[];
  readonly first: BuiltWindow;
  readonly second: BuiltWindow;
}> {
  const first = await buildRedacted(weeks, 0, 'keep', addressed);
  const held = (await first.read<Example>('holdout')).map(({ id }) => id);
  const revised = weekTickets(weeks.path, 0, 60)
    .map(addressed)
    .filter(({ id }) => id === held[0]);
  weeks.path.writeLog(
    'more.jsonl',
    revised.map((ticket) => toLogLine({ ...ticket, label: 'corrected' }, 'elsewhere')),
  );
  const second = await buildRedacted(weeks, 1, 'mask', addressed);
  return { held, first, second };
}

describe('a pool over weeks whose ids are e-mail addresses, of which some keep these and some mask them', () => {
  let weeks: PooledWeeks;
  afterEach(() => weeks.close());

  const orders: readonly (readonly RedactionAction[])[] = [
    ['keep', 'keep', 'mask', 'keep'],
    ['mask', 'mask', 'keep', 'mask'],
    ['keep', 'keep', 'keep', 'mask'],
    ['mask', 'mask', 'mask', 'keep'],
  ];
  for (const [one = 'keep', two = 'keep', three = 'keep', four = 'keep'] of orders) {
    test(`is decided on once: ${one}, ${two}, ${three}, ${four}`, async () => {
      weeks = await openPooledWeeks();
      const built = [
        await buildRedacted(weeks, 0, one, addressed),
        await buildRedacted(weeks, 1, two, addressed),
        await buildRedacted(weeks, 2, three, addressed),
      ];
      const [, , third] = built;
      const { evidence } = await weeks.measure(third ?? assert.fail());
      const rows = await Promise.all(built.map((each) => each.read<Example>('holdout')));
      const looked = scoredIds(evidence).length;
      assert.equal(looked, rows.flat().length);
      const last = await weeks.measure(await buildRedacted(weeks, 3, four, addressed));
      const { pool, result } = last.evidence;
      assert.deepEqual(
        pool?.windows.map(({ window }) => window),
        ['2026-W04'],
      );
      assert.equal(pool?.leftOut['used'], looked);
      assert.equal(result.decision, 'inconclusive');
    });
  }

  test('has no sample that a week held out anew under its hash and decided on unrecorded', async () => {
    weeks = await openPooledWeeks();
    const { held, second } = await revisedUnderItsHash(weeks);
    const ofSecond = await second.read<Example>('holdout');
    assert.equal(ofSecond.filter(({ answer }) => answer === 'corrected').length, 1);
    await recordFate(weeks.path.deps.store, 'triage', second.release, 'held');
    const { evidence } = await weeks.measure(await buildRedacted(weeks, 2, 'keep', addressed));
    assert.deepEqual(
      evidence.pool?.windows.map(({ window, samples }) => (window === '2026-W01' ? samples : null)),
      [held.length - 1, null],
    );
    assert.equal(evidence.pool?.leftOut['used'], ofSecond.length);
  });

  test('has a sample once that a week between revised under its hash, by its newest version', async () => {
    weeks = await openPooledWeeks();
    const { first, second } = await revisedUnderItsHash(weeks);
    const third = await buildRedacted(weeks, 2, 'keep', addressed);
    const { path } = weeks;
    const { suite } = await openPool(path.deps, path.configuration, third.input);
    const asked = suite.samples.map(({ sample }) => sample);
    const texts = new Set(asked.map(({ messages }) => messages.at(-1)?.content));
    const rows = [first, second, third].map((each) => each.read<Example>('holdout'));
    const all = (await Promise.all(rows)).flat();
    assert.deepEqual([asked.length, texts.size], [all.length - 1, all.length - 1]);
    assert.equal(asked.filter(({ reference }) => reference === 'corrected').length, 1);
  });

  test('has near-copies in one cluster, though they were placed under other ids', async () => {
    weeks = await openPooledWeeks();
    const { path } = weeks;
    const copy = (ticket: Ticket): Ticket => ({
      ...ticket,
      id: `copy-${ticket.id}`,
      conversation: `copy-${ticket.id}`,
      text: `${ticket.text} again`,
    });
    const copies = weekTickets(path, 0, 60).map(addressed).map(copy);
    path.writeLog(
      'copies.jsonl',
      copies.map((ticket) => toLogLine(ticket, 'elsewhere')),
    );
    await buildRedacted(weeks, 0, 'keep', addressed);
    const { input } = await buildRedacted(weeks, 1, 'mask', addressed);
    const { pool } = await openPool(path.deps, path.configuration, input);
    const [ofFirst, ofSecond] = pool.windows;
    const pairs = (ofFirst?.clean ?? 0) / 2;
    assert.ok(pairs > 5);
    assert.deepEqual(pool.clusters, { 1: ofSecond?.clean, 2: pairs });
  });

  test('has no sample among the clean ones of which a version under its other name is trained on', async () => {
    const blank = await openPooledWeeks();
    const built = await buildRedacted(blank, 0, 'keep', addressed);
    const [id = ''] = (await built.read<Example>('holdout')).map((example) => example.id);
    const ticket = weekTickets(blank.path, 0, 60)
      .map(addressed)
      .find((each) => each.id === id);
    const [other] = weekTickets(blank.path, 7, 1);
    blank.close();
    assert.ok(ticket && other);
    const messages = [
      { role: 'user', content: ticket.text },
      { role: 'assistant', content: ticket.label },
    ];
    weeks = await openPooledWeeks({}, [{ messages }]);
    const { path } = weeks;
    await buildRedacted(weeks, 0, 'keep', addressed);
    path.writeLog('more.jsonl', [toLogLine({ ...ticket, text: other.text }, 'elsewhere')]);
    await buildRedacted(weeks, 1, 'mask', addressed);
    const { input } = await buildRedacted(weeks, 2, 'keep', addressed);
    const { suite, pool } = await openPool(path.deps, path.configuration, input);
    const asked = suite.samples.filter(
      ({ sample }) => sample.messages.at(-1)?.content === other.text,
    );
    assert.equal(asked.length, 1);
    const [ofFirst] = pool.windows;
    assert.equal(ofFirst?.clean, (ofFirst?.samples ?? 0) - 1);
  });
});
