import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeWindow } from '../../activities/closing.js';
import type { Dependencies, StepWarning } from '../../activities/dependencies.js';
import { advanceChain } from '../../activities/releasing.js';
import { createStepContext } from '../../activities/step-context.js';
import { runStepHere } from '../../activities/step-runner.js';
import { readReleaseFile } from '../../activities/window-state.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { StepInput } from '../../src/domain/contracts.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { windowAt } from '../../src/domain/window.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys, STEPS } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import type { RowsName } from '../../src/release/rows-files.js';
import { readJson, sha256Hex } from '../../src/storage/objects.js';
import { SECRETS } from './project.js';

const MODEL = 'triage';

/** A window that was built as far as its release. */
export interface BuiltWindow {
  readonly input: StepInput;
  readonly release: string;
  readonly manifest: ReleaseManifest;
  /** The rows of one of the release's files. */
  read<T>(name: RowsName): Promise<readonly T[]>;
}

/** The data steps over a store in memory and logs in a folder, without a server and without models. */
export interface DataPath {
  readonly deps: Dependencies;
  /** What steps have told beside their results. */
  readonly warnings: readonly StepWarning[];
  configuration: Configuration;
  writeLog(name: string, lines: readonly object[]): void;
  /** Builds the window with this number, counted from 0; `reopen` closes its input anew. */
  build(index: number, reopen?: boolean): Promise<BuiltWindow>;
  close(): void;
}

/** Makes one. `changes` are to the configuration's top level, `champion` the lines it was trained on. */
export async function createDataPath(
  changes: object = {},
  champion: readonly object[] = [],
  openStore: (folder: string) => Promise<ObjectStore> = async () => createMemoryStore(),
): Promise<DataPath> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-data-path-'));
  mkdirSync(join(folder, 'logs'));
  const write = (name: string, lines: readonly object[]): void =>
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  write('champion.jsonl', champion);
  const store = await openStore(folder);
  const configuration = await configurationOf(store, changes);
  const warnings: StepWarning[] = [];
  const deps = await localDependencies(folder, store, configuration, warnings);
  const path: DataPath = {
    deps,
    warnings,
    configuration,
    writeLog: (name, lines) => write(join('logs', name), lines),
    build: (index, reopen = false) => buildWindow(deps, path, index, reopen),
    close: () => rmSync(folder, { recursive: true }),
  };
  return path;
}

/** Dependencies that can build releases; what asks a model or Temporal fails. */
async function localDependencies(
  folder: string,
  store: ObjectStore,
  startedWith: Configuration,
  warnings: StepWarning[],
): Promise<Dependencies> {
  const { splitKey } = SECRETS;
  const options = { storeUri: store.uri, baseFolder: folder, splitKey };
  const context = await createStepContext(options, (each) => void warnings.push(each), store);
  const unused = (): never => {
    throw new Error('there is neither a model nor Temporal here');
  };
  return {
    ...context,
    startedWith,
    providerFor: unused,
    chatFor: unused,
    toolEnvironment: {},
    areProcessesFound: () => true,
    readFile,
    postJson: async () => undefined,
    control: { awaitWindow: unused, supersedePromotions: unused, isRunning: unused },
    now: () => '2026-03-01T00:00:00.000Z',
    sleep: unused,
    runStep: (step, input) => runStepHere(context, step, input),
  };
}

async function configurationOf(store: ObjectStore, changes: object): Promise<Configuration> {
  const samples = [
    {
      id: 'frozen-1',
      messages: [
        { role: 'user', content: 'which of the four queues does a lost parcel belong in please' },
      ],
      reference: 'shipping',
      referenceOrigin: 'independent',
      options: [],
      cluster: 'frozen-1',
    },
  ] as const;
  const policy = DEFAULT_CONTAMINATION_POLICY;
  const { digest } = await freezeEvalSet(store, 'tickets', samples, createRedactor(), policy);
  return parseConfiguration({
    model: MODEL,
    store: 'file:store',
    window: { first: '2026-W01', weeks: 1 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    split: { holdoutFraction: 0.3, group: 'conversation' },
    select: { completeSignals: ['filing'] },
    evals: [{ name: 'tickets', digest }],
    train: {
      baseURL: 'http://127.0.0.1:1/v1',
      keyVariable: 'LOCAL_KEY',
      baseModel: 'base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: 'champion', trainedOn: ['champion.jsonl'] },
    gate: { superiorityOn: 'frozen:tickets' },
    ...changes,
  });
}

async function buildWindow(
  deps: Dependencies,
  { configuration }: Pick<DataPath, 'configuration'>,
  index: number,
  reopen: boolean,
): Promise<BuiltWindow> {
  const { store } = deps;
  const configDigest = sha256Hex(canonicalJson(configuration));
  await store.putIfAbsent(
    keys.configuration(configDigest),
    Buffer.from(canonicalJson(configuration)),
  );
  const window = windowAt(configuration.window, index);
  const reference = { model: MODEL, configDigest };
  const closed = await closeWindow(deps, { ...reference, window, mode: 'run', reopen });
  const input: StepInput = { ...reference, window, manifestKey: closed.manifestKey };
  for (const step of STEPS) await runStepHere(deps, step, input);
  const { release } = (await runStepHere(deps, 'writeRelease', input)) as { release: string };
  await advanceChain(deps, { ...input, release });
  const manifest = await readJson<ReleaseManifest>(store, keys.release(release));
  return {
    input,
    release,
    manifest,
    read: (name) => readReleaseFile(store, { release, manifest }, name),
  };
}
