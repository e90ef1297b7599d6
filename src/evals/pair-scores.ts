import { count } from '../domain/books.js';
import { InvariantError } from '../domain/errors.js';
import type { PairedScore } from '../domain/gate.js';
import type { Sample } from '../domain/sample.js';
import type { SampleVerdicts } from '../domain/judging.js';
import type { ModelAnswer, Scorer } from '../domain/scorer.js';
import { judgedScores } from './judging/judged-scores.js';
import type { SuiteAnswer } from './run-suite.js';
import { scoreAnswer, scorerComplaint } from './scorers/scorer.js';

export interface PairingInput {
  readonly samples: readonly Sample[];
  readonly champion: readonly SuiteAnswer[];
  readonly candidate: readonly SuiteAnswer[];
  /** Of the samples that name none. */
  readonly scorer: Scorer;
  /** Ids of samples that are neither dirty nor unknown for both models. */
  readonly clean: ReadonlySet<string>;
  /** Ids of samples that are kin of a row that one of the models was trained on. */
  readonly kin: ReadonlySet<string>;
  /** Ids of samples whose reference may decide. */
  readonly decisive: ReadonlySet<string>;
  /** What the judge said, where a scorer is `judge`. */
  readonly verdicts?: readonly SampleVerdicts[];
}

/**
 * Scores both models' answers sample by sample, in the samples' order. An answer that is missing for one
 * model is missing for both, and so is a sample that the judge abstained on; one without a reference, or with one that its
 * scorer can't judge by, is not compared. All are counted.
 * @throws InvariantError when the answers are not those of the samples.
 */
export function pairScores(input: PairingInput): {
  readonly scores: readonly PairedScore[];
  readonly missing: Readonly<Record<string, number>>;
} {
  const champion = byId(input.champion);
  const candidate = byId(input.candidate);
  const verdicts = new Map((input.verdicts ?? []).map((each) => [each.sampleId, each]));
  const scores: PairedScore[] = [];
  const missing: Record<string, number> = {};
  for (const sample of input.samples) {
    const [one, other] = [champion.get(sample.id), candidate.get(sample.id)];
    if (one === undefined || other === undefined) {
      throw new InvariantError(`sample ${sample.id} was not asked of both models`);
    }
    const scored = scorePair(sample, one, other, input, verdicts);
    if (typeof scored === 'string') {
      count(missing, scored);
      continue;
    }
    if (scored.champion === null) count(missing, 'missing-answer');
    scores.push({
      sampleId: sample.id,
      cluster: sample.cluster,
      ...scored,
      clean: input.clean.has(sample.id),
      ...(input.clean.has(sample.id) && input.kin.has(sample.id) ? { kin: true } : {}),
      decisive: input.decisive.has(sample.id),
      ...(sample.slices === undefined ? {} : { slices: sample.slices }),
      ...(sample.critical === undefined ? {} : { critical: sample.critical }),
      ...(sample.pair === undefined ? {} : { pair: sample.pair }),
    });
  }
  return { scores, missing };
}

/** Both scores of a sample, `null` each where one has no answer or the judge no verdict; why it is not compared. */
function scorePair(
  sample: Sample,
  one: SuiteAnswer,
  other: SuiteAnswer,
  input: PairingInput,
  verdicts: ReadonlyMap<string, SampleVerdicts>,
): Pick<PairedScore, 'champion' | 'candidate' | 'judged'> | 'no-reference' | 'unscorable' {
  const { reference, options } = sample;
  const scorer = sample.scorer ?? input.scorer;
  const isMissing = one.output === null || other.output === null;
  if (scorer === 'judge') {
    if (isMissing) return { champion: null, candidate: null };
    const said = verdicts.get(sample.id);
    if (said === undefined) throw new InvariantError(`sample ${sample.id} was not judged`);
    const { counts, ...scores } = judgedScores(said);
    return { ...scores, judged: counts };
  }
  if (reference === null) return 'no-reference';
  if (scorerComplaint(scorer, { reference, options }) !== null) return 'unscorable';
  const score = (answer: SuiteAnswer): number | null =>
    isMissing
      ? null
      : meanScore(answer, (given) => scoreAnswer(scorer, given, { reference, options }));
  return { champion: score(one), candidate: score(other) };
}

function byId(answers: readonly SuiteAnswer[]): ReadonlyMap<string, SuiteAnswer> {
  return new Map(answers.map((answer) => [answer.sampleId, answer]));
}

/** The mean over everything that the model answered to a sample, 0 to 1; `null` where it gave no answer. */
function meanScore(
  { output, toolCalls, further = [] }: SuiteAnswer,
  score: (given: ModelAnswer) => number,
): number | null {
  if (output === null) return null;
  const given = [{ output, toolCalls }, ...further];
  const scores = given.map((each) => score({ text: each.output, toolCalls: each.toolCalls ?? [] }));
  return scores.reduce((sum, each) => sum + each, 0) / scores.length;
}
