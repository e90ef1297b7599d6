import { nearPairs, scanSuspects } from '../src/contamination/rephrase/scan-suspects.js';
import {
  type ContaminationSample,
  type ScannedExample,
  type UncountedMatches,
  byPlace,
  scanExamples,
} from '../src/contamination/scan-examples.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { type DetectionConfiguration, NO_DETECTION } from '../src/domain/detection.js';
import type { Finding } from '../src/domain/finding.js';
import { UNKNOWN_RULE, askTier, tiersOf } from './asking-tiers.js';
import type { StepContext } from './dependencies.js';

/**
 * Every match of the examples: by aligned words, and where it is configured the suspects beside them. A pair has
 * one finding; what the words suspect is not asked about. Of each part of the samples an example's nearest one is asked
 * about, and as many pairs as may be of one run: what a part is held against takes nothing from another.
 * `uncounted` is told what is seen and no finding.
 */
export async function findingsOf(
  context: StepContext,
  input: StepInput,
  configuration: Configuration,
  examples: readonly ScannedExample[],
  parts: readonly (readonly ContaminationSample[])[],
  uncounted: (matches: UncountedMatches) => void = () => undefined,
): Promise<readonly Finding[]> {
  const policy = configuration.contamination;
  const detection = detectionOf(configuration);
  const { lexical, targetRate } = detection.rephrasings;
  const options = { targetRate, policy };
  const samples = parts.flat();
  const findings = [...scanExamples(examples, samples, policy, uncounted)];
  if (lexical) findings.push(...scanSuspects(examples, samples, findings, options));
  const tiers = tiersOf(context, detection);
  const suspects = new Map<string, Finding>();
  const limits = { texts: examples.length, maximum: detection.tiers.maximumPairs };
  for (const part of tiers.length > 0 ? parts : []) {
    const pairs = nearPairs(examples, part, findings, options);
    for (const tier of tiers) {
      for (const finding of await askTier(context, input, tier, pairs, limits)) {
        const key = JSON.stringify([finding.exampleId, finding.sampleSet, finding.sampleId]);
        const known = suspects.get(key);
        if (known === undefined || isUnknown(known)) suspects.set(key, finding);
      }
    }
  }
  return [...findings, ...suspects.values()].sort(byPlace);
}

/**
 * For each row that is to be quarantined the first finding that says so; leaking rows go anyway. Where suspects
 * are left for review, rows that a tier could not tell of are quarantined still.
 */
export function suspectedRows(
  findings: readonly Finding[],
  leaking: ReadonlyMap<string, Finding>,
  configuration: Configuration,
): ReadonlyMap<string, Finding> {
  const isForReview = detectionOf(configuration).rephrasings.action === 'review';
  const suspected = new Map<string, Finding>();
  for (const finding of findings) {
    const { exampleId, level } = finding;
    if (level !== 'suspect' || leaking.has(exampleId) || suspected.has(exampleId)) continue;
    if (isForReview && !isUnknown(finding)) continue;
    suspected.set(exampleId, finding);
  }
  return suspected;
}

/** Whether a finding says only that a tier could not tell. */
export function isUnknown({ rules }: Finding): boolean {
  return rules.includes(UNKNOWN_RULE);
}

/** Whether models are asked, which may answer differently another time. */
export function asksModels(configuration: Configuration): boolean {
  const { embeddings, judge } = detectionOf(configuration).tiers;
  return embeddings !== undefined || judge !== undefined;
}

/** A stored configuration may be older than its section about detection. */
function detectionOf(configuration: Partial<Configuration>): DetectionConfiguration {
  return configuration.detection ?? NO_DETECTION;
}
