import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { invariant } from '../src/domain/errors.js';
import { type HoldoutPool, POOLED_SUITE } from '../src/domain/pool.js';
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
import { poolSamples, type PoolRules } from './pooled-samples.js';
import { namedAlike } from './named-alike.js';
import type { AskedSuite } from './samples.js';
import { standingSamples } from './standing-samples.js';
import { usedTest } from './used-samples.js';
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
  const pooled = poolSamples(fresh, {
    isUsed: await isUsedIn(deps, state, input, uses),
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
  return namedAlike([...windows, await reader.own(input)], deps.splitKey);
}

async function isUsedIn(
  deps: Dependencies,
  state: WindowState,
  { model, manifestKey }: StepInput,
  given?: HoldoutUses,
): Promise<PoolRules['isUsed']> {
  const uses = given ?? (await readHoldoutUses(deps.store, model));
  const others = uses.entries.filter(({ attempt }) => attempt !== manifestKey);
  return usedTest(deps, state, uses, given === undefined ? others : uses.entries);
}
