import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ReferenceOrigin } from '../../src/domain/record.js';
import { decideWeek, simulateWeek, type SimulatedWorld } from '../support/simulated-week.js';

const WEEKS = 300;
const RECORDS = 500;

/** Shares of the decisions of many weeks, and the mean of the differences that they rest on, in points. */
interface Tally {
  readonly promote: number;
  readonly hold: number;
  readonly inconclusive: number;
  readonly points: number;
}

function tally(world: SimulatedWorld, alsoDeciding: readonly ReferenceOrigin[]): Tally {
  const counts = { promote: 0, hold: 0, inconclusive: 0 };
  let differences = 0;
  for (let seed = 1; seed <= WEEKS; seed += 1) {
    const week = simulateWeek(world, RECORDS, seed);
    const { decision, difference } = decideWeek(week, alsoDeciding);
    counts[decision] += 1 / WEEKS;
    differences += difference ?? 0;
  }
  return { ...counts, points: (100 * differences) / WEEKS };
}

function told(name: string, { promote, hold, inconclusive, points }: Tally): string {
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return (
    `${name}: promote ${share(promote)}, hold ${share(hold)}, inconclusive ${share(inconclusive)}; ` +
    `mean difference ${points.toFixed(1)} points`
  );
}

describe('a loop with 30 % of wrong answers approved unread, and a candidate that is 10 points better', () => {
  const world: SimulatedWorld = {
    championRight: 0.75,
    candidateRight: 0.85,
    approved: 0.9,
    rubberStamped: 0.3,
    filed: 0.5,
  };

  test('holds the better candidate where confirmed answers count, and promotes it where they do not', (t) => {
    const naive = tally({ ...world, filed: 0 }, ['confirmed']);
    const mixed = tally(world, ['confirmed']);
    const ours = tally(world, []);
    for (const [name, shares] of [
      ['confirmed answers alone', naive],
      ['confirmed answers beside filed ones', mixed],
      ['holdfast', ours],
    ] as const) {
      t.diagnostic(told(name, shares));
    }
    // The champion is right by construction on what was confirmed, rubber-stamped errors included.
    assert.ok(naive.hold > 0.95, told('naive', naive));
    assert.ok(mixed.promote < ours.promote / 2, told('mixed', mixed));
    assert.equal(ours.hold, 0);
    assert.ok(ours.promote > 0.8, told('ours', ours));
    assert.ok(Math.abs(ours.points - 10) < 1, told('ours', ours));
  });

  test('is inconclusive where nothing but confirmed answers is known', () => {
    const { inconclusive } = tally({ ...world, filed: 0 }, []);
    assert.ok(Math.abs(inconclusive - 1) < 1e-9);
  });
});

describe('two models that are equally good', () => {
  const world: SimulatedWorld = {
    championRight: 0.75,
    candidateRight: 0.75,
    approved: 0,
    rubberStamped: 0,
    filed: 0,
  };

  test('are told apart by edits, on which the champion is wrong by construction, and not by holdfast', (t) => {
    const naive = tally(world, ['edited']);
    const ours = tally(world, []);
    const filed = tally({ ...world, filed: 0.5 }, []);
    for (const [name, shares] of [
      ['edits alone', naive],
      ['holdfast on the same', ours],
      ['holdfast beside filed ones', filed],
    ] as const) {
      t.diagnostic(told(name, shares));
    }
    assert.ok(naive.promote > 0.99, told('naive', naive));
    assert.equal(ours.promote, 0);
    // One-sided 5 %, and three standard errors of 300 weeks on top would be 8.8 %; the rule asks for 6 %.
    assert.ok(filed.promote <= 0.06, told('filed', filed));
  });
});
