import type {
  AskedRivals,
  Comparison,
  GateCheck,
  GatePolicy,
  PairedScore,
  RivalResult,
  SuiteResult,
} from '../domain/gate.js';
import { compare } from './compare.js';
import { type BoundRules, MARGIN_RULES, withoutLost } from './margin-bound.js';
import { grouped, samplesThatDecide } from './outlook.js';
import { countedText, distance, points } from './sentences.js';

/** A rival that answered enough to be compared. */
interface MeasuredRival extends RivalResult {
  readonly againstChampion: Comparison;
  readonly againstCandidate: Comparison;
}

/** What prompting comes to beside training, and by which of the rivals. */
export interface PromptingVerdict {
  readonly kind: 'training' | 'prompting' | 'open';
  readonly rival: MeasuredRival;
}

/**
 * Compares the champion with examples in its prompt to itself without and to the candidate, on the clean part. Clean holds
 * for the rows in the prompt, too: they are rows of the release, so that a sample which one of them hits is dirty for the
 * candidate, which was trained on them, and is not here.
 *
 * Which number of examples is best is seen only afterwards, and the best of m looks better than it is. So all bounds are
 * at 1 − alpha/m (Bonferroni): they hold for all m at once, whichever is picked.
 */
export function rivalResults(
  clean: readonly PairedScore[],
  alpha: number,
  rules: BoundRules = MARGIN_RULES,
): readonly RivalResult[] {
  const sizes = new Set(clean.flatMap(({ rivals = {} }) => Object.keys(rivals)));
  const level = alpha / sizes.size;
  return [...sizes]
    .map((size) => resultOf(clean, size, level, rules))
    .sort((a, b) => a.examples - b.examples);
}

function resultOf(
  clean: readonly PairedScore[],
  size: string,
  alpha: number,
  rules: BoundRules,
): RivalResult {
  const both = clean.filter(({ champion, candidate }) => champion !== null && candidate !== null);
  const rivalOf = ({ rivals = {} }: PairedScore): number | null => rivals[size] ?? null;
  const missing = both.filter((score) => rivalOf(score) === null).length;
  return {
    examples: Number(size),
    missing,
    againstChampion: compare(
      both.map((score) => ({ ...score, candidate: rivalOf(score) })),
      alpha,
      // That a prompt would have done is a warning: one that counted a cluster as lost would be silent sooner.
      withoutLost(rules),
    ),
    againstCandidate: compare(
      both.map((score) => ({ ...score, champion: rivalOf(score) })),
      alpha,
      rules,
    ),
  };
}

/**
 * Whether prompting would have done:
 *
 * - `training`: the candidate is shown to be better than every rival.
 * - `prompting`: a rival is shown to be better than the champion, and the candidate to be better than that rival by less
 *   than the policy's margin.
 * - `open`: neither is shown.
 *
 * Told of the best rival that it is true of. One that left more samples unanswered than the policy allows counts for
 * nothing; `null` where there is no other.
 */
export function promptingVerdict(
  { rivals = [] }: SuiteResult,
  policy: GatePolicy,
): PromptingVerdict | null {
  const measured = rivals.filter((rival) => isMeasured(rival, policy.maximumMissing));
  const best = bestOf(measured);
  if (best === null) return null;
  if (measured.every(({ againstCandidate }) => againstCandidate.lower > 0)) {
    return { kind: 'training', rival: best };
  }
  const enough = bestOf(
    measured.filter(
      ({ againstChampion, againstCandidate }) =>
        againstChampion.lower > 0 && againstCandidate.upper < marginOf(policy),
    ),
  );
  return enough === null ? { kind: 'open', rival: best } : { kind: 'prompting', rival: enough };
}

function marginOf({ prompting }: GatePolicy): number {
  return prompting?.margin ?? 0;
}

function isMeasured(rival: RivalResult, maximumMissing: number): rival is MeasuredRival {
  const { againstChampion, againstCandidate, missing } = rival;
  if (againstChampion === null || againstCandidate === null) return false;
  return missing <= maximumMissing * (missing + againstCandidate.count);
}

/** The rival with the highest score; the one with fewer examples where two have the same. */
function bestOf(rivals: readonly MeasuredRival[]): MeasuredRival | null {
  const scoreOf = ({ againstCandidate }: MeasuredRival): number => againstCandidate.championScore;
  return rivals.reduce<MeasuredRival | null>(
    (best, rival) => (best !== null && scoreOf(best) >= scoreOf(rival) ? best : rival),
    null,
  );
}

/** The name of the check that tells of prompting on a suite. */
export function promptingCheckName(suite: string): string {
  return `training against prompting on ${suite}`;
}

