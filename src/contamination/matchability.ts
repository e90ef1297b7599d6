import type { ContaminationPolicy } from '../domain/shingle.js';
import { wordsOf } from '../text/words.js';
import { hasShingles, indexSamples } from './indexed-sample.js';
import type { IndexedText } from './indexed-text.js';
import { CONTAINED_SAMPLE_WORDS, HALF_RUN_WORDS, SHORT_SAMPLE_WORDS } from './policy.js';
import type { ContaminationSample } from './sample-fields.js';

/**
 * What can find a sample. `line`: only where it stands alone on a line; `whole`: wherever it stands whole;
 * `coverage`: with edits too; `run`: in part; `tokens`: by LLaMA-2's rule; `minhash`: by the similarity of
 * whole prompts; `answer`: by its reference alone; `options`: by its options alone; `unmatchable`: nothing can.
 */
export const PROTECTING_RULES = [
  'line',
  'whole',
  'coverage',
  'run',
  'tokens',
  'minhash',
  'answer',
  'options',
  'unmatchable',
] as const;
export type ProtectingRule = (typeof PROTECTING_RULES)[number];

/** What the rules can do for a set of samples. */
export interface Matchability {
  /** How many samples each rule can find, every rule named. */
  readonly coverage: Readonly<Record<ProtectingRule, number>>;
  /** Ids of samples that nothing can find, in the order of the samples. A set with one can't be frozen. */
  readonly unmatchable: readonly string[];
}

/** Whether anything of a prompt can be matched: whether it has a word. No policy finds one that has none. */
export function isMatchable(prompt: string): boolean {
  return wordsOf(prompt).count > 0;
}

/** Counts, for each rule, the samples that it can find. */
export function matchabilityOf(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): Matchability {
  return matchabilityOfIndexed(indexSamples(samples, policy).indexed, policy);
}

/** As `matchabilityOf`, of texts that are indexed already. */
export function matchabilityOfIndexed(
  texts: readonly IndexedText[],
  policy: ContaminationPolicy,
): Matchability {
  const coverage = Object.fromEntries(PROTECTING_RULES.map((rule) => [rule, 0])) as Record<
    ProtectingRule,
    number
  >;
  const unmatchable: string[] = [];
  for (const indexed of texts) {
    if (indexed.rawSpan !== null) continue;
    const rules = protectingRules(indexed, policy);
    for (const rule of rules) coverage[rule] += 1;
    if (rules.includes('unmatchable')) unmatchable.push(indexed.sample.id);
  }
  return { coverage, unmatchable };
}

/**
 * The rules that can find a sample by one of its texts. A prompt all of whose words are its set's template is
 * found whole only, an answer or a list of options that is one tells nothing.
 */
export function protectingRules(
  { field, raw, words, informativeCount }: IndexedText,
  policy: ContaminationPolicy,
): readonly ProtectingRule[] {
  if (field !== 'prompt') return informativeCount > 0 ? [field] : [];
  if (words.count === 0) return ['unmatchable'];
  if (words.count < CONTAINED_SAMPLE_WORDS) return ['line'];
  if (words.count < SHORT_SAMPLE_WORDS || informativeCount === 0) return ['whole'];
  const rules: ProtectingRule[] = ['whole', 'coverage'];
  if (informativeCount > policy.partialRunWords || words.count < HALF_RUN_WORDS) rules.push('run');
  if (informativeCount > policy.partialRunWords) rules.push('tokens');
  if (hasShingles(raw, words, policy)) rules.push('minhash');
  return rules;
}
