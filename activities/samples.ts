import type { Configuration } from '../src/domain/configuration.js';
import { DataError } from '../src/domain/errors.js';
import type { Example } from '../src/domain/record.js';
import type { Sample } from '../src/domain/sample.js';
import { loadEvalSet } from '../src/evals/eval-set.js';
import type { Placement } from '../src/split/place.js';
import type { ObjectStore } from '../src/storage/object-store.js';

/** The suite of this window's holdout; frozen sets are `frozen:<name>`. */
export const HOLDOUT_SUITE = 'holdout';

/** A sample that a suite asks, and whether its reference may decide. */
export interface SuiteSample {
  readonly sample: Sample;
  readonly decisive: boolean;
}

/** The frozen set's samples: their references were given by whoever froze them, for no model in particular. */
export async function frozenSamples(
  store: ObjectStore,
  configuration: Configuration,
  name: string,
): Promise<readonly Sample[]> {
  const set = configuration.evals.find((candidate) => candidate.name === name);
  if (set === undefined) {
    throw new DataError('eval-set-missing', `the configuration names no eval set "${name}"`);
  }
  return loadEvalSet(store, set);
}

/** A holdout example as a sample; its group is its cluster. */
export function toSample(example: Example): Sample {
  return {
    id: example.id,
    messages: example.messages,
    reference: example.answer,
    referenceOrigin: example.answerOrigin === 'model' ? 'confirmed' : example.answerOrigin,
    options: [],
    cluster: example.group,
  };
}

/**
 * The ids of holdout samples that are near-copies of an earlier window's holdout: seen, not fresh, so
 * they are not asked again.
 */
export function seenHoldout(
  placements: readonly Placement[],
  earlier: readonly Placement[],
): ReadonlySet<string> {
  const before = new Set(earlier.filter(({ side }) => side === 'holdout').map(({ id }) => id));
  return new Set(
    placements
      .filter(({ side, nearTo }) => side === 'holdout' && nearTo !== null && before.has(nearTo))
      .map(({ id }) => id),
  );
}
