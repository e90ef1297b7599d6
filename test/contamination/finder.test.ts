import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFinder, type Finder } from '../../src/contamination/finder.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createKernel } from '../../src/text/kernel.js';
import { createRandom } from '../support/random.js';

const random = createRandom(5);

/** Few words, some beyond ASCII, so that runs of every length are common. */
function textOf(count: number): string {
  const word = (): string => (random() < 0.05 ? 'é2,5' : `w${Math.floor(random() ** 2 * 40)}`);
  return Array.from({ length: count }, word).join(' ');
}

function foundBy(finder: Finder, texts: readonly string[]): unknown {
  return texts.map((text) => [finder.candidates(text), finder.sharedPlaces(), finder.text()]);
}

describe('candidates', () => {
  test('are the same without a kernel, and in one without room for what is sought', () => {
    const samples = Array.from({ length: 300 }, () => textOf(2 + Math.floor(random() * 40)));
    const texts = samples.map((own, index) => `${textOf(index % 50)} ${own} ${textOf(9)}`);
    const counts = samples.map((own) => own.split(' ').length);
    const finderOf = (make?: typeof createKernel): Finder =>
      createFinder(samples, counts, POLICY.shingle, make);
    const expected = foundBy(finderOf(), texts);
    const sizes = texts.map((text) => finderOf().candidates(text).length).slice(0, 20);
    assert.ok(sizes.every((size) => size > 0));
    assert.deepEqual(
      foundBy(
        finderOf(() => null),
        texts,
      ),
      expected,
    );
    const roomless: typeof createKernel = (sought = null) =>
      sought === null ? createKernel() : null;
    assert.deepEqual(foundBy(finderOf(roomless), texts), expected);
  });

  test('are looked for without the kernel where its memory is too small', () => {
    const sought = { tables: [], texts: new Int32Array(0), textCount: 2 ** 30 };
    assert.equal(createKernel(sought), null);
    assert.notEqual(createKernel(), null);
  });
});
