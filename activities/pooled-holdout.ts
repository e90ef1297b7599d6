import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { invariant } from '../src/domain/errors.js';
import { type HoldoutPool, POOLED_SUITE } from '../src/domain/pool.js';
import type { Example } from '../src/domain/record.js';
import type { Sample } from '../src/domain/sample.js';
import type { Scorer } from '../src/domain/scorer.js';
import { scorerComplaint } from '../src/evals/scorers/scorer.js';
import { clustersBySize, poolStanding } from '../src/gate/pool.js';
import { type HoldoutUses, readHoldoutUses } from '../src/release/holdout-uses.js';
import { clustersOf } from '../src/split/clusters.js';
import type { Dependencies } from './dependencies.js';
import {
  createHeldReader,
  everyPlacement,
  freshHoldout,
  type HeldWindow,
} from './fresh-holdout.js';
import { hitsInSuite } from './hits-in-suite.js';
import { optOutTestOf } from './opt-outs.js';
import { poolSamples, type PoolRules } from './pooled-samples.js';
import { type AskedSuite, holdoutSuite, type SuiteSample } from './samples.js';
import { unrecordedSamples, usedSamples } from './used-samples.js';
import { openWindow, type WindowState } from './window-state.js';

/** The fresh holdouts of a window and of those before it that no decision has looked at. */
export interface OpenedPool {
  readonly suite: AskedSuite;
  readonly pool: HoldoutPool;
}

/**
 * Pools this window's fresh holdout with those of earlier windows, as far back as the configuration says. What a decision
 * has looked at is left out, whatever it came to; that of this very attempt of the window takes nothing from it, unless
 * `uses` are given, of which all count. Between one call and the next a pool only loses samples.
 */
export async function openPool(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
  uses?: HoldoutUses,
): Promise<OpenedPool> {
  const { gate, select } = configuration;
  invariant(gate.pool !== undefined, 'holdouts are pooled, and it is not said when they decide');
  const state = await openWindow(deps.store, input);
  const windows = await readWindows(deps, state, input, gate.pool.windows);
  const own = windows.at(-1);
  invariant(own !== undefined, 'a pool has its own window');
  const clusters = clustersOf(everyPlacement(own));
  const fresh = windows.map((held) => ({
    window: held.window,
    suite: freshHoldout(held, clusters, select.holdoutScorer),
  }));
  const { unclean } = await hitsInSuite(deps, input, POOLED_SUITE);
  const used = await usedIn(deps, state, input, windows[0]?.window ?? own.window, uses);
  const pooled = poolSamples(fresh, {
    isUsed: (id) => used.has(id),
    asItStands: await standingSamples(deps, state, windows, clusters),
    isClean: (id) => !unclean.has(id),
  });
  const ofSize = clustersBySize(pooled.deciding.map(({ sample }) => sample));
  const pool: HoldoutPool = {
    span: windows.length,
    windows: pooled.windows,
    clusters: ofSize,
    leftOut: pooled.suite.notCompared,
    ...poolStanding({ clusters: ofSize }, gate),
  };
  return { suite: pooled.suite, pool };
}

/** The windows that a pool reaches over, oldest first, the one that is measured last. */
async function readWindows(
  deps: Dependencies,
  state: WindowState,
  input: StepInput,
  most: number,
): Promise<readonly HeldWindow[]> {
  const reader = createHeldReader(deps, state);
  const windows: HeldWindow[] = [];
  for (const release of state.ancestors.slice(-(most - 1))) {
    windows.push(await reader.ancestor(release));
  }
  return [...windows, await reader.own(input)];
}

async function usedIn(
  deps: Dependencies,
  state: WindowState,
  { model, manifestKey }: StepInput,
  since: string,
  given?: HoldoutUses,
): Promise<ReadonlySet<string>> {
  const uses = given ?? (await readHoldoutUses(deps.store, model));
  const others =
    given === undefined
      ? uses.entries.filter(({ attempt }) => attempt !== manifestKey)
      : uses.entries;
  return new Set([
    ...(await usedSamples(deps, state, others, since)),
    ...(await unrecordedSamples(deps, state, uses, since)),
  ]);
}

/**
 * What a sample is asked as by now: a later window may have revised it, withdrawn its consent, or found nothing in it to
 * ask any more, and whoever is in it may have opted out.
 */
async function standingSamples(
  deps: Dependencies,
  state: WindowState,
  windows: readonly HeldWindow[],
  clusters: ReadonlyMap<string, string>,
): Promise<PoolRules['asItStands']> {
  const isOptedOut = await optOutTestOf(deps, state.manifest);
  const newest = new Map<string, { readonly window: string; readonly example: Example }>();
  const latest = new Map<string, HeldWindow['placements'][number]>();
  for (const { window, holdout, placements } of windows) {
    for (const example of holdout) newest.set(example.id, { window, example });
    for (const placement of placements) latest.set(placement.id, placement);
  }
  const { holdoutScorer } = state.configuration.select;
  return (id): SuiteSample | string => {
    const held = newest.get(id);
    invariant(held !== undefined, `sample ${id} is pooled, and no window holds it out`);
    const record = held.example.recordId ?? id;
    const placement = latest.get(record);
    const { user = null, calls = [] } = placement ?? {};
    if ([record, ...calls].some((each) => isOptedOut({ id: each, user }))) return 'opted-out';
    if (placement?.by === 'retraction') return 'withdrawn';
    if (placement !== undefined && placement.window !== held.window) return 'revised';
    const { samples } = holdoutSuite([held.example], new Set(), clusters, holdoutScorer);
    const [found] = samples;
    if (found === undefined) return 'no-reference';
    return isScorable(found.sample, holdoutScorer) ? found : 'unscorable';
  };
}

/** Whether an answer can be held against the sample's reference; one that can't would be asked, and never be scored. */
function isScorable({ scorer, reference, options }: Sample, ofHoldout: Scorer): boolean {
  const own = scorer ?? ofHoldout;
  if (own === 'judge') return true;
  return reference !== null && scorerComplaint(own, { reference, options }) === null;
}
