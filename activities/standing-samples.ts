import { invariant } from '../src/domain/errors.js';
import type { Example } from '../src/domain/record.js';
import type { Sample } from '../src/domain/sample.js';
import type { Scorer } from '../src/domain/scorer.js';
import { scorerComplaint } from '../src/evals/scorers/scorer.js';
import type { Placement } from '../src/split/place.js';
import type { Dependencies } from './dependencies.js';
import { everyPlacement, type HeldWindow } from './fresh-holdout.js';
import { optOutTestOf } from './opt-outs.js';
import type { PoolRules } from './pooled-samples.js';
import { holdoutSuite, seenHoldout, type SuiteSample } from './samples.js';
import type { WindowState } from './window-state.js';

/**
 * What a pooled sample is asked as by now, `windows` oldest first: a later window may have revised it, withdrawn its
 * consent, or found nothing in it to ask any more, its new text may be near to what was held out before, and whoever is in
 * any version of it may have opted out.
 */
export async function standingSamples(
  deps: Dependencies,
  state: WindowState,
  windows: readonly HeldWindow[],
  clusters: ReadonlyMap<string, string>,
): Promise<PoolRules['asItStands']> {
  const isOptedOut = await optOutTestOf(deps, state.manifest);
  const newest = new Map<string, { readonly window: string; readonly example: Example }>();
  const latest = new Map<string, Placement>();
  for (const { window, holdout, placements } of windows) {
    for (const example of holdout) newest.set(example.id, { window, example });
    for (const placement of placements) latest.set(placement.id, placement);
  }
  const versions = versionsOf(windows);
  const near = nearByNow(windows);
  const { holdoutScorer } = state.configuration.select;
  return (id): SuiteSample | string => {
    const held = newest.get(id);
    invariant(held !== undefined, `sample ${id} is pooled, and no window holds it out`);
    const record = held.example.recordId ?? id;
    const everyone = (versions.get(record) ?? []).flatMap(({ user = null, calls = [] }) =>
      [record, ...calls].map((each) => ({ id: each, user })),
    );
    if ([{ id: record, user: null }, ...everyone].some(isOptedOut)) return 'opted-out';
    const placement = latest.get(record);
    if (placement?.by === 'retraction') return 'withdrawn';
    if (placement !== undefined && placement.window !== held.window) return 'revised';
    if (near.has(record)) return 'seen';
    const { samples } = holdoutSuite([held.example], new Set(), clusters, holdoutScorer);
    const [found] = samples;
    if (found === undefined) return 'no-reference';
    return isScorable(found.sample, holdoutScorer) ? found : 'unscorable';
  };
}

/** How every held-out record was placed, each time: a version may name a user that a later one does not. */
function versionsOf(windows: readonly HeldWindow[]): ReadonlyMap<string, readonly Placement[]> {
  const versions = new Map<string, Placement[]>();
  const own = windows.at(-1);
  for (const placement of own === undefined ? [] : everyPlacement(own)) {
    if (placement.side !== 'holdout') continue;
    const known = versions.get(placement.id);
    if (known === undefined) versions.set(placement.id, [placement]);
    else known.push(placement);
  }
  return versions;
}

/**
 * The records whose text of today was near to an earlier window's holdout when it was given. Where a version has the
 * prompt of the one before, it is near to nothing new: what came in one window with its near-copy stays beside it.
 */
function nearByNow(windows: readonly HeldWindow[]): ReadonlySet<string> {
  const near = new Set<string>();
  const prompts = new Map<string, string>();
  for (const { placements, earlier } of windows) {
    const seen = seenHoldout(placements, earlier, new Set());
    for (const { id, side, prompt } of placements) {
      if (side !== 'holdout' || prompts.get(id) === prompt) continue;
      prompts.set(id, prompt);
      if (seen.has(id)) near.add(id);
      else near.delete(id);
    }
  }
  return near;
}

/** Whether an answer can be held against the sample's reference; one that can't would be asked, and never be scored. */
function isScorable({ scorer, reference, options }: Sample, ofHoldout: Scorer): boolean {
  const own = scorer ?? ofHoldout;
  if (own === 'judge') return true;
  return reference !== null && scorerComplaint(own, { reference, options }) === null;
}
