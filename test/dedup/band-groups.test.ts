import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemberFinder, groupsByEntry, joinBands } from '../../src/dedup/band-groups.js';
import { CHUNK_SKETCHES, NO_KEY } from '../../src/dedup/band-keys.js';
import { createRandom, type Random } from '../support/random.js';

const BANDS = 3;

/** Keys of so many sketches in each chunk, drawn anew or from those before, or from a few that all share. */
function chunksOf(counts: readonly number[], drawKey: () => number): readonly Uint32Array[] {
  return counts.map((count) => {
    const keys = new Uint32Array(CHUNK_SKETCHES * BANDS).fill(NO_KEY);
    for (let band = 0; band < BANDS; band += 1) {
      for (let index = 0; index < count; index += 1) {
        keys[band * CHUNK_SKETCHES + index] = drawKey();
      }
    }
    return keys;
  });
}

/** The members of each group of a band, by a map of keys: which groups there are, whatever their numbers. */
function groupsByMap(chunks: readonly Uint32Array[], band: number): readonly string[] {
  const byKey = new Map<number, number[]>();
  chunks.forEach((keys, chunk) => {
    for (let index = 0; index < CHUNK_SKETCHES; index += 1) {
      const key = keys[band * CHUNK_SKETCHES + index] ?? NO_KEY;
      if (key === NO_KEY) continue;
      byKey.set(key, [...(byKey.get(key) ?? []), chunk * CHUNK_SKETCHES + index]);
    }
  });
  return [...byKey.values()]
    .filter(({ length }) => length > 1)
    .map((entries) => entries.join(' '))
    .sort();
}

function byGroup(entries: ArrayLike<number>, groups: ArrayLike<number>): readonly string[] {
  const members = new Map<number, number[]>();
  Array.from(entries).forEach((entry, index) => {
    const group = groups[index] ?? -1;
    members.set(group, [...(members.get(group) ?? []), entry]);
  });
  return [...members.values()].map((each) => each.sort((a, b) => a - b).join(' ')).sort();
}

describe('the groups of bands', () => {
  const draws: Readonly<Record<string, (random: Random) => () => number>> = {
    'few of whose keys are equal': (random) => {
      const known: number[] = [];
      return () => {
        const key =
          random() < 0.2 && known.length > 0
            ? (known[Math.floor(random() * known.length)] ?? 1)
            : 1 + Math.floor(random() * 0xffff_ffff);
        known.push(key);
        return key;
      };
    },
    'that are all on one heap': (random) => () => 1 + Math.floor(random() * 9_000),
    'that are mostly one key': (random) => () =>
      random() < 0.9 ? 0xffff_ffff : 1 + Math.floor(random() * 100_000),
  };
  for (const [name, draw] of Object.entries(draws)) {
    test(`of keys ${name} are those that a map finds`, () => {
      const chunks = chunksOf([CHUNK_SKETCHES, 17, 3_999, CHUNK_SKETCHES], draw(createRandom(5)));
      const find = createMemberFinder(chunks);
      const bands = Array.from({ length: BANDS }, (_, band) => find(band));
      const expected = bands.map((_, band) => groupsByMap(chunks, band));
      bands.forEach(({ entries, groups, groupCount }, band) => {
        assert.deepEqual(byGroup(entries, groups), expected[band]);
        assert.equal(groupCount, expected[band]?.length);
      });
      const size = chunks.length * CHUNK_SKETCHES;
      const whole = groupsByEntry(bands, size);
      assert.equal(whole.groupCount, expected.flat().length);
      const owners = Array.from({ length: size }, (_, entry) => {
        const [start = 0, end = 0] = whole.starts.subarray(entry, entry + 2);
        return Array.from({ length: end - start }, () => entry);
      }).flat();
      assert.deepEqual(byGroup(owners, whole.groups), expected.flat().sort());
      const stretches = [bands.slice(0, 1), [], bands.slice(1)];
      const joined = joinBands(
        stretches.map((stretch) => groupsByEntry(stretch, size)),
        size,
      );
      assert.deepEqual(joined, whole);
    });
  }

  test('of no sketches at all are none', () => {
    assert.equal(createMemberFinder([])(0).groupCount, 0);
    assert.deepEqual([...joinBands([], 0).starts], [0]);
  });
});
