import type {
  EvaluateInput,
  EvaluateResult,
  EvaluationPlan,
  StepInput,
} from '../src/domain/contracts.js';
import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import { mannerOf } from '../src/domain/manner.js';
import type { Message } from '../src/domain/record.js';
import { createAnswerCache } from '../src/evals/answer-cache.js';
import type { SuiteAnswer } from '../src/evals/run-suite.js';
import { parseAnswers, runSuite } from '../src/evals/run-suite.js';
import { splitUsage } from '../src/evals/usage-rows.js';
import { encodeJsonl } from '../src/formats/jsonl.js';
import type { ObjectReference, WindowManifest } from '../src/domain/manifest.js';
import { type Redactor, createRedactor } from '../src/ingest/redaction.js';
import { answersFile } from '../src/release/layout.js';
import { keepPooledTexts } from '../src/release/pooled-texts.js';
import { readBytes, sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { modelOf, modelsOf, originOf } from './asked-model.js';
import { deployCandidate, deployChampion } from './deploying.js';
import { askedNameOf, ownNameOf, withDeployment } from './deployments.js';
import { planFurther, promptedSamples, refusalOf } from './further-models.js';
import type { AskedSuite } from './samples.js';
import { judgeAnswers, judgedSamples } from './judging.js';
import { keepUsage } from './measuring.js';
import { openPool } from './pooled-holdout.js';
import { askTool } from './asking-tools.js';
import {
  countsFailures,
  frozenSuite,
  hasReferenceScored,
  suiteScorer,
  suiteTool,
} from './samples.js';
import { loadStoredConfiguration } from './stored-configuration.js';
import { holdoutSuiteOf, isFrozen, setNameOf, suiteSamples } from './suite-samples.js';
import { openWindow } from './window-state.js';

/**
 * The suites that both models answer: every frozen set, and this window's holdout where it has samples, or where they are
 * pooled the pool, once it has enough of them; and what the anchor, and the champion with examples in its prompt, are asked
 * of them.
 */
export async function planEvaluation(
  deps: Dependencies,
  input: StepInput & { readonly release: string },
): Promise<EvaluationPlan> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const frozen = configuration.evals.map(({ name }) => `frozen:${name}`);
  const suites: string[] = [];
  const scored: string[] = [];
  let count = 0;
  for (const suite of [...frozen, holdoutSuiteOf(configuration)]) {
    const { samples } = await plannedSuite(deps, configuration, input, suite);
    if (!isFrozen(suite) && samples.length === 0) continue;
    suites.push(suite);
    if (hasReferenceScored(samples, suiteScorer(configuration, suite))) scored.push(suite);
    count += samples.length;
  }
  const further = await planFurther(deps, configuration, input, scored);
  return { suites, samples: count, ...(further.length === 0 ? {} : { further }) };
}

/** A suite's samples; of a pool that is too small to decide none, since what is asked is looked at. */
export async function plannedSuite(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
  suite: string,
): Promise<Pick<AskedSuite, 'samples'>> {
  if (suite !== POOLED_SUITE) return suiteSamples(deps, configuration, input, suite);
  const { pool, suite: pooled } = await openPool(deps, configuration, input);
  return pool.isEnough ? pooled : { samples: [] };
}

/**
 * Asks one model every sample of one suite. Answers are written down once for (window, suite, model, examples): the
 * first that are count, also for whoever asked at the same time, since a model may answer differently. Where a host will
 * not let the anchor or a rival answer, the result says so: they are no reason to end a week that was paid for.
 */
export async function evaluate(
  deps: Dependencies,
  input: EvaluateInput,
  signal: AbortSignal,
): Promise<EvaluateResult> {
  const { suite, role, examples } = input;
  const asked = { suite, role, ...(examples === undefined ? {} : { examples }) };
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { manifest } = await openWindow(deps.store, input);
  const key = answersKey(input, modelOf(input, manifest).modelId);
  try {
    if ((await deps.store.head(key)) === null) {
      await putUpAsked(deps, configuration, input, signal);
      const asked = await askModel(deps, configuration, input, manifest, signal);
      const { answers, usage } = splitUsage(asked);
      await keepUsage(deps.store, key, usage);
      await deps.store.putIfAbsent(key, encodeJsonl(answers));
    }
  } catch (error) {
    const refusal = refusalOf(error, role);
    if (refusal === null) throw withDeployment(error, configuration, role);
    return { ...asked, answers: null, missing: 0, refusal };
  }
  const verdicts = await verdictsOf(deps, configuration, input, manifest.champion.modelId, signal);
  return { ...asked, ...(await storedAnswers(deps, key)), ...(verdicts && { verdicts }) };
}

/**
 * A run may have been parked for longer than what nobody asks stays up at its provider. Programs of the user's own are run
 * again only where it was.
 */
async function putUpAsked(
  deps: Dependencies,
  configuration: Configuration,
  input: EvaluateInput,
  signal: AbortSignal,
): Promise<void> {
  const { role, candidate, wasParked } = input;
  const { train } = configuration;
  if (role === 'champion' || role === 'rival') {
    await deployChampion(deps, configuration, input, signal);
  }
  const mayBeGone =
    train.deploy === true || (wasParked === true && deployCommandsOf(train) !== null);
  if (role === 'candidate' && mayBeGone) {
    await deployCandidate(deps, configuration, input, candidate, signal);
  }
}

