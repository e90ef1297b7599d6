import type { ShingleSet } from '../text/shingles.js';
import type { Words } from '../text/words.js';
import type { PlainText } from './plain-text.js';

/** A part of an example that no alignment crosses: a prompt, a turn, an answer. */
export interface ExamplePart {
  readonly raw: string;
  readonly words: Words;
  readonly ids: Int32Array;
  /** Where the part begins in the example's raw text. */
  readonly offset: number;
  /** The way back to the part's raw text where markup was taken out, else `null`. */
  readonly rawSpan: PlainText['rawSpan'] | null;
  /** The part's shingles, made when first asked for. */
  readonly shingles: () => ShingleSet;
}
