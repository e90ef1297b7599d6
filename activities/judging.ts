import type { Configuration } from '../src/domain/configuration.js';
import type { EvaluateResult } from '../src/domain/contracts.js';
import { ConfigError, invariant, ProviderError } from '../src/domain/errors.js';
import type { JudgeRecord, SampleVerdicts } from '../src/domain/judging.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference } from '../src/domain/manifest.js';
import { familyOf } from '../src/domain/pinned-model.js';
import type { Sample } from '../src/domain/sample.js';
import type { SuiteScorer } from '../src/domain/scorer.js';
import { usageKey } from '../src/evals/answer-cache.js';
import { judgeSuite } from '../src/evals/judging/judge-suite.js';
import { rubricVersion } from '../src/evals/judging/rubric.js';
import { createVerdictStore } from '../src/evals/judging/verdict-store.js';
import type { SuiteAnswer } from '../src/evals/run-suite.js';
import { encodeJsonl } from '../src/formats/jsonl.js';
import { readBytes, readJsonl, sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { askedNameOf } from './deployments.js';

const LINE_FEED = 0x0a;
const NO_JUDGE =
  'the answers are to be compared by a judge, and there is none: name one in the section "judge"';

/** Two models' answers to the samples of a suite that a judge scores. */
export interface AnswersToJudge {
  readonly samples: readonly Sample[];
  readonly championId: string;
  readonly candidateId: string;
  readonly champion: readonly SuiteAnswer[];
  readonly candidate: readonly SuiteAnswer[];
  /** Where the verdicts are written, once: the first that are written count. */
  readonly key: string;
}

/**
 * @throws ConfigError before money is spent, where samples of a frozen set name a judge and none is configured, or where
 * their failures are to be counted, which no judge does
 */
export function assertJudge(
  { judge, gate }: Configuration,
  set: string,
  samples: readonly Sample[],
): void {
  const [first] = judgedSamples(samples, 'exact');
  if (first === undefined) return;
  if (judge === undefined) throw new ConfigError(`sample ${first.id} of ${set}: ${NO_JUDGE}`);
  if (gate.safety?.some(({ suite }) => suite === `frozen:${set}`) !== true) return;
  throw new ConfigError(
    `sample ${first.id} of ${set} is scored by a judge, which says which of two answers is better and counts no failures: ` +
      'take it out of the set that gate.safety names, or give it a scorer that compares with a reference',
  );
}

/** The samples of a suite that a judge scores, by their own scorer or the suite's. */
export function judgedSamples(samples: readonly Sample[], ofSuite: SuiteScorer): readonly Sample[] {
  return samples.filter(({ scorer = ofSuite }) => scorer === 'judge');
}

/**
 * Has answers compared and writes the verdicts down. Every reply is kept as it comes, so that who is interrupted
 * asks only for the rest.
 * @throws ConfigError where no judge is configured, or `judgeSuite` refuses the one that is
 */
export async function judgeAnswers(
  deps: Dependencies,
  configuration: Configuration,
  answers: AnswersToJudge,
  signal: AbortSignal,
): Promise<ObjectReference> {
  const { judge } = configuration;
  const { key, championId, candidateId } = answers;
  if ((await deps.store.head(key)) === null) {
    if (judge === undefined) throw new ConfigError(NO_JUDGE);
    const names = await Promise.all(
      [championId, candidateId].map((id) => askedNameOf(deps, configuration, id)),
    );
    const asked = {
      ...answers,
      client: deps.judgeFor(judge),
      judge,
      judged: [...new Set([championId, candidateId, ...names])],
      verdicts: createVerdictStore(deps.store, judge),
      signal,
    };
    const { verdicts, ...took } = await judgeSuite(asked).catch((error: unknown) => {
      throw toldOfJudge(error, judge.model);
    });
    await deps.store.putIfAbsent(usageKey(key), Buffer.from(canonicalJson(took)));
    await deps.store.putIfAbsent(key, encodeJsonl(verdicts));
  }
  const bytes = await readBytes(deps.store, key);
  const count = bytes.filter((byte) => byte === LINE_FEED).length;
  return { key, sha256: sha256Hex(bytes), bytes: bytes.length, count };
}

/** A refusal over a bill says that it is the judge's: its host may be the models' own, by another key. */
function toldOfJudge(error: unknown, model: string): unknown {
  if (!(error instanceof ProviderError) || !error.isMoney) return error;
  const { status, message } = error;
  const details = { status, isRetryable: false, isMoney: true, cause: error };
  return new ProviderError(`the judge ${model} can't be asked: ${message}`, details);
}

/** The verdicts on a suite's answers; none where no sample of it was judged. */
export async function readVerdicts(
  { store }: Pick<Dependencies, 'store'>,
  answers: readonly EvaluateResult[],
  suite: string,
): Promise<readonly SampleVerdicts[]> {
  const found = answers.find((each) => each.suite === suite && each.verdicts !== undefined);
  return found?.verdicts === undefined ? [] : readJsonl<SampleVerdicts>(store, found.verdicts);
}

/** Who judged, for the evidence; `null` where nobody did. */
export async function judgeRecord(
  { store }: Pick<Dependencies, 'store'>,
  { judge, train }: Configuration,
  answers: readonly EvaluateResult[],
): Promise<JudgeRecord | null> {
  const verdicts = Object.fromEntries(
    answers.flatMap((each) => (each.verdicts ? [[each.suite, each.verdicts.sha256]] : [])),
  );
  if (Object.keys(verdicts).length === 0) return null;
  invariant(judge !== undefined, 'verdicts were written without a judge');
  const { model, revision, rubric } = judge;
  // Where all answers were equal nobody was asked, and nobody answered.
  const servedAs = (await createVerdictStore(store, judge).servedAs()) ?? model;
  const family = familyOf(model);
  return {
    model,
    servedAs,
    revision,
    rubric: rubricVersion(rubric),
    verdicts,
    ...(family !== null && family === familyOf(train.baseModel)
      ? { sharesFamilyWith: train.baseModel }
      : {}),
  };
}
