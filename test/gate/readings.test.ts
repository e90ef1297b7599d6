import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PairedScore } from '../../src/domain/gate.js';
import { readingsOf, type LeakReadings } from '../../src/gate/readings.js';
import { createRandom } from '../support/random.js';

function score(index: number, changes: Partial<PairedScore> = {}): PairedScore {
  return {
    sampleId: `s${index}`,
    cluster: `c${index}`,
    champion: 0,
    candidate: 0,
    clean: true,
    decisive: true,
    ...changes,
  };
}

/** 40 leaked samples, of which the champion knows 36; 160 clean ones, 80 of which it knows; 20 of these are kin. */
const scores = Array.from({ length: 200 }, (_, index): PairedScore => {
  if (index < 40) return score(index, { clean: false, champion: index < 36 ? 1 : 0, candidate: 1 });
  const isKin = index < 60;
  const isRight = index % 2 === 0;
  return score(index, { champion: Number(isRight), ...(isKin && { kin: true }) });
});

function read(given: readonly PairedScore[]): LeakReadings {
  const readings = readingsOf(given, 0.05);
  assert.ok(readings !== null);
  return readings;
}

describe('the readings of a suite with leaks', () => {
  test('are the means of its parts', () => {
    const { all, leaked, clean, withoutKin } = read(scores);
    assert.deepEqual(all, { count: 200, champion: 116 / 200, candidate: 40 / 200 });
    assert.deepEqual(leaked, { count: 40, champion: 0.9, candidate: 1 });
    assert.deepEqual(clean, { count: 160, champion: 0.5, candidate: 0 });
    assert.deepEqual(withoutKin, { count: 140, champion: 0.5, candidate: 0 });
  });

  test('have a control that holds what leaving out as many at random does', () => {
    const { control } = read(scores);
    assert.equal(control.count, 160);
    const random = createRandom(1);
    const drops = 4_000;
    let [within, sum] = [0, 0];
    for (let drop = 0; drop < drops; drop += 1) {
      const kept = scores
        .map((each) => ({ each, key: random() }))
        .sort((a, b) => a.key - b.key)
        .slice(0, 160);
      const mean = kept.reduce((total, { each }) => total + (each.champion ?? 0), 0) / 160;
      sum += mean / drops;
      if (mean >= control.champion.low && mean <= control.champion.high) within += 1 / drops;
    }
    assert.ok(Math.abs(sum - control.champion.mean) < 0.001, `${sum}`);
    assert.ok(within > 0.92 && within < 0.98, `${within}`);
    // The clean samples are no such drop: that is what leaks do.
    assert.ok(read(scores).clean.champion < control.champion.low);
  });

  test('tell how much more a model knows of what leaked, with a bound by clusters', () => {
    const { gap } = read(scores);
    assert.ok(Math.abs(gap.champion.difference - 0.4) < 1e-12);
    // By the formula, with t of 39 degrees of freedom at 95 %: 1.684875.
    const leakedVariance = ((40 / 39) * (36 * 0.01 + 4 * 0.81)) / 1_600;
    const cleanVariance = ((160 / 159) * 160 * 0.25) / 25_600;
    const expected = 0.4 - 1.684875 * Math.sqrt(leakedVariance + cleanVariance);
    assert.ok(Math.abs(gap.champion.lower - expected) < 1e-6, `${gap.champion.lower}`);
    assert.ok(Math.abs(gap.champion.inflation - (116 / 200 - 0.5)) < 1e-12);
    assert.equal(gap.champion.isAlarming, true);
    const inPairs = scores.map((each, index) => ({ ...each, cluster: `c${index >> 1}` }));
    assert.notEqual(read(inPairs).gap.champion.lower, gap.champion.lower);
  });

  test('raise no alarm where leaks add little, however sure that is', () => {
    const many = Array.from({ length: 4_000 }, (_, index) =>
      score(index, {
        clean: index % 4 > 0,
        champion: Number(index % 10 < (index % 4 > 0 ? 7 : 8)),
      }),
    );
    const { champion } = read(many).gap;
    assert.ok(champion.lower > 0.05 && champion.inflation < 0.05, JSON.stringify(champion));
    assert.equal(champion.isAlarming, false);
  });

  test('of one leaked sample bound nothing', () => {
    const { gap } = read([score(0, { clean: false, champion: 1 }), score(1), score(2)]);
    assert.deepEqual(gap.champion, {
      difference: 1,
      lower: -1,
      inflation: 1 / 3,
      isAlarming: false,
    });
  });

  test('have no second reading without kin, and none at all without leaks or without answers', () => {
    assert.equal(read(scores.filter(({ kin }) => kin !== true)).withoutKin, null);
    assert.equal(readingsOf(scores.slice(40), 0.05), null);
    assert.equal(readingsOf(scores.slice(0, 40), 0.05), null);
    assert.equal(
      readingsOf(
        scores.map((each) => ({ ...each, champion: null })),
        0.05,
      ),
      null,
    );
    assert.equal(readingsOf([], 0.05), null);
  });
});
