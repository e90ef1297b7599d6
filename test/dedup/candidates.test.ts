import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { type BandChains, createBandChains } from '../../src/dedup/band-chains.js';
import { CANDIDATE_LIMIT, candidatesOf } from '../../src/dedup/candidates.js';

const BANDS = { bandCount: 3, rowCount: 1 };
const LIST = 0;

function chainsOf(documents: readonly (readonly number[])[]): BandChains {
  const chains = createBandChains(BANDS);
  documents.forEach((keys, document) => chains.add(document, Uint32Array.from(keys), LIST));
  return chains;
}

function candidates(
  chains: BandChains,
  keys: readonly number[],
  list = LIST,
): { readonly documents: readonly number[]; readonly isWhole: boolean } {
  const search = candidatesOf(() => chains.chains(Uint32Array.from(keys), list));
  const documents: number[] = [];
  for (;;) {
    const { value, done } = search.next();
    if (done === true) return { documents, isWhole: value };
    documents.push(value);
  }
}

describe('candidates', () => {
  test('are all documents that share a band, each once, in the order of adding', () => {
    const key = fc.integer({ min: 0, max: 5 });
    const keys = fc.tuple(key, key, key);
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 200 }), keys, (documents, asked) => {
        const expected = [...documents.keys()].filter((document) =>
          documents[document]?.some((own, band) => own === asked[band]),
        );
        const found = candidates(chainsOf(documents), asked);
        assert.deepEqual(found, { documents: expected, isWhole: true });
      }),
    );
  });

  test('are the first added and then those of the rarest bands, where there are too many', () => {
    const documents = Array.from({ length: 2_000 }, (_, document) => [
      7,
      document % 8 === 0 ? 8 : document,
      document >= 1_990 ? 9 : document,
    ]);
    const { documents: found, isWhole } = candidates(chainsOf(documents), [7, 8, 9]);
    assert.equal(isWhole, false);
    assert.equal(found.length, CANDIDATE_LIMIT);
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(found.slice(0, 32), [...documents.keys()].slice(0, 32));
    const rare = Array.from({ length: 10 }, (_, index) => 1_990 + index);
    assert.deepEqual(found.slice(32, 42), rare);
    // Behind the rarest band the next rarest, from its first on.
    assert.deepEqual(found.slice(42, 45), [32, 40, 48]);
  });

  test('of another list are not found', () => {
    const chains = chainsOf([[1, 2, 3]]);
    assert.deepEqual(candidates(chains, [1, 2, 3]).documents, [0]);
    assert.deepEqual(candidates(chains, [1, 2, 3], 1).documents, []);
  });
});
