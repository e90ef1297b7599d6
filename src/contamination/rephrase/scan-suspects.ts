import type { Finding } from '../../domain/finding.js';
import type { ContaminationSample } from '../sample-fields.js';
import type { ScannedExample } from '../scanned-example.js';
import { type LexicalTierOptions, createLexicalTier } from './lexical-tier.js';

/**
 * Every (example, sample) pair that the lexical tier suspects, calibrated on these examples, sorted as they
 * come. Pairs among `findings` are known already: leaks are no background, and kin are no suspects.
 */
export function scanSuspects(
  examples: readonly ScannedExample[],
  samples: readonly ContaminationSample[],
  findings: readonly Finding[],
  options: LexicalTierOptions,
): readonly Finding[] {
  const tier = createLexicalTier(samples, options);
  const found = foundBy(findings, samples);
  for (const { id, parts } of examples) tier.observe(parts, found.get(id) ?? NONE);
  return examples.flatMap(({ id, parts }) =>
    tier.suspects(parts, found.get(id) ?? NONE).flatMap(({ sample, match }): Finding[] => {
      const own = samples[sample];
      return own === undefined
        ? []
        : [{ exampleId: id, sampleSet: own.set, sampleId: own.id, ...match }];
    }),
  );
}

/** A stretch of an example that words bring near to a sample. */
export interface NearPair {
  readonly exampleId: string;
  readonly sampleSet: string;
  readonly sampleId: string;
  readonly stretch: string;
  readonly prompt: string;
  /** The lexical tier's. */
  readonly score: number;
}

/** Log odds from which a pair is worth a model's look: a tenth of the train questions of GSM8K reach it. */
const NEAR_SCORE = -6;

/** For each example its nearest sample, where words bring one near that it is not known to match. */
export function nearPairs(
  examples: readonly ScannedExample[],
  samples: readonly ContaminationSample[],
  findings: readonly Finding[],
  options: LexicalTierOptions,
): readonly NearPair[] {
  const tier = createLexicalTier(samples, options);
  const found = foundBy(findings, samples);
  return examples.flatMap(({ id, parts }): NearPair[] => {
    const [best] = [...tier.nearest(parts, found.get(id) ?? NONE)].sort(
      (a, b) => b.score - a.score,
    );
    const own = samples[best?.sample ?? -1];
    if (best === undefined || own === undefined || best.score < NEAR_SCORE) return [];
    const { set: sampleSet, id: sampleId, prompt } = own;
    const { stretch, score } = best;
    return [{ exampleId: id, sampleSet, sampleId, stretch, prompt, score }];
  });
}

const NONE: ReadonlySet<number> = new Set();

/** The numbers of the samples that each example is known to match. */
function foundBy(
  findings: readonly Finding[],
  samples: readonly ContaminationSample[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const numbers = new Map(
    samples.map(({ set, id }, number) => [JSON.stringify([set, id]), number]),
  );
  const found = new Map<string, Set<number>>();
  for (const { exampleId, sampleSet, sampleId } of findings) {
    const number = numbers.get(JSON.stringify([sampleSet, sampleId]));
    if (number === undefined) continue;
    const own = found.get(exampleId) ?? new Set();
    found.set(exampleId, own.add(number));
  }
  return found;
}
