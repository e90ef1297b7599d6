import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex } from '../../src/contamination/sample-index.js';
import { createLineSkimmer } from '../../src/formats/skim.js';
import { createKernel } from '../../src/text/kernel.js';
import { wordsOf } from '../../src/text/words.js';

interface Counted {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => object;
}

/** How many programs `work` compiles, and how many memories they are given. */
function counted(work: () => void): { readonly compiled: number; readonly memories: number } {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: Counted };
  const { Module, Instance } = api;
  let [compiled, memories] = [0, 0];
  api.Module = new Proxy(Module, {
    construct(target, args: [Uint8Array]) {
      compiled += 1;
      return new target(...args);
    },
  });
  api.Instance = new Proxy(Instance, {
    construct(target, args: [object, object]) {
      memories += 1;
      return new target(...args);
    },
  });
  try {
    work();
  } finally {
    Object.assign(api, { Module, Instance });
  }
  return { compiled, memories };
}

function indexOf(prompt: string): ReturnType<typeof createSampleIndex> {
  return createSampleIndex(
    [{ set: 'eval', id: '1', prompt, options: [], reference: null }],
    POLICY,
  );
}

const ONE = 'the ferry leaves the northern harbour at seven with forty people and two small boats';
const OTHER = 'nobody in the village remembered who had planted the old tree behind the white mill';

describe('kernels', () => {
  test('are compiled once, with one memory for each index of samples, and each text is read as if alone', () => {
    const alone = [ONE, OTHER].map((text) => wordsOf(text));
    createKernel();
    const found: (readonly string[])[] = [];
    const counts = counted(() => {
      const indexes = [indexOf(ONE), indexOf(OTHER)];
      for (const text of [ONE, OTHER, ONE]) {
        for (const index of indexes) {
          const again = [ONE, OTHER].map((raw) => wordsOf(raw));
          found.push(index.scan({ id: 'e', parts: [text] }).map(({ match }) => match.level));
          assert.deepEqual(again, alone);
        }
      }
      for (const index of indexes) index.createCensus();
    });
    assert.deepEqual(found, [['verbatim'], [], [], ['verbatim'], ['verbatim'], []]);
    assert.deepEqual(counts, { compiled: 0, memories: 2 });
  });

  test('of lines are compiled once, too', () => {
    const names = [{ name: 'content', texts: true, numbers: false }];
    createLineSkimmer(names);
    const counts = counted(() => {
      for (let count = 0; count < 3; count += 1) createLineSkimmer(names);
    });
    assert.deepEqual(counts, { compiled: 0, memories: 3 });
  });
});
