import type { Kernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import { bandKeys } from './band-chains.js';
import { type Bands, chooseBands } from './bands.js';
import { type Lane, type NearPolicy, promptLanes } from './prompt-lanes.js';
import { createSketcher } from './sketch.js';

/** What a near index keeps of a text: nothing that the text follows from. */
export interface PromptSketch {
  /** `empty`: nothing can be compared; `bare`: too short for shingles, so that equality is all there is. */
  readonly kind: 'empty' | 'bare' | 'short' | 'long';
  /** Keys of the bands by lane; `null` where the text takes no part in one. */
  readonly main: Uint32Array | null;
  readonly short: Uint32Array | null;
}

export type SketchPrompt = (text: string) => PromptSketch;

/** Sketches texts one by one, as every near index of this policy and seed needs them. */
export function createPromptSketcher(
  policy: NearPolicy,
  seed: number,
  kernel: Kernel | null,
): SketchPrompt {
  const bands: Bands = chooseBands(policy.threshold);
  const lanes = promptLanes(policy);
  const shingler = createShingler(kernel);
  const sketcher = createSketcher(kernel, seed, bands.bandCount * bands.rowCount);

  function keysOf(lane: Lane): Uint32Array | null {
    const shingles = lanes.shingles(shingler, lane);
    return shingles.count === 0 ? null : bandKeys(sketcher.sketch(shingles), bands);
  }

  return (text) => {
    const words = shingler.read(text);
    const isShort = lanes.isShort(words);
    const main = isShort ? null : keysOf('main');
    const short = lanes.meetsShort(words) ? keysOf('short') : null;
    if (main !== null || short !== null) return { kind: isShort ? 'short' : 'long', main, short };
    return { kind: shingler.normalised() === '' ? 'empty' : 'bare', main, short };
  };
}
