import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { createOpenAICompatibleHost } from '../../src/providers/openai-compatible.js';
import { loadConfiguration, storedForm, type LoadedConfiguration } from '../../src/config/load.js';
import { storeAddress } from '../../src/config/paths.js';
import type { Secrets } from '../../src/config/environment.js';
import { startTrainingEndpoint, type TrainingEndpoint } from '../../src/demo/training-endpoint.js';
import { canonicalJson } from '../../src/domain/json.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { parseEvalFile } from '../../src/evals/parse-eval-file.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys } from '../../src/release/layout.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { realClock } from './launch-clock.js';
import { makeTickets, toLogLine, type Ticket } from './traffic.js';

export const MODEL = 'triage';
export const SECRETS: Secrets = {
  splitKey: 'a-key-for-tests-of-at-least-32-characters',
  providerKey: 'local-key',
  chatKey: 'local-key',
};

/** A user's folder: logs, an eval file, a configuration, and an endpoint that trains and answers. */
export interface Project {
  readonly folder: string;
  readonly endpoint: TrainingEndpoint;
  readonly store: ObjectStore;
  readonly storeUri: string;
  readonly championId: string;
  loaded: LoadedConfiguration;
  /** Writes a log file from lines; objects are put on a line each. */
  writeLog(name: string, lines: readonly (object | string)[]): void;
  /** Rewrites the configuration with changes at its top level. */
  configure(changes: object): Promise<void>;
  close(): Promise<void>;
}

export interface ProjectOptions {
  readonly folder: string;
  readonly firstWindow: string;
  /** Examples the first champion is trained on; the fewer, the more there is to learn. */
  readonly championRows?: number;
  readonly evalSamples?: number;
  /** JSON Lines that the first champion is trained on instead. */
  readonly training?: string;
  /** An eval file's text that is frozen instead. */
  readonly evalFile?: string;
  readonly temporalAddress?: string;
  readonly taskQueue?: string;
  readonly changes?: object;
}

/** Makes such a folder, trains the first champion in it and freezes its eval set. */
export async function createProject(options: ProjectOptions): Promise<Project> {
  const { folder } = options;
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const endpoint = await startTrainingEndpoint({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder, 'endpoint'),
    key: SECRETS.providerKey,
  });
  const rows = makeTickets('release', options.championRows ?? 40, '2025-01-01', '2025-02-01');
  const training = options.training ?? rows.map(toTrainingLine).join('');
  writeFileSync(join(folder, 'champion.jsonl'), training);
  const championId = await trainChampion(endpoint, training);
  const store = await openStore(`file:${join(folder, 'store')}`);
  const set = await freeze(store, folder, options.evalFile ?? evalFile(options.evalSamples ?? 120));
  const base = {
    model: MODEL,
    store: 'file:store',
    temporal: {
      address: options.temporalAddress ?? '127.0.0.1:7233',
      taskQueue: options.taskQueue ?? 'holdfast',
    },
    window: { first: options.firstWindow, weeks: 1 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    split: { holdoutFraction: 0.2, group: 'conversation' },
    select: { completeSignals: ['filing'] },
    evals: [{ name: 'tickets', digest: set }],
    train: {
      baseURL: endpoint.baseURL,
      keyVariable: 'LOCAL_KEY',
      baseModel: 'local-linear-1',
      pollSeconds: 0.2,
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: championId, trainedOn: ['champion.jsonl'] },
    gate: { superiorityOn: 'frozen:tickets' },
    ...options.changes,
  };
  const loaded = await writeConfiguration(folder, base, store);
  const project: Project = {
    folder,
    endpoint,
    store,
    storeUri: storeAddress(loaded),
    championId,
    loaded,
    writeLog: (name, lines) => {
      const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
      writeFileSync(join(folder, 'logs', name), `${text.join('\n')}\n`);
    },
    configure: async (changes) => {
      project.loaded = await writeConfiguration(folder, { ...base, ...changes }, store);
    },
    close: () => endpoint.close(),
  };
  return project;
}

/** Lines of a window's log: the champion's answer is wrong for a third of them, the filing never. */
export function logLines(tickets: readonly Ticket[]): readonly object[] {
  return tickets.map((ticket, n) => toLogLine(ticket, n % 3 === 0 ? 'elsewhere' : ticket.label));
}

async function writeConfiguration(
  folder: string,
  configuration: object,
  store: ObjectStore,
): Promise<LoadedConfiguration> {
  const path = join(folder, 'holdfast.yaml');
  writeFileSync(path, stringify(configuration));
  const loaded = await loadConfiguration(path);
  await store.putIfAbsent(
    keys.configuration(loaded.digest),
    Buffer.from(canonicalJson(storedForm(loaded.configuration))),
  );
  return loaded;
}

function toTrainingLine({ text, label }: Ticket): string {
  const messages = [
    { role: 'user', content: text },
    { role: 'assistant', content: label },
  ];
  return `${JSON.stringify({ messages })}\n`;
}

async function trainChampion(endpoint: TrainingEndpoint, training: string): Promise<string> {
  const host = createOpenAICompatibleHost({
    baseURL: endpoint.baseURL,
    key: SECRETS.providerKey,
  });
  const provider = createFineTuneProvider(host, realClock);
  const bytes = Buffer.from(training);
  const request = {
    runKey: 'first-champion',
    baseModel: 'local-linear-1',
    trainingFile: { bytes, sha256: sha256Hex(bytes) },
    hyperparameters: {},
    seed: 7,
    suffix: 'triage-v1',
  };
  const launched = await provider.launch(request, createMemoryLedger());
  if (launched.kind === 'parked') throw new Error(launched.parked.message);
  for (;;) {
    const state = await provider.poll(launched.handle);
    if (state.kind === 'succeeded') return state.modelId;
    if (state.kind !== 'pending') throw new Error(`the champion's training ended as ${state.kind}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function evalFile(count: number): string {
  const lines = makeTickets('eval', count, '2025-01-01', '2025-02-01').map(({ id, text, label }) =>
    JSON.stringify({ id, input: text, reference: label }),
  );
  return `${lines.join('\n')}\n`;
}

async function freeze(store: ObjectStore, folder: string, text: string): Promise<string> {
  writeFileSync(join(folder, 'evals.jsonl'), text);
  const samples = parseEvalFile(Buffer.from(text), 'evals.jsonl');
  const policy = DEFAULT_CONTAMINATION_POLICY;
  return (await freezeEvalSet(store, 'tickets', samples, createRedactor(), policy)).digest;
}
