import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createNearIndex, nearSimilarity } from '../../src/dedup/near-index.js';
import type { NearPolicy } from '../../src/dedup/near-index.js';
import { createRandom, type Random } from '../support/random.js';

const POLICY: NearPolicy = { shingle: { unit: 'words', size: 3 }, threshold: 0.7 };

function words(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => `w${Math.floor(random() ** 2 * 400)}`);
}

/** A copy in which some words are others. */
function edited(random: Random, list: readonly string[], share: number): string[] {
  return list.map((word) => (random() < share ? `e${Math.floor(random() * 1e6)}` : word));
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
    const index = createNearIndex(POLICY);
    texts.forEach((text, number) => index.add(String(number), text));
    let [expected, found] = [0, 0];
    texts.forEach((text, number) => {
      const hits = new Map(index.query(text).map(({ id, similarity }) => [id, similarity]));
      texts.forEach((other, at) => {
        // Bases differ, so pairs of one family are all there are; a sample of the rest is checked too.
        if (Math.floor(at / 4) !== Math.floor(number / 4) && (at + number) % 97 !== 0) return;
        const exact = nearSimilarity(text, other, POLICY);
        if (exact > 0) expected += 1;
        if (exact > 0 && hits.get(String(at)) === exact) found += 1;
        assert.ok(!hits.has(String(at)) || hits.get(String(at)) === exact);
      });
    });
    assert.ok(expected > 1_500, `${expected} pairs are no test`);
    assert.ok(found / expected >= 0.99, `${found} of ${expected}`);
  });

  test('tells the nearest first, and equals by id', () => {
    const index = createNearIndex(POLICY);
    const text = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen';
    index.add('b', text);
    index.add('c', `${text} fifteen`);
    index.add('a', text.toUpperCase());
    assert.deepEqual(index.query(text), [
      { id: 'a', similarity: 1 },
      { id: 'b', similarity: 1 },
      { id: 'c', similarity: 12 / 13 },
    ]);
  });

  test('compares texts of fewer than twelve words by runs of five characters', () => {
    const index = createNearIndex(POLICY);
    index.add('short', 'How do I reset my password please?');
    const [hit] = index.query('how do i reset my passwords please?');
    assert.ok(hit !== undefined && hit.similarity > 0.7 && hit.similarity < 1);
    assert.deepEqual(index.query('Where can I see my invoices please?'), []);
  });

  test('compares a text of eleven words with one of thirteen', () => {
    const index = createNearIndex(POLICY);
    const longer = 'please tell me how I can reset the password of my account today';
    index.add('longer', longer);
    assert.equal(index.query(longer.replace('please ', '').replace(' today', '')).length, 1);
  });

  test('compares texts too short for any shingle by equality', () => {
    const index = createNearIndex(POLICY);
    index.add('hi', 'Hi!');
    index.add('emoji', '👍');
    assert.deepEqual(index.query('hi!'), [{ id: 'hi', similarity: 1 }]);
    assert.deepEqual(index.query('👍'), [{ id: 'emoji', similarity: 1 }]);
    assert.deepEqual(index.query('ho!'), []);
  });

  test('finds nothing for an empty text, and an empty text for nothing', () => {
    const index = createNearIndex(POLICY);
    index.add('empty', ' \u200b\n');
    assert.equal(index.size, 0);
    assert.deepEqual(index.query(''), []);
  });

  test('compares by characters where the policy says so', () => {
    const chars: NearPolicy = { shingle: { unit: 'chars', size: 5 }, threshold: 0.7 };
    const index = createNearIndex(chars);
    index.add('ja', '今日はとても良い天気なので公園を散歩しました');
    assert.equal(index.query('今日はとても良い天気なので公園を散歩したよ').length, 1);
  });

  test('is alike both ways round', () => {
    const sentence = fc
      .array(fc.constantFrom('red', 'green', 'blue', 'one', 'two', 'ab'), { maxLength: 25 })
      .map((list) => list.join(' '));
    const low: NearPolicy = { shingle: { unit: 'words', size: 2 }, threshold: 0.2 };
    fc.assert(
      fc.property(sentence, sentence, (a, b) => {
        assert.equal(nearSimilarity(a, b, low), nearSimilarity(b, a, low));
        const [one, two] = [createNearIndex(low), createNearIndex(low)];
        one.add('x', a);
        two.add('x', b);
        assert.deepEqual(one.query(b), two.query(a));
      }),
      { numRuns: 300 },
    );
  });

  test('grows past its first capacity without losing anybody', () => {
    const random = createRandom(5);
    const index = createNearIndex(POLICY);
    const texts = Array.from({ length: 500 }, () => words(random, 40).join(' '));
    texts.forEach((text, number) => index.add(String(number), text));
    texts.forEach((text, number) => assert.equal(index.query(text)[0]?.id, String(number)));
  });
});
