import type { Configuration } from '../src/domain/configuration.js';
import type {
  DecideInput,
  EvaluateInput,
  EvaluateResult,
  FurtherQuestion,
  StepInput,
} from '../src/domain/contracts.js';
import { ConfigError, DataError, ProviderError } from '../src/domain/errors.js';
import type { AskedAnchor, AskedRivals, FurtherModels } from '../src/domain/gate.js';
import type { WindowManifest } from '../src/domain/manifest.js';
import type { Example } from '../src/domain/record.js';
import type { Sample } from '../src/domain/sample.js';
import {
  chooseExamples,
  type PromptExample,
  promptSizes,
  withExamples,
} from '../src/evals/prompt-examples.js';
import { decidingSuites } from '../src/gate/decide.js';
import type { Dependencies } from './dependencies.js';
import { suiteTool } from './samples.js';
import { openWindow, readOutput } from './window-state.js';

type Released = StepInput & { readonly release: string };

/**
 * What is asked beside champion and candidate: the anchor, where the manifest names one, every suite that decides; and the
 * champion with examples in its prompt the one that superiority rests on, once for each number of them. `suites` are those
 * that have samples which a reference scores: a judge compares champion and candidate only, and answers for nobody to
 * compare would be paid for in vain.
 */
export async function planFurther(
  deps: Dependencies,
  configuration: Configuration,
  input: Released,
  suites: readonly string[],
): Promise<readonly FurtherQuestion[]> {
  const { manifest } = await openWindow(deps.store, input);
  const anchor = anchorSuites(configuration, manifest, suites).map((suite): FurtherQuestion => ({
    role: 'anchor',
    suite,
  }));
  const { superiorityOn } = configuration.gate;
  if (!suites.includes(superiorityOn) || suiteTool(configuration, superiorityOn) !== null) {
    return anchor;
  }
  const { length } = await readPromptExamples(deps, configuration, input);
  const rivals = promptSizes(wantedSizes(configuration), length).map(
    (examples): FurtherQuestion => ({ role: 'rival', suite: superiorityOn, examples }),
  );
  return [...anchor, ...rivals];
}

function anchorSuites(
  { gate }: Configuration,
  { anchor }: WindowManifest,
  suites: readonly string[],
): readonly string[] {
  const deciding = decidingSuites(gate);
  return anchor === undefined ? [] : suites.filter((suite) => deciding.has(suite));
}

/** A stored configuration may be older than the section. */
function wantedSizes({ gate }: Configuration): readonly number[] {
  return gate.prompting?.examples ?? [];
}

/**
 * The rows of the longest prompt. They are among those that the release kept, so that they are near nothing that is held
 * out, and among those that the candidate is trained on.
 */
async function readPromptExamples(
  { store }: Dependencies,
  configuration: Configuration,
  input: Released,
): Promise<readonly PromptExample[]> {
  const count = Math.max(0, ...wantedSizes(configuration));
  if (count === 0) return [];
  const { maximumTokens = 0 } = configuration.gate.prompting ?? {};
  const rows = await readOutput<Example>(store, input, 'decontaminate', 'rows');
  return chooseExamples(rows, input.release, { count, maximumTokens });
}

/** The samples as a model is asked them: a rival's with the examples in their prompts. */
export async function promptedSamples(
  deps: Dependencies,
  configuration: Configuration,
  input: EvaluateInput,
  samples: readonly Sample[],
): Promise<readonly Sample[]> {
  if (input.role !== 'rival') return samples;
  const chosen = await readPromptExamples(deps, configuration, input);
  const examples = chosen.slice(0, input.examples);
  return samples.map((sample) => ({
    ...sample,
    messages: withExamples(sample.messages, examples),
  }));
}

/** How a harness ends that a model does not answer any more. */
const OF_THE_MODEL: ReadonlySet<string> = new Set([
  'eval-command-failed',
  'eval-results-missing',
  'eval-results-unfinished',
  'eval-results-unanswered',
]);

/**
 * Why a host, or a harness that fails with it, will not let the anchor or a rival answer, however often it is asked: a model
 * that it does not serve any more, prompts that are too long for it, a rival that used up the budget. `null` where that is
 * no reason of theirs: an outage, a key, a bill, or another model.
 */
export function refusalOf(error: unknown, role: EvaluateInput['role']): string | null {
  if (role !== 'anchor' && role !== 'rival') return null;
  if (error instanceof ConfigError && role === 'rival') return 'budget';
  if (error instanceof DataError && OF_THE_MODEL.has(error.code)) return error.code;
  if (!(error instanceof ProviderError) || error.status === null) return null;
  const { status, isRetryable, isMoney } = error;
  return isRetryable || isMoney || status === 401 ? null : `status-${status}`;
}

/** Who was to be asked beside champion and candidate, as the evidence tells it; `suites` as for `planFurther`. */
export async function describeFurther(
  deps: Dependencies,
  configuration: Configuration,
  manifest: WindowManifest,
  input: DecideInput,
  suites: readonly string[],
): Promise<FurtherModels> {
  const rivals = await describeRivals(deps, configuration, input, suites);
  const anchor = describeAnchor(configuration, manifest, input, suites);
  return {
    ...(anchor === null ? {} : { anchor }),
    ...(rivals === null ? {} : { prompting: rivals }),
  };
}

function describeAnchor(
  configuration: Configuration,
  manifest: WindowManifest,
  { answers }: DecideInput,
  suites: readonly string[],
): AskedAnchor | null {
  if (manifest.anchor === undefined) return null;
  const refused = answers.filter(({ role }) => role === 'anchor');
  return {
    modelId: manifest.anchor.modelId,
    suites: anchorSuites(configuration, manifest, suites),
    ...refusalsBy(refused, ({ suite }) => suite),
  };
}

async function describeRivals(
  deps: Dependencies,
  configuration: Configuration,
  input: DecideInput,
  suites: readonly string[],
): Promise<AskedRivals | null> {
  const { superiorityOn } = configuration.gate;
  if (wantedSizes(configuration).length === 0 || !suites.includes(superiorityOn)) return null;
  const chosen = await readPromptExamples(deps, configuration, input);
  const asked = input.answers.filter(({ role }) => role === 'rival');
  return {
    suite: superiorityOn,
    rows: chosen.map(({ id }) => id),
    tokens: chosen.reduce((sum, { tokens }) => sum + tokens, 0),
    ...refusalsBy(asked, ({ examples }) => String(examples)),
  };
}

function refusalsBy(
  answers: readonly EvaluateResult[],
  nameOf: (answer: EvaluateResult) => string,
): { readonly refused?: Readonly<Record<string, string>> } {
  const refused = answers.flatMap((answer) =>
    answer.refusal === undefined ? [] : [[nameOf(answer), answer.refusal] as const],
  );
  return refused.length === 0 ? {} : { refused: Object.fromEntries(refused) };
}
