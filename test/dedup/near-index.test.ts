import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { type NearIndex, createNearIndex } from '../../src/dedup/near-index.js';
import { createNearMeasure } from '../../src/dedup/near-similarity.js';
import type { NearPolicy } from '../../src/dedup/prompt-lanes.js';
import { createKernel } from '../../src/text/kernel.js';
import { plainSimilarity } from '../support/near-oracle.js';
import { createRandom, type Random } from '../support/random.js';

const POLICY: NearPolicy = { shingle: { unit: 'words', size: 3 }, threshold: 0.7 };

function words(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => `w${Math.floor(random() ** 2 * 400)}`);
}

/** A copy in which some words are others. */
function edited(random: Random, list: readonly string[], share: number): string[] {
  return list.map((word) => (random() < share ? `e${Math.floor(random() * 1e6)}` : word));
}

function indexOf(texts: readonly string[], policy = POLICY): NearIndex {
  const index = createNearIndex(policy, { kernel: createKernel() });
  for (const text of texts) index.add(text, 0);
  return index;
}

function entriesOf(index: NearIndex, text: string, list = 0): number[] {
  return [...index.near(text, list)].map(({ entry }) => entry);
}

describe('a near index', () => {
  test('finds at least 0.99 of the pairs at or above the threshold, and no other', () => {
    const random = createRandom(11);
    const texts: string[] = [];
    for (let base = 0; base < 300; base += 1) {
      const list = words(random, 30 + Math.floor(random() * 60));
      texts.push(list.join(' '));
      for (const share of [0.02, 0.04, 0.07]) texts.push(edited(random, list, share).join(' '));
    }
    const index = indexOf(texts);
    let [expected, found] = [0, 0];
    texts.forEach((text, number) => {
      const hits = new Map([...index.near(text, 0)].map((hit) => [hit.entry, hit.similarity]));
      texts.forEach((other, at) => {
        // Bases differ, so pairs of one family are all there are; a sample of the rest is checked too.
        if (Math.floor(at / 4) !== Math.floor(number / 4) && (at + number) % 97 !== 0) return;
        const exact = plainSimilarity(text, other, POLICY);
        if (exact > 0) expected += 1;
        if (exact > 0 && hits.get(at) === exact) found += 1;
        assert.ok(!hits.has(at) || hits.get(at) === exact);
      });
    });
    assert.ok(expected > 1_500, `${expected} pairs are no test`);
    assert.ok(found / expected >= 0.99, `${found} of ${expected}`);
    assert.equal(index.cappedCount, 0);
  });

  test('tells near texts in the order of adding, each list by itself', () => {
    const text = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen';
    const index = indexOf([`${text} fifteen`, text, text.toUpperCase()]);
    index.add(text, 1);
    assert.deepEqual(
      [...index.near(text, 0)],
      [
        { entry: 0, similarity: 12 / 13 },
        { entry: 1, similarity: 1 },
        { entry: 2, similarity: 1 },
      ],
    );
    assert.deepEqual(entriesOf(index, text, 1), [3]);
    assert.deepEqual(entriesOf(index, text, 2), []);
  });

  test('compares texts of fewer than twelve words by runs of five characters', () => {
    const index = indexOf(['How do I reset my password please?']);
    const [hit] = index.near('how do i reset my passwords please?', 0);
    assert.ok(hit !== undefined && hit.similarity > 0.7 && hit.similarity < 1);
    assert.deepEqual(entriesOf(index, 'Where can I see my invoices please?'), []);
  });

  test('compares a text of eleven words with one of thirteen, whichever comes first', () => {
    const longer = 'please tell me how I can reset the password of my account today';
    const shorter = longer.replace('please ', '').replace(' today', '');
    assert.equal(entriesOf(indexOf([longer]), shorter).length, 1);
    assert.equal(entriesOf(indexOf([shorter]), longer).length, 1);
  });

  test('compares texts too short for any shingle by equality', () => {
    const index = indexOf(['Hi!', '👍']);
    index.add('Hi!', 1);
    assert.deepEqual([...index.near('hi!', 0)], [{ entry: 0, similarity: 1 }]);
    assert.deepEqual([...index.near('👍', 0)], [{ entry: 1, similarity: 1 }]);
    assert.deepEqual(entriesOf(index, 'ho!'), []);
    assert.deepEqual(entriesOf(index, 'hi!', 1), [2]);
  });

  test('finds nothing for an empty text, and an empty text for nothing', () => {
    const index = indexOf([' \u200b\n']);
    assert.equal(index.size, 1);
    assert.deepEqual(entriesOf(index, ''), []);
    assert.deepEqual(entriesOf(index, ' \u200b\n'), []);
  });

  test('compares by characters where the policy says so', () => {
    const chars: NearPolicy = { shingle: { unit: 'chars', size: 5 }, threshold: 0.7 };
    const index = indexOf(['今日はとても良い天気なので公園を散歩しました'], chars);
    assert.equal(entriesOf(index, '今日はとても良い天気なので公園を散歩したよ').length, 1);
  });

  test('is alike both ways round, at the similarity of an oracle', () => {
    const sentence = fc
      .array(fc.constantFrom('red', 'green', 'blue', 'one', 'two', 'ab'), { maxLength: 25 })
      .map((list) => list.join(' '));
    const low: NearPolicy = { shingle: { unit: 'words', size: 2 }, threshold: 0.2 };
    const [kernel, plain] = [createNearMeasure(low, createKernel()), createNearMeasure(low, null)];
    fc.assert(
      fc.property(sentence, sentence, (a, b) => {
        const exact = plainSimilarity(a, b, low);
        for (const measure of [kernel, plain]) {
          assert.equal(measure(a, b), exact);
          assert.equal(measure(b, a), exact);
        }
        const found = [...indexOf([a], low).near(b, 0)];
        assert.deepEqual([...indexOf([b], low).near(a, 0)], found);
        assert.ok(found.every(({ similarity }) => similarity === exact));
      }),
      { numRuns: 150 },
    );
  });

  test('grows past its first capacity without losing anybody', () => {
    const random = createRandom(5);
    const texts = Array.from({ length: 500 }, () => words(random, 40).join(' '));
    const index = indexOf(texts);
    texts.forEach((text, number) => assert.equal(entriesOf(index, text)[0], number));
  });

  test('finds the few near ones among thousands of look-alikes, and says that it left some out', () => {
    const random = createRandom(6);
    const template = words(random, 60);
    // Two thirds of each text are the template: they share bands and are not near.
    const texts = Array.from({ length: 3_000 }, () =>
      [...words(random, 30), ...template].join(' '),
    );
    const index = indexOf(texts);
    let found = 0;
    for (let number = 0; number < 3_000; number += 30) {
      const copy = `${texts[number] ?? ''} indeed`;
      if (entriesOf(index, copy).includes(number)) found += 1;
    }
    assert.ok(index.cappedCount > 50, `${index.cappedCount} searches were cut short`);
    assert.ok(found >= 99, `${found} of 100`);
  });
});
