import { count } from '../domain/books.js';
import { InvariantError } from '../domain/errors.js';
import type { PairedScore } from '../domain/gate.js';
import type { Sample } from '../domain/sample.js';
import type { SampleVerdicts } from '../domain/judging.js';
import type { ModelAnswer, ReferenceScorer, SuiteScorer } from '../domain/scorer.js';
import { judgedScores } from './judging/judged-scores.js';
import type { SuiteAnswer } from './run-suite.js';
import { scoreAnswer, scorerComplaint } from './scorers/scorer.js';

export interface PairingInput {
  readonly samples: readonly Sample[];
  readonly champion: readonly SuiteAnswer[];
  readonly candidate: readonly SuiteAnswer[];
  /** The anchor's, where it was asked. */
  readonly anchor?: readonly SuiteAnswer[];
  /** The champion's with examples in its prompt, by how many. */
  readonly rivals?: ReadonlyMap<number, readonly SuiteAnswer[]>;
  /** Of the samples that name none; `results`: answers have scores of a harness of the user's own. */
  readonly scorer: SuiteScorer;
  /** Ids of samples that are neither dirty nor unknown for all models that are asked. */
  readonly clean: ReadonlySet<string>;
  /** Ids of samples that are not, and that for the anchor alone. */
  readonly dirtyForAnchor?: ReadonlySet<string>;
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
  const anchor = input.anchor === undefined ? null : byId(input.anchor);
  const rivals = [...(input.rivals ?? [])].map(
    ([examples, answers]) => [examples, byId(answers)] as const,
  );
  const scores: PairedScore[] = [];
  const missing: Record<string, number> = {};
  for (const sample of input.samples) {
    const [one, other] = [answerOf(champion, sample), answerOf(candidate, sample)];
    const scored = scorePair(sample, one, other, input, verdicts);
    if (typeof scored === 'string') {
      count(missing, scored);
      continue;
    }
    if (scored.champion === null) count(missing, 'missing-answer');
    const scorer = sample.scorer ?? input.scorer;
    // A judge compares champion and candidate only.
    const further = (answers: AnswersById): number | null =>
      scorer === 'judge' ? null : scoreOf(sample, scorer, answerOf(answers, sample));
    scores.push({
      sampleId: sample.id,
      cluster: sample.cluster,
      ...scored,
      clean: input.clean.has(sample.id),
      ...(input.clean.has(sample.id) && input.kin.has(sample.id) ? { kin: true } : {}),
      ...(input.dirtyForAnchor?.has(sample.id) === true ? { dirtyFor: 'anchor' } : {}),
      decisive: input.decisive.has(sample.id),
      ...(anchor === null || scorer === 'judge' ? {} : { anchor: further(anchor) }),
      ...(rivals.length === 0 || scorer === 'judge'
        ? {}
        : {
            rivals: Object.fromEntries(
              rivals.map(([examples, answers]) => [examples, further(answers)]),
            ),
          }),
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
  if (scorer === 'results') {
    return isMissing
      ? { champion: null, candidate: null }
      : { champion: givenScore(one), candidate: givenScore(other) };
  }
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
    isMissing ? null : scoreOf(sample, scorer, answer);
  return { champion: score(one), candidate: score(other) };
}

function scoreOf(
  { reference, options }: Sample,
  scorer: ReferenceScorer | 'results',
  answer: SuiteAnswer,
): number | null {
  if (scorer === 'results') return givenScore(answer);
  if (reference === null) return null;
  return meanScore(answer, (given) => scoreAnswer(scorer, given, { reference, options }));
}

/** What a harness scored an answer; `null` where there is none. */
function givenScore({ sampleId, output, score }: SuiteAnswer): number | null {
  if (output === null) return null;
  if (score === undefined)
    throw new InvariantError(`sample ${sampleId} has no score of its harness`);
  return score;
}

type AnswersById = ReadonlyMap<string, SuiteAnswer>;

function byId(answers: readonly SuiteAnswer[]): AnswersById {
  return new Map(answers.map((answer) => [answer.sampleId, answer]));
}

function answerOf(answers: AnswersById, { id }: Sample): SuiteAnswer {
  const found = answers.get(id);
  if (found === undefined) throw new InvariantError(`sample ${id} was not asked of every model`);
  return found;
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
