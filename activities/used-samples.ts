import type { Evidence } from '../src/domain/gate.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import type { Example } from '../src/domain/record.js';
import { severalAtOnce } from '../src/domain/several-at-once.js';
import { readFate, type StoredRelease } from '../src/release/chain.js';
import type { HoldoutUse, HoldoutUses } from '../src/release/holdout-uses.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import type { WindowState } from './window-state.js';
import { namesOf } from './named-alike.js';
import { readReleaseFile } from './window-state.js';

/** How many decisions' evidence is read at a time: each holds every score of a window. */
const EVIDENCE_AT_ONCE = 8;

/**
 * Whether a decision has looked at a holdout sample, whatever it came to: whether its evidence has a score of it. Of
 * releases that were decided on before decisions were written down it is all that they hold out. However old a decision is,
 * it counts: a reopened window may drop a sample, and a much later one bring it again. A sample is known by its id and by
 * the hash that stands for it where ids like it are masked, so that it is the same under any redactor.
 */
export async function usedTest(
  deps: Dependencies,
  state: WindowState,
  uses: HoldoutUses,
  counted: readonly HoldoutUse[],
): Promise<(id: string) => boolean> {
  const ids = await Promise.all([
    severalAtOnce(EVIDENCE_AT_ONCE, counted, (entry) => scoredSamples(deps, entry, entry.suites)),
    unrecordedSamples(deps, state, uses),
  ]);
  return knownUnder(deps, ids.flat(2));
}

/**
 * Whether a decision on a pool has looked at a sample. A window that is reopened measures its own holdout again where no
 * pool had it; what one had stays used, or whoever reopens without a pool could decide on it a second time.
 */
export async function pooledUseTest(
  deps: Dependencies,
  uses: HoldoutUses,
): Promise<(id: string) => boolean> {
  const pooled = uses.entries.filter(({ suites }) => suites.includes(POOLED_SUITE));
  const ids = await severalAtOnce(EVIDENCE_AT_ONCE, pooled, (entry) =>
    scoredSamples(deps, entry, [POOLED_SUITE]),
  );
  return knownUnder(deps, ids.flat());
}

function knownUnder({ splitKey }: Dependencies, ids: readonly string[]): (id: string) => boolean {
  const known = new Set(ids.flatMap((id) => namesOf(id, splitKey)));
  return (id) => known.size > 0 && namesOf(id, splitKey).some((name) => known.has(name));
}

/** The ids of what was held out by releases that were decided on, though no decision on them is written down. */
async function unrecordedSamples(
  deps: Dependencies,
  state: WindowState,
  { entries }: HoldoutUses,
): Promise<readonly string[]> {
  const recorded = new Set(entries.map(({ release }) => release));
  const used: string[] = [];
  for (const stored of [...state.ancestors, ...state.replaced]) {
    if (recorded.has(stored.release) || !(await isDecided(deps, state, stored))) continue;
    const held = await readReleaseFile<Example>(deps.store, stored, 'holdout');
    used.push(...held.map(({ id }) => id));
  }
  return used;
}

async function scoredSamples(
  { store }: Dependencies,
  { evidence }: HoldoutUse,
  suites: readonly string[],
): Promise<readonly string[]> {
  if (suites.length === 0) return [];
  const { scores } = await readJson<Evidence>(store, keys.evidence(evidence));
  return suites.flatMap((suite) => (scores[suite] ?? []).map(({ sampleId }) => sampleId));
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
