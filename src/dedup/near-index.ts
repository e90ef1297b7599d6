import type { Kernel } from '../text/kernel.js';
import { NORMALISER_VERSION, normalise } from '../text/normalise.js';
import { createShingler } from '../text/shingler.js';
import { type BandChains, type Chain, createBandChains } from './band-chains.js';
import { chooseBands } from './bands.js';
import { candidatesOf } from './candidates.js';
import { type Lane, type NearPolicy, promptLanes } from './prompt-lanes.js';
import { type PromptSketch, type SketchPrompt, createPromptSketcher } from './prompt-sketch.js';
import { createSetCache } from './set-cache.js';
import { createSetComparison } from './shingle-sets.js';
import { SKETCH_SCHEME } from './sketch.js';

export { SHORT_TEXT_SHINGLE, SHORT_TEXT_WORDS } from './prompt-lanes.js';

/** Names everything that decides what a near index finds. */
export const DEDUP_INDEX_VERSION = `near/2 ${SKETCH_SCHEME} ${NORMALISER_VERSION}`;

/** Decides which pairs below certainty are looked at; never a similarity. */
export const NEAR_INDEX_SEED = 1;

export interface NearIndexOptions {
  readonly kernel: Kernel | null;
  /** Where sketches come from; made from the texts where left out. */
  readonly sketch?: SketchPrompt;
}

/** A text that was found near by its number, and how near exactly. */
export interface NearText {
  readonly entry: number;
  readonly similarity: number;
}

/** Texts that near-copies are looked for in, in lists that are asked for apart. Nothing is ever taken out. */
export interface NearIndex {
  readonly size: number;
  /** How often there were more candidates than are compared, and none of the first added was near. */
  readonly cappedCount: number;
  /** Adds a text to a list under the next number, from 0 on, whichever list it is. */
  add(text: string, list: number): void;
  /**
   * Texts of a list at or above the threshold, each compared when it is asked for. All come, and in the order of
   * adding, unless more than `CANDIDATE_LIMIT` texts look alike: then the first 32 of them do, and after those the
   * likeliest.
   */
  near(text: string, list: number): Generator<NearText, void, undefined>;
}

/**
 * Candidates come from MinHash bands chosen for a recall of 0.99 at the threshold; every one is verified by exact
 * Jaccard in the lane of `promptLanes` before it is returned. Texts without any shingles are compared by equality
 * after normalisation. A text without any characters after normalisation is near to nothing, itself included.
 */
export function createNearIndex(policy: NearPolicy, options: NearIndexOptions): NearIndex {
  const sketchOf = remembering(
    options.sketch ?? createPromptSketcher(policy, NEAR_INDEX_SEED, options.kernel),
  );
  const store = createEntries(policy);
  const compare = createComparison(policy, options.kernel, (entry) => store.text(entry));
  let cappedCount = 0;
  return {
    get size() {
      return store.size();
    },
    get cappedCount() {
      return cappedCount;
    },
    add: (text, list) => store.add(text, sketchOf(text), list),
    *near(text, list) {
      const sketch = sketchOf(text);
      if (sketch.kind === 'bare') {
        for (const entry of store.equals(text, list)) yield { entry, similarity: 1 };
        return;
      }
      const candidates = candidatesOf(() => store.chains(sketch, list));
      for (;;) {
        const { value, done } = candidates.next();
        if (done === true) {
          if (!value) cappedCount += 1;
          return;
        }
        const isShortPair = sketch.kind === 'short' || store.kind(value) === 'short';
        const similarity = compare(text, value, isShortPair ? 'short' : 'main');
        if (similarity > 0) yield { entry: value, similarity };
      }
    },
  };
}

/** A text is mostly asked for in several lists and then added. */
function remembering(sketchOf: SketchPrompt): SketchPrompt {
  let last: { readonly text: string; readonly sketch: PromptSketch } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, sketch: sketchOf(text) };
    return last.sketch;
  };
}

interface Entries {
  size(): number;
  text(entry: number): string;
  kind(entry: number): PromptSketch['kind'];
  add(text: string, sketch: PromptSketch, list: number): void;
  chains(sketch: PromptSketch, list: number): readonly Chain[];
  equals(text: string, list: number): readonly number[];
}

function createEntries(policy: NearPolicy): Entries {
  const bands = chooseBands(policy.threshold);
  const main: BandChains = createBandChains(bands);
  const short: BandChains = createBandChains(bands);
  const texts: string[] = [];
  const kinds: PromptSketch['kind'][] = [];
  const bare = new Map<string, number[]>();
  // Of a pair in the short lane one has to be short: those lie in lists of their own.
  const shortList = (list: number): number => 2 * list;
  const longList = (list: number): number => 2 * list + 1;
  const bareKey = (text: string, list: number): string => `${list} ${normalise(text).text}`;
  return {
    size: () => texts.length,
    text: (entry) => texts[entry] ?? '',
    kind: (entry) => kinds[entry] ?? 'empty',
    add(text, sketch, list) {
      const entry = texts.push(text) - 1;
      kinds.push(sketch.kind);
      if (sketch.main !== null) main.add(entry, sketch.main, list);
      if (sketch.short !== null) {
        const own = sketch.kind === 'short' ? shortList(list) : longList(list);
        short.add(entry, sketch.short, own);
      }
      if (sketch.kind !== 'bare') return;
      const key = bareKey(text, list);
      const equals = bare.get(key);
      if (equals === undefined) bare.set(key, [entry]);
      else equals.push(entry);
    },
    chains(sketch, list) {
      const found = sketch.main === null ? [] : [...main.chains(sketch.main, list)];
      if (sketch.short === null) return found;
      found.push(...short.chains(sketch.short, shortList(list)));
      if (sketch.kind === 'short') found.push(...short.chains(sketch.short, longList(list)));
      return found;
    },
    equals: (text, list) => bare.get(bareKey(text, list)) ?? [],
  };
}

/** The exact Jaccard of a text and an entry in a lane, or 0 below the threshold; a text is mostly compared with many. */
function createComparison(
  policy: NearPolicy,
  kernel: Kernel | null,
  textOf: (entry: number) => string,
): (text: string, entry: number, lane: Lane) => number {
  const lanes = promptLanes(policy);
  const shingler = createShingler(kernel);
  const [own, other] = [createSetComparison(), createSetComparison()];
  const sets = createSetCache();
  let loaded: { readonly text: string; readonly lane: Lane } | null = null;
  return (text, entry, lane) => {
    if (loaded?.text !== text || loaded.lane !== lane) {
      shingler.read(text);
      own.load(lanes.shingles(shingler, lane));
      loaded = { text, lane };
    }
    const set = sets.get(2 * entry + Number(lane === 'short'), () => {
      shingler.read(textOf(entry));
      return other.copyOf(lanes.shingles(shingler, lane));
    });
    return own.jaccardFrom(set, policy.threshold);
  };
}
