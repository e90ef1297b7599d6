import { count } from '../domain/books.js';
import { InvariantError } from '../domain/errors.js';
import type { PairedScore } from '../domain/gate.js';
import type { Sample } from '../domain/sample.js';
import type { ModelAnswer, Scorer } from '../domain/scorer.js';
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
  /** Of the samples that name none. */
  readonly scorer: Scorer;
  /** Ids of samples that are neither dirty nor unknown for all models that are asked. */
  readonly clean: ReadonlySet<string>;
  /** Ids of samples that are not, and that for the anchor alone. */
  readonly dirtyForAnchor?: ReadonlySet<string>;
  /** Ids of samples that are kin of a row that one of the models was trained on. */
  readonly kin: ReadonlySet<string>;
  /** Ids of samples whose reference may decide. */
  readonly decisive: ReadonlySet<string>;
}

/**
 * Scores both models' answers sample by sample, in the samples' order. An answer that is missing for one
 * model is missing for both, whoever else answered; a sample without a reference, or with one that its scorer can't judge by, is not compared. All
 * are counted.
 * @throws InvariantError when the answers are not those of the samples.
 */
export function pairScores(input: PairingInput): {
  readonly scores: readonly PairedScore[];
  readonly missing: Readonly<Record<string, number>>;
} {
  const champion = byId(input.champion);
  const candidate = byId(input.candidate);
  const anchor = input.anchor === undefined ? null : byId(input.anchor);
  const rivals = [...(input.rivals ?? [])].map(
    ([examples, answers]) => [examples, byId(answers)] as const,
  );
  const scores: PairedScore[] = [];
  const missing: Record<string, number> = {};
  for (const sample of input.samples) {
    const [one, other] = [answerOf(champion, sample), answerOf(candidate, sample)];
    const { reference, options } = sample;
    if (reference === null) {
      count(missing, 'no-reference');
      continue;
    }
    const scorer = sample.scorer ?? input.scorer;
    if (scorerComplaint(scorer, { reference, options }) !== null) {
      count(missing, 'unscorable');
      continue;
    }
    const isMissing = one.output === null || other.output === null;
    if (isMissing) count(missing, 'missing-answer');
    const scoreOf = (answer: SuiteAnswer): number | null =>
      meanScore(answer, (given) => scoreAnswer(scorer, given, { reference, options }));
    const score = (answer: SuiteAnswer): number | null => (isMissing ? null : scoreOf(answer));
    const further = (answers: AnswersById): number | null => scoreOf(answerOf(answers, sample));
    scores.push({
      sampleId: sample.id,
      cluster: sample.cluster,
      champion: score(one),
      candidate: score(other),
      clean: input.clean.has(sample.id),
      ...(input.clean.has(sample.id) && input.kin.has(sample.id) ? { kin: true } : {}),
      ...(input.dirtyForAnchor?.has(sample.id) === true ? { dirtyFor: 'anchor' } : {}),
      decisive: input.decisive.has(sample.id),
      ...(anchor === null ? {} : { anchor: further(anchor) }),
      ...(rivals.length === 0
        ? {}
        : {
            rivals: Object.fromEntries(
              rivals.map(([examples, answers]) => [examples, further(answers)]),
            ),
          }),
      ...(sample.slices === undefined ? {} : { slices: sample.slices }),
      ...(sample.critical === undefined ? {} : { critical: sample.critical }),
    });
  }
  return { scores, missing };
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
