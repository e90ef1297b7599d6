import { textHash } from '../../domain/text-hash.js';

/** A set of texts that takes the same memory however many they are, and may say of others that they are in it. */
export interface TextFilter {
  add(text: string): void;
  /** `false` only where the text was never added. */
  mayHave(text: string): boolean;
}

/** So many are simply held; a small window has no more. */
const HELD_TEXTS = 10_000;
/**
 * 4 MB beyond that. With `HASH_COUNT` bits for each text, one text in a hundred is taken for one that was added where
 * 2.6 million were, (1 - e^(-3 * 2.6 / 33.5))^3, and one in ten where 7 million were.
 */
const BIT_COUNT = 2 ** 25;
const HASH_COUNT = 3;
const WORD_BITS = 5;
const BIT_MASK = 31;

/** Makes an empty one. */
export function createTextFilter(heldTexts = HELD_TEXTS): TextFilter {
  let held: Set<string> | null = new Set();
  let bits: TextFilter | null = null;
  return {
    add(text) {
      if (bits !== null) return bits.add(text);
      held?.add(text);
      if (held === null || held.size <= heldTexts) return;
      bits = createBits();
      for (const each of held) bits.add(each);
      held = null;
    },
    mayHave(text) {
      if (held === null) return bits?.mayHave(text) ?? false;
      // Looking a text up takes its hash, even where there is nothing to find.
      return held.size > 0 && held.has(text);
    },
  };
}

/** A Bloom filter, its bits found by double hashing (Kirsch and Mitzenmacher, 2006). */
function createBits(): TextFilter {
  const words = new Uint32Array(BIT_COUNT >>> WORD_BITS);
  return {
    add(text) {
      const hash = textHash(text);
      const step = mixed(hash) | 1;
      let bit = mixed(hash + 1);
      for (let index = 0; index < HASH_COUNT; index += 1) {
        const word = (bit & (BIT_COUNT - 1)) >>> WORD_BITS;
        words[word] = (words[word] ?? 0) | (1 << (bit & BIT_MASK));
        bit += step;
      }
    },
    mayHave(text) {
      const hash = textHash(text);
      const step = mixed(hash) | 1;
      let bit = mixed(hash + 1);
      for (let index = 0; index < HASH_COUNT; index += 1) {
        const word = (bit & (BIT_COUNT - 1)) >>> WORD_BITS;
        if (((words[word] ?? 0) & (1 << (bit & BIT_MASK))) === 0) return false;
        bit += step;
      }
      return true;
    },
  };
}

/** The finalizer of MurmurHash3, a bijection of 32 bits. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
