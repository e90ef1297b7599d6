import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { EvaluateInput } from '../src/domain/contracts.js';
import { DataError } from '../src/domain/errors.js';
import { type EvalToolConfiguration, TOOL_NAMES } from '../src/domain/eval-tool.js';
import { canonicalJson } from '../src/domain/json.js';
import { formatCount } from '../src/domain/counted.js';
import type { Sample } from '../src/domain/sample.js';
import { assertSameItems, matchSamples } from '../src/evals/results/match-samples.js';
import { readResults } from '../src/evals/results/read-results.js';
import type { ExternalScore } from '../src/evals/results/result-file.js';
import { parseAnswers, type SuiteAnswer } from '../src/evals/run-suite.js';
import { trainerMessage, trainerTool } from '../src/formats/trainer-parts.js';
import type { Redactor } from '../src/ingest/redaction.js';
import { beginEvalCommand, type BegunRun, type ResultFile } from '../src/providers/eval-command.js';
import { readBytes, sha256Hex } from '../src/storage/objects.js';
import { normalise } from '../src/text/normalise.js';
import type { Dependencies } from './dependencies.js';
import { isGivenUp } from './heartbeat.js';

/** A model that a harness of the user's own is to measure on a frozen set. */
export interface MeasuredModel {
  readonly tool: EvalToolConfiguration;
  readonly set: string;
  readonly modelId: string;
  /** Models that may be taken for it: a harness that has a name written down asks the same one every time. */
  readonly others: readonly string[];
  readonly baseURL: string;
  /** Whether failures are counted, by `gate.safety`: two of three assertions that hold are one then. */
  readonly countsFailures: boolean;
  readonly samples: readonly Sample[];
  readonly redactor: Redactor;
}

export interface AskedTool extends MeasuredModel {
  /** An answer to the sample of the id, as it may be stored. */
  readonly redact: (answer: string, sampleId: string) => string;
  /** The champion's answers, which others are held against; `null` for itself. */
  readonly champion: string | null;
}

/**
 * Has a harness measure a model, and gives its scores as answers to the samples. Its program goes on where the worker
 * stops, and is found again; where somebody cancels the run, it is stopped. A run whose results are refused is begun anew by
 * whoever asks again.
 * @throws DataError where the program fails, or its results are not those of the samples, each once
 */
export async function askTool(
  deps: Dependencies,
  input: EvaluateInput,
  asked: AskedTool,
  signal: AbortSignal,
): Promise<readonly SuiteAnswer[]> {
  const run = await beginMeasuring(deps, asked, runKeyOf(input, asked));
  try {
    const answers = await answersIn(await run.finish(signal), asked);
    if (asked.champion !== null) {
      const champion = parseAnswers(await readBytes(deps.store, asked.champion));
      assertSameItems(answers, champion, asked.set);
    }
    return answers.map((answer) => redacted(answer, asked));
  } catch (error) {
    const isUnwanted = await isGivenUp(signal, deps.control);
    if (isUnwanted) await run.stop();
    if (isUnwanted || error instanceof DataError) await run.refuse();
    throw error;
  }
}

/** Starts the command, or finds what was started under the same key, for the same samples at the same host. */
export function beginMeasuring(
  surroundings: Pick<Dependencies, 'baseFolder' | 'toolEnvironment' | 'sleep'>,
  { tool, set, modelId, baseURL, samples }: MeasuredModel,
  runKey: string,
): Promise<BegunRun> {
  const { baseFolder, toolEnvironment, sleep } = surroundings;
  const lines = Buffer.from(
    samples.map((sample) => `${JSON.stringify(lineOf(sample))}\n`).join(''),
  );
  // A store may be begun anew, and then other samples have the names that these had.
  const run = sha256Hex(canonicalJson([runKey, baseURL, sha256Hex(lines)])).slice(0, 16);
  return beginEvalCommand({
    configuration: tool,
    set,
    model: modelId,
    baseURL,
    samples: lines,
    folder: join(resolve(baseFolder, tool.folder), `${set}-${run}`),
    workingFolder: baseFolder,
    environment: toolEnvironment,
    sleep,
  });
}

