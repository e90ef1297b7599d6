import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createNearIndex } from '../../src/dedup/near-index.js';
import { decodeSketches, encodeSketches } from '../../src/dedup/near-payload.js';
import { type PromptSketch, createPromptSketcher } from '../../src/dedup/prompt-sketch.js';
import { DataError } from '../../src/domain/errors.js';
import { createRandom } from '../support/random.js';

const POLICY = { shingle: { unit: 'words', size: 5 }, threshold: 0.5 } as const;
const BAND_COUNT = 35;

const lane = fc.option(fc.uint32Array({ minLength: 3, maxLength: 3 }));
const sketch: fc.Arbitrary<PromptSketch> = fc.record(
  { kind: fc.constantFrom('empty', 'bare', 'short', 'long'), main: lane, short: lane },
  { noNullPrototype: true },
);

describe('stored sketches', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(sketch), (sketches) => {
        const bytes = encodeSketches(sketches);
        assert.deepEqual(decodeSketches(bytes, sketches.length, 3), sketches);
      }),
    );
  });

  test('of another length are refused, and never an error of another kind', () => {
    const isRefusal = (error: unknown): boolean =>
      error instanceof DataError && error.code === 'index-refused';
    fc.assert(
      fc.property(fc.array(sketch, { minLength: 1 }), (sketches) => {
        const bytes = encodeSketches(sketches);
        for (let length = 0; length < bytes.length; length += 1) {
          const part = bytes.subarray(0, length);
          assert.throws(() => decodeSketches(part, sketches.length, 3), isRefusal);
        }
        const longer = Buffer.concat([bytes, Buffer.of(1)]);
        assert.throws(() => decodeSketches(longer, sketches.length, 3), isRefusal);
      }),
      { numRuns: 30 },
    );
  });

  test('find what sketches find that are made of the texts', () => {
    const random = createRandom(4);
    const texts = ['', 'ok', '👍 ﬁne', 'where is my invoice', 'うどんを食べたいです'];
    for (let count = 0; count < 300; count += 1) {
      const [old = ''] = texts.slice(-1);
      const words = Array.from({ length: 30 }, () => `w${Math.floor(random() * 200)}`);
      texts.push(random() < 0.5 ? `${old} more` : words.join(' '));
    }
    const make = createPromptSketcher(POLICY, 1, null);
    const stored = decodeSketches(encodeSketches(texts.map(make)), texts.length, BAND_COUNT);
    const known = new Map(texts.map((text, index) => [text, stored[index] ?? make('')]));
    const [plain, loaded] = [
      createNearIndex(POLICY, { kernel: null }),
      createNearIndex(POLICY, { kernel: null, sketch: (text) => known.get(text) ?? make('') }),
    ];
    let found = 0;
    for (const text of texts) {
      const near = [...plain.near(text, 0)];
      assert.deepEqual([...loaded.near(text, 0)], near);
      found += near.length;
      plain.add(text, 0);
      loaded.add(text, 0);
    }
    assert.ok(found > 100);
  });
});
