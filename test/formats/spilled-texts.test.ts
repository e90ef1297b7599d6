import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSpilledTexts } from '../../src/formats/spilled-texts.js';

describe('spilled texts', () => {
  test('come back as they were, in any order and while others are added', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 3_000 }).map((length) => 'ö'.repeat(length)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.nat()), { maxLength: 120, size: 'max' }),
        fc.integer({ min: 1, max: 4_000 }),
        (added, heldBytes) => {
          const texts = createSpilledTexts(heldBytes);
          try {
            for (const [number, [each, other]] of added.entries()) {
              assert.equal(texts.add(each), number);
              const earlier = other % (number + 1);
              assert.equal(texts.at(earlier), added[earlier]?.[0]);
            }
            for (const [number, [each]] of added.entries()) assert.equal(texts.at(number), each);
          } finally {
            texts.close();
          }
        },
      ),
    );
  });

  test('that are many more than stay in memory are read, near each other and far apart', () => {
    const texts = createSpilledTexts(1_000);
    const all = Array.from({ length: 20_000 }, (_none, number) => String(number).repeat(10));
    for (const each of all) texts.add(each);
    for (let number = all.length - 1; number >= 0; number -= 1) {
      assert.equal(texts.at(number), all[number]);
      const far = (number * 7_919) % all.length;
      assert.equal(texts.at(far), all[far]);
    }
    texts.close();
  });
});
