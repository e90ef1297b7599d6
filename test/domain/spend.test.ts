import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../support/properties.js';
import {
  costOf,
  isCounted,
  monthAfter,
  monthOf,
  openCharge,
  reserved,
  settled,
  spentIn,
  toCents,
  withdrawn,
  type SpendEntry,
} from '../../src/domain/spend.js';

const JANUARY = '2027-01-31T23:59:59.000Z';
const FEBRUARY = '2027-02-01T00:00:00.000Z';

function charge(at: string, estimate: number): Parameters<typeof reserved>[2] {
  return { window: '2027-W04', release: 'r', at, estimate };
}

function ended(jobId: string, actual: number | null, at = FEBRUARY): Parameters<typeof settled>[2] {
  return { window: '2027-W04', release: 'r', at, jobId, actual };
}

test('months are calendar months by UTC', () => {
  assert.equal(monthOf(JANUARY), '2027-01');
  assert.equal(monthAfter('2027-01'), '2027-02-01');
  assert.equal(monthAfter('2026-12'), '2027-01-01');
});

test('a charge stays in the month in which its job was let, whenever that ends', () => {
  const open = reserved(null, 'k', charge(JANUARY, 6));
  assert.deepEqual([isCounted(open, 'j1'), isCounted(null, 'j1')], [true, false]);
  const done = settled(open, 'k', ended('j1', 4));
  assert.ok(done !== null);
  assert.deepEqual([isCounted(done, 'j1'), isCounted(done, 'j2')], [true, false]);
  assert.equal(spentIn([done], '2027-01'), 4);
  assert.equal(spentIn([done], '2027-02'), 0);
});

test('a job that is let anew, since none was asked for before, is of the month in which it is let', () => {
  const again = reserved(reserved(null, 'k', charge(JANUARY, 5)), 'k', charge(FEBRUARY, 6));
  assert.deepEqual([spentIn([again], '2027-01'), spentIn([again], '2027-02')], [0, 6]);
});

test('a job counts as its estimate until it is known what it cost, and where nobody says', () => {
  const open = reserved(null, 'k', charge(JANUARY, 5));
  assert.equal(spentIn([open], '2027-01'), 5);
  const failed = settled(open, 'k', ended('j1', null));
  assert.ok(failed !== null && openCharge(failed) === null);
  assert.equal(spentIn([failed], '2027-01'), 5);
  const second = reserved(failed, 'k', charge(FEBRUARY, 5));
  assert.equal(spentIn([second], '2027-01'), 5);
  assert.equal(spentIn([second], '2027-02'), 5);
  assert.deepEqual(withdrawn(second), failed);
});

test('a job that is told twice is counted once, and one that nobody reserved for where it cost something', () => {
  const done = settled(reserved(null, 'k', charge(JANUARY, 5)), 'k', ended('j1', 4));
  assert.equal(settled(done, 'k', ended('j1', 4)), null);
  assert.equal(settled(done, 'k', ended('j1', null)), null);
  const unknown = settled(reserved(null, 'k', charge(JANUARY, 5)), 'k', ended('j1', null));
  assert.deepEqual(settled(reserved(unknown, 'k', charge(JANUARY, 7)), 'k', ended('j1', 4)), {
    ...reserved(done, 'k', charge(JANUARY, 7)),
  });
  assert.equal(settled(null, 'k', ended('j1', null)), null);
  assert.equal(settled(null, 'k', ended('j1', 0)), null);
  assert.equal(spentIn([settled(null, 'k', ended('j1', 3)) ?? assert.fail()], '2027-02'), 3);
});

test('an entry never has two open charges, and what it comes to is the sum of its jobs', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('reserve' as const), cents: fc.nat({ max: 999 }) }),
    fc.record({
      kind: fc.constant('settle' as const),
      cents: fc.nat({ max: 999 }),
      job: fc.nat({ max: 5 }),
    }),
    fc.record({ kind: fc.constant('withdraw' as const) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let entry: SpendEntry | null = null;
      const jobs = new Map<string, number>();
      let open: number | null = null;
      for (const one of events) {
        if (one.kind === 'reserve') {
          entry = reserved(entry, 'k', charge(JANUARY, one.cents / 100));
          open = one.cents;
        } else if (one.kind === 'withdraw') {
          if (entry !== null) entry = withdrawn(entry);
          open = null;
        } else {
          const jobId = `j${one.job}`;
          entry = settled(entry, 'k', ended(jobId, one.cents / 100, JANUARY)) ?? entry;
          if (jobs.has(jobId)) continue;
          if (open !== null || one.cents > 0) jobs.set(jobId, one.cents);
          open = null;
        }
        const openCount = (entry?.charges ?? []).filter(({ jobId }) => jobId === null).length;
        assert.ok(openCount <= 1);
        const cents = [...jobs.values()].reduce((sum, each) => sum + each, open ?? 0);
        assert.equal(Math.round(spentIn(entry === null ? [] : [entry], '2027-01') * 100), cents);
      }
    }),
  );
});

test('amounts are rounded up to cents, and floating point adds none', () => {
  assert.equal(toCents(0.1 + 0.2), 0.3);
  assert.equal(toCents(1.001), 1.01);
  assert.equal(costOf({ ...charge(JANUARY, 3), jobId: 'j', actual: 0 }), 0);
});
