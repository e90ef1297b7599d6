import type { ContaminationPolicy } from '../../domain/shingle.js';
import type { ContaminationSample } from '../sample-fields.js';
import type { SampleMatch } from '../found-match.js';
import { suspectMatch } from './evidence.js';
import { type RephraseCandidate, createRephraseIndex } from './rephrase-index.js';
import {
  LEAST_THRESHOLD,
  REPHRASING_WEIGHTS,
  SCORE_RANGE,
  type ScoreWeights,
  scoreOf,
} from './score.js';
import { type Threshold, type Thresholds, createThresholds } from './thresholds.js';

/** A sample and how likely a text says it in other words. */
export interface ScoredSample {
  readonly sample: number;
  /** Log odds, see `scoreOf`. */
  readonly score: number;
  /** The stretch of the text that comes near to it. */
  readonly stretch: string;
}

export interface LexicalTierOptions {
  /** Share of a clean log's texts that may be called suspects of one set, above 0. */
  readonly targetRate: number;
  readonly policy: ContaminationPolicy;
  readonly weights?: ScoreWeights;
}

/**
 * Looks for samples in other words, without a model. Every text is observed first, which calibrates, and then
 * every text is scanned. `found` are the samples that the text is known to match at some level: leaks are no
 * background, and kin are no suspects.
 */
export interface LexicalTier {
  /** Takes a text into the background; whether it may be a suspect, whatever the thresholds will be. */
  observe(parts: readonly string[], found: ReadonlySet<number>): boolean;
  /**
   * The samples that the text is suspected to rephrase, at level `suspect`, ascending. Where each has a number that
   * the other has not, the text is a twin with other numbers and no suspect, however alike they are.
   */
  suspects(parts: readonly string[], found: ReadonlySet<number>): readonly SampleMatch[];
  /** The samples nearest to the text, each at its best score, whatever that is; ascending. */
  nearest(parts: readonly string[], found: ReadonlySet<number>): readonly ScoredSample[];
  /** By set. */
  thresholds(): ReadonlyMap<string, Threshold>;
}

interface Scored {
  readonly sample: number;
  readonly score: number;
  readonly part: number;
  readonly candidate: RephraseCandidate;
}

/** Most samples of one set whose scores against each other are taken. */
const COMPARED_SAMPLES = 2_000;

export function createLexicalTier(
  samples: readonly ContaminationSample[],
  { targetRate, policy, weights = REPHRASING_WEIGHTS }: LexicalTierOptions,
): LexicalTier {
  const prompts = samples.map(({ prompt }) => prompt);
  const index = createRephraseIndex(prompts);
  const groups = samples.map(({ set }) => groupOf(set));
  const thresholds = createThresholds(new Set(groups), targetRate);

  function scored(parts: readonly string[], found: ReadonlySet<number>): readonly Scored[] {
    const best = new Map<number, Scored>();
    parts.forEach((raw, part) => {
      for (const candidate of index.candidates(raw)) {
        const { sample } = candidate;
        if (found.has(sample)) continue;
        const score = scoreOf(candidate.features, weights);
        if (score <= (best.get(sample)?.score ?? -Infinity)) continue;
        best.set(sample, { sample, score, part, candidate });
      }
    });
    return [...best.values()].sort((a, b) => a.sample - b.sample);
  }

  /** The best score in each group, the lowest where there is none. */
  function bestByGroup(parts: readonly string[], found: ReadonlySet<number>): Map<string, number> {
    const best = new Map<string, number>();
    for (const group of thresholds.groups()) best.set(group, SCORE_RANGE.from);
    for (const { sample, score } of scored(parts, found)) {
      const group = groups[sample] ?? '';
      best.set(group, Math.max(best.get(group) ?? SCORE_RANGE.from, score));
    }
    return best;
  }

  compareSamples(groups, thresholds, (sample) =>
    bestByGroup([prompts[sample] ?? ''], new Set([sample])),
  );
  return {
    observe(parts, found) {
      const best = bestByGroup(parts, found);
      for (const [group, score] of best) thresholds.observe(group, score);
      return [...best.values()].some((score) => score >= LEAST_THRESHOLD);
    },
    suspects(parts, found) {
      return scored(parts, found)
        .filter(({ candidate }) => !candidate.areNumbersExchanged)
        .filter(({ sample, score }) => score >= thresholds.of(groups[sample] ?? '').score)
        .map(({ sample, score, part, candidate }): SampleMatch => {
          const own = {
            raw: prompts[sample] ?? '',
            sample: index.samples[sample],
            isFunctionWord: (id: number) => index.isFunctionWord(id),
          };
          return { sample, match: suspectMatch(parts, part, candidate, own, score, policy) };
        });
    },
    nearest: (parts, found) =>
      scored(parts, found).map(({ sample, score, part, candidate }) => ({
        sample,
        score,
        stretch: stretchOf(parts[part] ?? '', candidate),
      })),
    thresholds: () =>
      new Map([...thresholds.groups()].map((group) => [group, thresholds.of(group)])),
  };
}

function stretchOf(raw: string, { terms, window }: RephraseCandidate): string {
  return raw.slice(terms.starts[window.from], terms.ends[window.to - 1]);
}

/** Holdout is of one kind, whichever window it is of. */
function groupOf(set: string): string {
  return set.startsWith('holdout:') ? 'holdout' : set;
}

/** Holds samples of each group, evenly chosen where there are many, against all others of the group. */
function compareSamples(
  groups: readonly string[],
  thresholds: Thresholds,
  bestByGroup: (sample: number) => ReadonlyMap<string, number>,
): void {
  const members = new Map<string, number[]>();
  groups.forEach((group, sample) => {
    members.set(group, [...(members.get(group) ?? []), sample]);
  });
  for (const [group, own] of members) {
    const step = Math.max(1, Math.ceil(own.length / COMPARED_SAMPLES));
    for (let at = 0; at < own.length; at += step) {
      const score = bestByGroup(own[at] ?? 0).get(group);
      thresholds.observeSample(group, score ?? SCORE_RANGE.from);
    }
  }
}
