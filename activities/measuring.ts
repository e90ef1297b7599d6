import type { EvaluateResult } from '../src/domain/contracts.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference } from '../src/domain/manifest.js';
import type { Sample } from '../src/domain/sample.js';
import type { MeasuredUsage, UsagePair } from '../src/domain/usage.js';
import { usageKey } from '../src/evals/answer-cache.js';
import { pairUsage, type SampleUsage } from '../src/evals/usage-rows.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';

/** Writes down what a file of answers took, beside it; what was measured first counts. */
export async function keepUsage(
  store: ObjectStore,
  answersKey: string,
  rows: readonly SampleUsage[],
): Promise<void> {
  if (rows.length === 0) return;
  await store.putIfAbsent(usageKey(answersKey), Buffer.from(canonicalJson(rows)));
}

/** What champion and candidate took on a suite; none where one of them was not measured. */
export async function readUsage(
  store: ObjectStore,
  results: readonly EvaluateResult[],
  suite: string,
  samples: readonly Sample[],
): Promise<readonly UsagePair[]> {
  const of = async (role: EvaluateResult['role']): Promise<readonly SampleUsage[]> => {
    const found = results.find((result) => result.suite === suite && result.role === role);
    const reference = found?.answers ?? null;
    return reference === null ? [] : readSampleUsage(store, reference);
  };
  return pairUsage(samples, await of('champion'), await of('candidate'));
}

/** What each answer of a file took; none where nobody measured it. */
export async function readSampleUsage(
  store: ObjectStore,
  { key }: ObjectReference,
): Promise<readonly SampleUsage[]> {
  if ((await store.head(usageKey(key))) === null) return [];
  return readJson<readonly SampleUsage[]>(store, usageKey(key));
}

/** Writes down what a decision's answers took, for its report; nothing is decided by it. */
export async function keepDecisionUsage(
  store: ObjectStore,
  evidenceDigest: string,
  usage: MeasuredUsage,
): Promise<void> {
  if (Object.keys(usage).length === 0) return;
  await store.putIfAbsent(keys.usage(evidenceDigest), Buffer.from(canonicalJson(usage)));
}
