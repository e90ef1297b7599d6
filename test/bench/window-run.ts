import { readFile } from 'node:fs/promises';
import { closeWindow } from '../../activities/closing.js';
import { decide } from '../../activities/deciding.js';
import type { Dependencies, StepWarning } from '../../activities/dependencies.js';
import { evaluate, planEvaluation } from '../../activities/evaluating.js';
import { advanceChain } from '../../activities/releasing.js';
import { createStepContext } from '../../activities/step-context.js';
import { runStepHere } from '../../activities/step-runner.js';
import { pollTune, submitTune } from '../../activities/tuning.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import type { DecideResult, ReleaseResult, StepInput } from '../../src/domain/contracts.js';
import type { ConfigReference } from '../../src/domain/config-reference.js';
import type { Evidence } from '../../src/domain/gate.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { Window } from '../../src/domain/window.js';
import { promoteAlias, readAlias } from '../../src/promotion/alias.js';
import { recordFate } from '../../src/release/chain.js';
import { keys, STEPS } from '../../src/release/layout.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readJson } from '../../src/storage/objects.js';
import type { LocalModels } from './local-models.js';

const NEVER = new AbortController().signal;

/** A window that ran: its release, its candidate, and what the gate said. */
export interface WindowRun {
  readonly input: StepInput;
  readonly release: ReleaseResult;
  readonly manifest: ReleaseManifest;
  readonly candidate: string;
  readonly championId: string;
  readonly decided: DecideResult;
  readonly evidence: Evidence;
}

function unwanted({ event }: StepWarning): never {
  throw new Error(`${event} was not to be`);
}

/** Dependencies over a store in memory and models in this process. */
export async function localDependencies(
  store: ObjectStore,
  { configuration, baseFolder: folder }: LoadedConfiguration,
  splitKey: string,
  models: LocalModels,
): Promise<Dependencies> {
  const context = await createStepContext(
    { storeUri: store.uri, baseFolder: folder, splitKey },
    unwanted,
    store,
  );
  const unused = async (): Promise<never> => {
    throw new Error('there is no Temporal here');
  };
  return {
    ...context,
    startedWith: configuration,
    providerFor: () => models.provider,
    chatFor: () => models.chat,
    toolEnvironment: {},
    areProcessesFound: () => true,
    readFile,
    postJson: async () => undefined,
    control: { awaitWindow: unused, supersedePromotions: unused, isRunning: unused },
    now: () => '2002-10-01T00:00:00.000Z',
    sleep: unused,
    runStep: (step, input) => runStepHere(context, step, input),
  };
}

/** The steps of `fineTuneWindow`, in its order, with the workers' own functions but without a workflow. */
export async function runWindow(
  deps: Dependencies,
  reference: ConfigReference,
  window: Window,
): Promise<WindowRun> {
  const closed = await closeWindow(deps, { ...reference, window, mode: 'run', reopen: false });
  const input: StepInput = { ...reference, window, manifestKey: closed.manifestKey };
  for (const step of STEPS) await deps.runStep(step, input, NEVER);
  const release = (await deps.runStep('writeRelease', input, NEVER)) as ReleaseResult;
  await advanceChain(deps, { ...input, release: release.release });
  const trained = { ...input, release: release.release };
  const submitted = await submitTune(deps, trained, NEVER);
  if (!('handle' in submitted)) throw new Error('the job was not submitted');
  const state = await pollTune(deps, { ...trained, handle: submitted.handle }, NEVER);
  if (state.kind !== 'succeeded') throw new Error(`training ended as ${state.kind}`);
  const candidate = state.modelId;
  const answers = [];
  for (const suite of (await planEvaluation(deps, trained)).suites) {
    for (const role of ['champion', 'candidate'] as const) {
      answers.push(await evaluate(deps, { ...trained, candidate, role, suite }, NEVER));
    }
  }
  const decided = await decide(deps, { ...trained, candidate, answers });
  return {
    input,
    release,
    manifest: await readJson<ReleaseManifest>(deps.store, keys.release(release.release)),
    candidate,
    championId: closed.championId,
    decided,
    evidence: await readJson<Evidence>(deps.store, keys.evidence(decided.evidenceDigest)),
  };
}

/** Moves the alias to the window's candidate, as an approval would. */
export async function promoteCandidate(deps: Dependencies, run: WindowRun): Promise<void> {
  const { model } = run.input;
  const current = await readAlias(deps.store, model);
  await promoteAlias(deps.store, model, current?.version ?? 0, {
    modelId: run.candidate,
    promotion: run.decided.evidenceDigest,
    evidence: run.decided.evidenceDigest,
    previousModelId: run.championId,
  });
  await recordFate(deps.store, model, run.release.release, 'promoted');
}
