import { decodeSketches, encodeSketches, nearIdentity } from '../src/dedup/near-payload.js';
import { NEAR_INDEX_SEED, createNearIndex } from '../src/dedup/near-index.js';
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
import { comparedText } from '../src/ingest/comparison.js';
import type { Redactor } from '../src/ingest/redaction.js';
import { keys } from '../src/release/layout.js';
import { type NearIndex, type Placement, placedPrompts } from '../src/split/place.js';
import { readBytes, sha256Hex, writeBytes } from '../src/storage/objects.js';
import { createKernel } from '../src/text/kernel.js';
import type { StepContext } from './dependencies.js';

/** What a release has placed. */
export interface PlacedRelease {
  /** The release's digest. */
  readonly release: string;
  /** The version of the redactor that its prompts went through. */
  readonly redactor: string;
  readonly placements: readonly Placement[];
}

/** What a near index is opened for: the version of the redactor that new prompts have, and what all compare behind. */
export interface PromptRedactors {
  readonly own: string;
  readonly united: Redactor;
}

/**
 * An empty index that has the sketches of everything that releases have placed at hand. Prompts that went through
 * other redactors are compared behind the one that masks what any of them masks.
 */
export async function openNearIndex(
  context: Pick<StepContext, 'store' | 'warn'>,
  releases: readonly PlacedRelease[],
  policy: NearPolicy,
  { own, united }: PromptRedactors,
): Promise<SplitIndex> {
  const kernel = createKernel();
  const sketch = createPromptSketcher(policy, NEAR_INDEX_SEED, kernel);
  const compared = comparedPrompts(releases, united);
  const textOf = (prompt: string): string =>
    compared.get(prompt) ?? comparedText(prompt, own, united);
  const known = await placedSketches(context, releases, policy, { sketch, textOf, united });
  const index = createNearIndex(policy, {
    kernel,
    sketch: (text) => known.get(text) ?? sketch(text),
  });
  return {
    get cappedCount() {
      return index.cappedCount;
    },
    add: (prompt, list) => index.add(textOf(prompt), list),
    near: (prompt, list) => index.near(textOf(prompt), list),
  };
}

/** As placing asks for it, with how often there were more candidates than are compared. */
export interface SplitIndex extends NearIndex {
  readonly cappedCount: number;
}

/** What prompts of other redactors compare as. */
function comparedPrompts(
  releases: readonly PlacedRelease[],
  united: Redactor,
): ReadonlyMap<string, string> {
  const compared = new Map<string, string>();
  for (const { redactor, placements } of releases) {
    if (redactor === united.version) continue;
    for (const prompt of placedPrompts(placements)) {
      compared.set(prompt, comparedText(prompt, redactor, united));
    }
  }
  return compared;
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
  { sketch, textOf, united }: Sketching,
): Promise<ReadonlyMap<string, PromptSketch>> {
  const known = new Map<string, PromptSketch>();
  for (const { release, redactor, placements } of releases) {
    const prompts = placedPrompts(placements).map(textOf);
    if (prompts.length === 0) continue;
    const source = redactor === united.version ? release : `${release} behind ${united.version}`;
    const identity = nearIdentity(policy, NEAR_INDEX_SEED, source);
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

interface Sketching {
  readonly sketch: SketchPrompt;
  /** What a prompt is compared as. */
  readonly textOf: (prompt: string) => string;
  readonly united: Redactor;
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