/** What a run is of: another attempt at the window, model or command is another run. */
function runKeyOf(
  { manifestKey, release, suite }: EvaluateInput,
  { modelId, tool }: AskedTool,
): string {
  return canonicalJson({ manifestKey, release, suite, modelId, tool });
}

/** A sample as a line of an eval file has it. */
function lineOf({ id, messages, reference, options, slices, tools }: Sample): object {
  const [first] = messages;
  const isText = messages.length === 1 && first?.role === 'user';
  return {
    id,
    input: isText ? first.content : messages.map(trainerMessage),
    ...(reference !== null && { reference }),
    ...(options.length > 0 && { options }),
    ...(slices && { slices }),
    ...(tools && { tools: tools.map(trainerTool) }),
  };
}

/**
 * A file of results as answers to the samples.
 * @throws DataError where they are not those of the samples, each once, and where not one was answered: that is a host that
 * was away, a key or an address, and nothing to hold a model to for good
 */
export async function answersIn(
  file: ResultFile,
  measured: MeasuredModel,
): Promise<readonly SuiteAnswer[]> {
  const { tool, samples, redactor, countsFailures } = measured;
  const { metric = null, filter = null, provider = null } = tool;
  const choice = { metric, filter, provider, isWhole: countsFailures, prefix: 'results.' };
  const { tool: found, scores } = readResults(file.bytes, file.name, choice);
  if (found !== tool.tool) {
    throw new DataError(
      'eval-results-differ',
      `${file.name} is of ${TOOL_NAMES[found]}, and results.tool says ${TOOL_NAMES[tool.tool]}`,
    );
  }
  assertOfModel(scores, file.name, measured);
  const answers = await matchSamples({
    samples,
    scores,
    comparable: (text) => comparable(text, redactor),
    file: file.name,
    pause: () => setImmediate(),
  });
  if (answers.some(({ output }) => output !== null)) return answers;
  throw new DataError(
    'eval-results-unanswered',
    `${file.name}: not one of its ${formatCount(samples.length)} samples has an answer with a score; see whether the tool ` +
      'reaches the model, at {baseURL} with the key in HOLDFAST_API_KEY',
  );
}

/** @throws DataError where the file itself says that another of the models answered */
function assertOfModel(
  scores: readonly ExternalScore[],
  file: string,
  { modelId, others }: MeasuredModel,
): void {
  const asked = new Set(scores.flatMap(({ model }) => (model === null ? [] : [model])));
  for (const model of asked) {
    const other = others.find((each) => isNamed(model, each));
    if (other === undefined || isNamed(model, modelId)) continue;
    throw new DataError(
      'eval-results-differ',
      `${file} says that ${other} answered, and ${modelId} was to be measured: have the tool ask the model that {model} and ` +
        'HOLDFAST_MODEL name',
    );
  }
}

/** `openai:chat:small` and `openai-api/host/small` name `small`. */
function isNamed(model: string, modelId: string): boolean {
  return model === modelId || model.endsWith(`:${modelId}`) || model.endsWith(`/${modelId}`);
}

const NUMBERED = /\[([A-Z][A-Z_]*?)_\d{1,9}\]/gu;

/**
 * A harness may ask the samples as they were frozen, or from the file that they were frozen from: redacted here, both are
 * the same but for the numbers of placeholders, which depend on what stands around a text.
 */
function comparable(text: string, redactor: Redactor): string {
  return normalise(redactor.redact(text).text.replaceAll(NUMBERED, '[$1]')).text;
}

function redacted(answer: SuiteAnswer, { redact }: AskedTool): SuiteAnswer {
  const { sampleId, output, further } = answer;
  return {
    ...answer,
    output: output === null ? null : redact(output, sampleId),
    ...(further && {
      further: further.map((each) => ({ ...each, output: redact(each.output, sampleId) })),
    }),
  };
}
