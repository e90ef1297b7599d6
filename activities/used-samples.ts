import type { Evidence } from '../src/domain/gate.js';
import type { ReleaseManifest } from '../src/domain/manifest.js';
import type { Example } from '../src/domain/record.js';
import { readFate, type StoredRelease } from '../src/release/chain.js';
import type { HoldoutUse, HoldoutUses } from '../src/release/holdout-uses.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { carryOverFrom } from './generation.js';
import type { WindowState } from './window-state.js';
import { readReleaseFile } from './window-state.js';

/**
 * The ids of holdout samples of the window `since` and later ones that a decision has looked at, whatever it came to:
 * those that its evidence has scores of. Of releases that were decided on before decisions were written down it is all
 * that they hold out.
 */
export async function usedSamples(
  deps: Dependencies,
  state: WindowState,
  entries: readonly HoldoutUse[],
  since: string,
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const entry of entries) {
    if (entry.window < since || entry.suites.length === 0) continue;
    for (const id of await scoredSamples(deps, state, entry)) used.add(id);
  }
  return used;
}

/** The ids of what was held out by releases that were decided on, though no decision on them is written down. */
export async function unrecordedSamples(
  deps: Dependencies,
  state: WindowState,
  { entries }: HoldoutUses,
  since: string,
): Promise<ReadonlySet<string>> {
  const known = new Set(entries.map(({ release }) => release));
  const used = new Set<string>();
  for (const stored of [...state.ancestors, ...state.replaced]) {
    if (stored.manifest.window.id < since || known.has(stored.release)) continue;
    if (!(await isDecided(deps, state, stored))) continue;
    const carry = carryOverFrom(deps, state, stored);
    const held = await readReleaseFile<Example>(deps.store, stored, 'holdout');
    for (const { id } of held) used.add(carry?.id(id) ?? id);
  }
  return used;
}

async function scoredSamples(
  deps: Dependencies,
  state: WindowState,
  { evidence: digest, release, suites }: HoldoutUse,
): Promise<readonly string[]> {
  const { scores } = await readJson<Evidence>(deps.store, keys.evidence(digest));
  const manifest = await readJson<ReleaseManifest>(deps.store, keys.release(release));
  const carry = carryOverFrom(deps, state, { release, manifest });
  const ids = suites.flatMap((suite) => (scores[suite] ?? []).map(({ sampleId }) => sampleId));
  return carry === null ? ids : ids.map(carry.id);
}

async function isDecided(
  { store }: Dependencies,
  { manifest: { model } }: WindowState,
  { release, manifest }: StoredRelease,
): Promise<boolean> {
  if (manifest.skippedBecause !== null) return false;
  const fate = await readFate(store, model, release);
  return fate !== 'untrained' && fate !== 'skipped';
}