/** Tells whether prompting would have done; it warns where that is so or nothing was measured, and decides nothing. */
export function promptingCheck(
  suites: readonly SuiteResult[],
  policy: GatePolicy,
  asked: AskedRivals | undefined,
): readonly GateCheck[] {
  if (asked === undefined) return [];
  const found = suites.find(({ suite }) => suite === asked.suite);
  const verdict = found === undefined ? null : promptingVerdict(found, policy);
  const name = promptingCheckName(asked.suite);
  const limits = limitsOf(asked, policy);
  if (verdict === null) {
    const reason = `Whether a prompt would have done on ${asked.suite} is not known${limits}`;
    return [{ name, outcome: 'warn', reason }];
  }
  const rivals = found?.rivals ?? [];
  const isShown = (rival: RivalResult): boolean => isMeasured(rival, policy.maximumMissing);
  const sizes = rivals.filter(isShown).map(({ examples }) => examples);
  const unmeasured = rivals
    .filter((rival) => !isShown(rival) && asked.refused?.[String(rival.examples)] === undefined)
    .map(({ examples }) => `; with ${examplesText(examples)} too many answers are missing`);
  const sentence = promptingSentence(verdict, asked.suite, sizes, policy);
  const reason = [sentence, ...unmeasured, limits].join('');
  return [{ name, outcome: verdict.kind === 'prompting' ? 'warn' : 'pass', reason }];
}

/**
 * `With 8 examples of the release in its prompt the champion scores 81.3 % on holdout, the candidate 84.0 % (clean,
 * n = 400; …): training bought more than a prompt with 2, 8 or 32`; without a full stop.
 */
export function promptingSentence(
  { kind, rival }: PromptingVerdict,
  suite: string,
  sizes: readonly number[],
  policy: GatePolicy,
): string {
  const { againstCandidate: versus, againstChampion } = rival;
  const measured =
    `With ${examplesText(rival.examples)} of the release in its prompt the champion scores ` +
    `${percent(versus.championScore)} on ${suite}, the candidate ${percent(versus.candidateScore)} (clean, ` +
    `n = ${grouped(versus.count)}; a difference of ${points(versus.difference)} points, ${boundsText(versus, sizes)})`;
  switch (kind) {
    case 'training':
      return `${measured}: training bought more than a prompt with ${listed(sizes)}`;
    case 'prompting':
      return (
        `${measured}: prompting would have done, as it is ${points(againstChampion.difference)} points better than ` +
        `without examples, at least ${points(againstChampion.lower)}, and training adds less than the ` +
        `${distance(marginOf(policy))} points that would be worth it`
      );
    case 'open': {
      const wanted = Math.max(Math.abs(versus.difference), marginOf(policy));
      const without = againstChampion.lower > 0 ? ', which is better than without,' : '';
      return (
        `${measured}: whether training bought more than such a prompt${without} is not shown; ` +
        samplesThatDecide(versus, wanted)
      );
    }
  }
}

function boundsText(comparison: Comparison, sizes: readonly number[]): string {
  const { lower, upper, confidence } = comparison;
  const level = `${Number((confidence * 100).toFixed(1))} %`;
  const forAll = sizes.length > 1 ? ` that hold for all ${sizes.length} prompts at once` : '';
  return `one-sided ${level} bounds ${points(lower)} and ${points(upper)}${forAll}${countedText(comparison)}`;
}

/** What was not asked as it was wanted: too few rows that fit, or a host that refused. */
function limitsOf({ rows, refused = {} }: AskedRivals, { prompting }: GatePolicy): string {
  const parts: string[] = [];
  const wanted = Math.max(0, ...(prompting?.examples ?? []));
  if (rows.length < wanted) {
    const fit = rows.length === 0 ? 'no row' : `only ${rows.length}`;
    const limit = grouped(prompting?.maximumTokens ?? 0);
    parts.push(`of ${wanted} examples ${fit} fit the ${limit} tokens of gate.prompting`);
  }
  for (const [size, why] of Object.entries(refused)) {
    parts.push(`with ${examplesText(Number(size))} the champion was not let answer (${why})`);
  }
  return parts.map((part) => `; ${part}`).join('');
}

function examplesText(count: number): string {
  return `${count} ${count === 1 ? 'example' : 'examples'}`;
}

/** `2, 8 or 32` */
function listed(sizes: readonly number[]): string {
  const last = sizes.at(-1) ?? 0;
  return sizes.length < 2 ? String(last) : `${sizes.slice(0, -1).join(', ')} or ${last}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
