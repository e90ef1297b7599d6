import { createRequire } from 'node:module';
import { createSketcher } from '../../src/dedup/sketch.js';
import { createKernel } from '../../src/text/kernel.js';
import { createShingler } from '../../src/text/shingler.js';
import { jsonLines } from './near-accuracy.js';

interface Signature {
  readonly prime: number;
  readonly permA: readonly number[];
  update(item: string): void;
  hash(item: string): number;
}

interface Index {
  insert(key: string, signature: Signature): void;
  query(signature: Signature): readonly string[];
}

const { Minhash, LshIndex } = createRequire(import.meta.url)('minhash') as {
  readonly Minhash: new (options: { readonly numPerm: number; readonly seed: number }) => Signature;
  readonly LshIndex: new (options: { readonly bandSize: number }) => Index;
};

/** npm `minhash` as an engine, beside our sketch of as many slots. */
export interface MinhashFigures {
  /** Microseconds of processor time for a document's runs of five words, from the text to the signature. */
  readonly minhashMicroseconds: number;
  readonly sketchMicroseconds: number;
  readonly times: number;
  /** What its search answers for a signature of which no band was ever inserted. */
  readonly unseenBand: string;
  /** The largest product of its hash function, and whether doubles hold it exactly. */
  readonly largestProduct: number;
  readonly isExact: boolean;
}

const SLOTS = 128;
const DOCUMENTS = 100;

/** Measures on the first documents of a corpus; ours is given them many times over. */
export function measureMinhash(corpus: string): MinhashFigures {
  const texts = jsonLines<{ readonly text: string }>(corpus)
    .slice(0, DOCUMENTS)
    .map(({ text }) => text);
  const minhash = microseconds(texts.length, () => texts.forEach(signatureOf));
  const kernel = createKernel();
  const shingler = createShingler(kernel);
  const sketcher = createSketcher(kernel, 1, SLOTS);
  const repeats = 100;
  const sketch = (): void => {
    for (const text of texts) {
      shingler.read(text);
      sketcher.sketch(shingler.words(5));
    }
  };
  sketch();
  const ours = microseconds(texts.length * repeats, () => {
    for (let repeat = 0; repeat < repeats; repeat += 1) sketch();
  });
  const one = signatureOf(texts[0] ?? '');
  const largestProduct = Math.max(...one.permA) * one.hash('runs of five words here');
  return {
    minhashMicroseconds: minhash,
    sketchMicroseconds: ours,
    times: minhash / ours,
    unseenBand: queryUnseen(texts),
    largestProduct,
    isExact: largestProduct <= Number.MAX_SAFE_INTEGER,
  };
}

function signatureOf(text: string): Signature {
  const signature = new Minhash({ numPerm: SLOTS, seed: 1 });
  const words = text.split(/\s+/u);
  for (let start = 0; start + 5 <= words.length; start += 1) {
    signature.update(words.slice(start, start + 5).join(' '));
  }
  return signature;
}

function queryUnseen([first = '', second = '']: readonly string[]): string {
  const index = new LshIndex({ bandSize: 8 });
  index.insert('first', signatureOf(first));
  try {
    return `found ${index.query(signatureOf(second)).length}`;
  } catch (error) {
    return String(error);
  }
}

function microseconds(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
