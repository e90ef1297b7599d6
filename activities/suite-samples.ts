import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import { type HoldoutUses, readHoldoutUses } from '../src/release/holdout-uses.js';
import { clustersOf } from '../src/split/clusters.js';
import type { Dependencies } from './dependencies.js';
import { createHeldReader, everyPlacement, freshHoldout } from './fresh-holdout.js';
import { openPool } from './pooled-holdout.js';
import { type AskedSuite, frozenSuite, HOLDOUT_SUITE } from './samples.js';
import { pooledUseTest } from './used-samples.js';
import { openWindow } from './window-state.js';

/** Whether a suite is an eval set, and not of this model's own holdout. */
export function isFrozen(suite: string): boolean {
  return suite.startsWith('frozen:');
}

/** `golden` of `frozen:golden`. */
export function setNameOf(suite: string): string {
  return suite.slice('frozen:'.length);
}

/**
 * The suite that a window's holdout is asked as. Where holdouts are pooled it is asked in the pool only: by itself it
 * would be looked at before its time.
 */
export function holdoutSuiteOf({ gate }: Configuration): string {
  return gate.superiorityOn === POOLED_SUITE ? POOLED_SUITE : HOLDOUT_SUITE;
}

/**
 * The samples of a suite, with whether their references may decide, and how many are not asked. What a pool was decided on
 * is asked in no holdout any more; `uses` are read anew where they are not given.
 */
export async function suiteSamples(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
  suite: string,
  uses?: HoldoutUses,
): Promise<AskedSuite> {
  if (isFrozen(suite)) {
    const { samples } = await frozenSuite(deps.store, configuration, setNameOf(suite));
    return {
      samples: samples.map((sample) => ({ sample, decisive: true })),
      notCompared: {},
    };
  }
  if (suite === POOLED_SUITE) return (await openPool(deps, configuration, input, uses)).suite;
  const state = await openWindow(deps.store, input);
  const own = await createHeldReader(deps, state).own(input);
  const clusters = clustersOf(everyPlacement(own));
  const fresh = freshHoldout(own, clusters, configuration.select.holdoutScorer);
  const isUsed = await pooledUseTest(
    deps,
    uses ?? (await readHoldoutUses(deps.store, input.model)),
  );
  return withoutUsed(fresh, isUsed);
}

function withoutUsed(
  { samples, notCompared }: AskedSuite,
  isUsed: (id: string) => boolean,
): AskedSuite {
  const left = samples.filter(({ sample }) => !isUsed(sample.id));
  const used = samples.length - left.length;
  return used === 0
    ? { samples, notCompared }
    : { samples: left, notCompared: { ...notCompared, used } };
}