/** What the judge says once both models have answered, the candidate last; `null` where it has nothing to say. */
async function verdictsOf(
  deps: Dependencies,
  configuration: Configuration,
  input: EvaluateInput,
  championId: string,
  signal: AbortSignal,
): Promise<ObjectReference | null> {
  const { suite, candidate: candidateId, role } = input;
  if (configuration.judge === undefined || role !== 'candidate') return null;
  const { samples } = await suiteSamples(deps, configuration, input, suite);
  const judged = judgedSamples(
    samples.map(({ sample }) => sample),
    suiteScorer(configuration, suite),
  );
  if (judged.length === 0) return null;
  const key = answersKey(input, candidateId);
  const answers = {
    samples: judged,
    championId,
    candidateId,
    champion: parseAnswers(await readBytes(deps.store, answersKey(input, championId))),
    candidate: parseAnswers(await readBytes(deps.store, key)),
    key: key.replace(/\.jsonl$/u, '.verdicts.jsonl'),
  };
  return judgeAnswers(deps, configuration, answers, signal);
}

async function askModel(
  deps: Dependencies,
  configuration: Configuration,
  input: EvaluateInput,
  manifest: WindowManifest,
  signal: AbortSignal,
): Promise<readonly SuiteAnswer[]> {
  const { modelId, version } = modelOf(input, manifest);
  // What is kept and decided stands under the model's own id, whatever it was put up as.
  const models = modelsOf(input, manifest);
  const name = await ownNameOf(deps, configuration, modelId, models);
  const suite = await askedSuite(deps, configuration, input, input.suite);
  const samples = suite.samples.map(({ sample }) => sample);
  if (input.suite === POOLED_SUITE) await keepPooledTexts(deps.store, input, samples);
  const { redactor } = suite;
  const { chat } = configuration;
  const { baseURL, temperature, maximumTokens } = chat;
  // Values that only the examples of a prompt have are masked as values that the model made up.
  const own = new Map(samples.map(({ id, messages }) => [id, messages]));
  const redact = (answer: string, id: string): string =>
    redactAnswer(redactor, own.get(id) ?? [], answer);
  const tool = suiteTool(configuration, input.suite);
  if (tool !== null) {
    const { champion } = manifest;
    const others = await Promise.all(models.map((id) => askedNameOf(deps, configuration, id)));
    const ofChampion = input.role === 'champion' ? null : answersKey(input, champion.modelId);
    const isCounted = countsFailures(configuration, input.suite);
    const served = {
      tool,
      set: setNameOf(input.suite),
      modelId: name,
      others,
      countsFailures: isCounted,
    };
    const asked = { ...served, baseURL, samples, redactor, redact, champion: ofChampion };
    return askTool(deps, input, asked, signal);
  }
  const asked = {
    baseURL,
    modelId,
    temperature,
    maximumTokens,
    ...mannerOf(chat),
    redactor: redactor.version,
    origin: originOf(input, version, chat.reuseAnswers),
  };
  return runSuite({
    ...chat,
    client: deps.chatFor(configuration),
    modelId: name,
    samples: await promptedSamples(deps, configuration, input, samples),
    // Its keys are of whole prompts, so that examples in them are told apart by what they say.
    cache: createAnswerCache(deps.store, asked),
    redact: (answer, { id }) => redact(answer, id),
    signal,
  });
}

/**
 * The numbers of an answer's own values begin where those of the prompt end, as the reference's do: what a
 * model makes up is none of the values that it was shown.
 */
function redactAnswer(redactor: Redactor, messages: readonly Message[], answer: string): string {
  const conversation = redactor.conversation();
  for (const { content } of messages) conversation.redact(content);
  return conversation.redact(answer).text;
}

async function storedAnswers(
  deps: Dependencies,
  key: string,
): Promise<Pick<EvaluateResult, 'answers' | 'missing'>> {
  const bytes = await readBytes(deps.store, key);
  const answers = parseAnswers(bytes);
  const reference = { key, sha256: sha256Hex(bytes), bytes: bytes.length, count: answers.length };
  return { answers: reference, missing: missingOf(answers) };
}

/** A suite with what answers to it go through: what its references went through. */
async function askedSuite(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
  suite: string,
): Promise<AskedSuite & { readonly redactor: Redactor }> {
  const asked = await suiteSamples(deps, configuration, input, suite);
  if (!isFrozen(suite)) return { ...asked, redactor: createRedactor(configuration.redaction) };
  const { redactor } = await frozenSuite(deps.store, configuration, setNameOf(suite));
  return { ...asked, redactor };
}

function answersKey(input: EvaluateInput, modelId: string): string {
  const { manifestKey, release, suite, examples } = input;
  return answersFile(manifestKey, release, suite, sha256Hex(modelId), examples);
}

function missingOf(answers: readonly SuiteAnswer[]): number {
  return answers.filter((answer) => answer.output === null).length;
}
