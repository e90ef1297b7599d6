import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex, type SampleIndex } from '../../src/contamination/sample-index.js';
import { assertNearLinear, SAMPLE, WILD_TEXTS } from '../support/wild-texts.js';

/** Units of the smaller text: a quadratic engine takes seconds for its words. */
const UNITS = 6_000;

function indexOf(...prompts: readonly string[]): SampleIndex {
  const samples = prompts.map((prompt, index) => ({
    set: 'eval',
    id: String(index),
    prompt,
    options: [],
    reference: null,
  }));
  return createSampleIndex(samples, POLICY);
}

describe('the scan costs about four times as much for four times', () => {
  for (const { what, make } of WILD_TEXTS) {
    test(`${what}, as a row, and finds the sample behind it`, () => {
      const index = indexOf(SAMPLE, make(1_500), 'the '.repeat(300));
      assertNearLinear(what, UNITS, (size) => {
        const parts = [make(size), `${make(size)}\n${SAMPLE}`];
        return () => {
          const found = index.scan({ id: 'row', parts });
          assert.equal(found.find(({ sample }) => sample === 0)?.match.level, 'verbatim');
        };
      });
    });

    test(`${what}, as a sample that stands in a row, whole and with an edit`, () => {
      assertNearLinear(what, UNITS, (size) => {
        const text = make(size);
        const edited = `${text.slice(0, size / 2)} unlike ${text.slice(size / 2)}`;
        return () => {
          const index = indexOf(SAMPLE, text);
          for (const row of [text, edited]) {
            for (const { match } of index.scan({ id: 'row', parts: [row] })) {
              assert.ok(match.coverage > 0 && match.coverage <= 1);
            }
          }
        };
      });
    });
  }
});

describe('samples alike', () => {
  test('are all found in a row of as many copies, at the cost of their number', () => {
    assertNearLinear('equal samples', 125, (size) => {
      const prompts = Array.from({ length: size }, () => SAMPLE);
      const [index, row] = [indexOf(...prompts), prompts.join('\n')];
      return () => {
        assert.equal(index.scan({ id: 'row', parts: [row] }).length, size);
      };
    });
  });

  test('of one template are all found in a row of all of them, at the cost of their number', () => {
    assertNearLinear('a template', 500, (size) => {
      const prompts = Array.from(
        { length: size },
        (_, town) => `Please say in one short sentence what the town of Place${town} is known for`,
      );
      const [index, row] = [indexOf(...prompts), prompts.join('\n')];
      return () => {
        assert.equal(index.scan({ id: 'row', parts: [row] }).length, size);
      };
    });
  });
});

describe('the scan', () => {
  test('takes ten million characters of one kind, and a hundred thousand empty rows', () => {
    const index = indexOf(SAMPLE, '?!');
    assert.deepEqual(index.scan({ id: 'long', parts: ['a'.repeat(10_000_000)] }), []);
    for (let row = 0; row < 100_000; row += 1) {
      assert.deepEqual(index.scan({ id: 'empty', parts: ['', ''] }), []);
    }
  });
});
