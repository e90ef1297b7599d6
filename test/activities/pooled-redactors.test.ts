import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import type { Example } from '../../src/domain/record.js';
import { recordFate } from '../../src/release/chain.js';
import {
  addressed,
  buildRedacted,
  openPooledWeeks,
  type PooledWeeks,
  scoredIds,
  weekTickets,
} from '../support/pooled-weeks.js';
import { toLogLine } from '../support/traffic.js';

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
    const ofSecond = await second.read<Example>('holdout');
    assert.equal(ofSecond.filter(({ answer }) => answer === 'corrected').length, 1);
    await recordFate(weeks.path.deps.store, 'triage', second.release, 'held');
    const { evidence } = await weeks.measure(await buildRedacted(weeks, 2, 'keep', addressed));
    assert.deepEqual(
      evidence.pool?.windows.map(({ window, samples }) => (window === '2026-W01' ? samples : null)),
      [held.length - 1, null],
    );
    assert.equal(evidence.pool?.leftOut['used'], ofSecond.length + 1);
  });
});
