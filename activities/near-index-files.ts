import { decodeSketches, encodeSketches, nearIdentity } from '../src/dedup/near-payload.js';
import { type NearIndex, NEAR_INDEX_SEED, createNearIndex } from '../src/dedup/near-index.js';
import type { NearPolicy } from '../src/dedup/prompt-lanes.js';
import {
  type PromptSketch,
  type SketchPrompt,
  createPromptSketcher,
} from '../src/dedup/prompt-sketch.js';
import { DataError } from '../src/domain/errors.js';
import type { IndexHeader } from '../src/domain/index-file.js';
import { canonicalJson } from '../src/domain/json.js';
import { decodeIndexFile, encodeIndexFile } from '../src/formats/index-file.js';
import { keys } from '../src/release/layout.js';
import { type Placement, placedPrompts } from '../src/split/place.js';
import { readBytes, sha256Hex, writeBytes } from '../src/storage/objects.js';
import { createKernel } from '../src/text/kernel.js';
import type { StepContext } from './dependencies.js';

/** What a release has placed. */
export interface PlacedRelease {
  /** The release's digest. */
  readonly release: string;
  readonly placements: readonly Placement[];
}

/** An empty index that has the sketches of everything that releases have placed at hand. */
export async function openNearIndex(
  context: Pick<StepContext, 'store' | 'warn'>,
  releases: readonly PlacedRelease[],
  policy: NearPolicy,
): Promise<NearIndex> {
  const kernel = createKernel();
  const sketch = createPromptSketcher(policy, NEAR_INDEX_SEED, kernel);
  const known = await placedSketches(context, releases, policy, sketch);
  return createNearIndex(policy, { kernel, sketch: (text) => known.get(text) ?? sketch(text) });
}

/**
 * Sketches of all prompts that releases have placed, each release's from its index file; where there is none, they
 * are made and the file is written. A file that is damaged or of another kind is told of and left out: the sketches
 * are made anew, and never taken from it.
 */
async function placedSketches(
  context: Pick<StepContext, 'store' | 'warn'>,
  releases: readonly PlacedRelease[],
  policy: NearPolicy,
  sketch: SketchPrompt,
): Promise<ReadonlyMap<string, PromptSketch>> {
  const known = new Map<string, PromptSketch>();
  for (const { release, placements } of releases) {
    const prompts = placedPrompts(placements);
    if (prompts.length === 0) continue;
    const identity = nearIdentity(policy, NEAR_INDEX_SEED, release);
    const key = keys.index(identity.kind, sha256Hex(canonicalJson(identity)));
    const header = { ...identity, counts: { prompts: prompts.length } };
    const stored = await readSketches(context, key, header);
    const sketches = stored.kind === 'read' ? stored.sketches : prompts.map(sketch);
    if (stored.kind === 'absent') {
      const bytes = encodeIndexFile(header, encodeSketches(sketches));
      await writeBytes(context.store, key, bytes, prompts.length);
    }
    prompts.forEach((prompt, index) => {
      const own = sketches[index];
      if (own !== undefined) known.set(prompt, own);
    });
  }
  return known;
}

type StoredSketches =
  | { readonly kind: 'read'; readonly sketches: readonly PromptSketch[] }
  | { readonly kind: 'absent' | 'refused' };

async function readSketches(
  { store, warn }: Pick<StepContext, 'store' | 'warn'>,
  key: string,
  header: IndexHeader,
): Promise<StoredSketches> {
  if ((await store.head(key)) === null) return { kind: 'absent' };
  try {
    const payload = decodeIndexFile(await readBytes(store, key), header);
    const count = header.counts['prompts'] ?? 0;
    return { kind: 'read', sketches: decodeSketches(payload, count, header.bandCount) };
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'index-refused') throw error;
    const reason = `${error.message}; delete it, and it is made again`;
    warn({ event: 'index-refused', key, reason });
    return { kind: 'refused' };
  }
}
