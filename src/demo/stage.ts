import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startDevServer, type DevServer } from '../cli/dev-server.js';
import { scheduleOptions } from '../cli/schedule.js';
import { storeConfiguration } from '../cli/stored-run.js';
import { findTemporalCli, type ProgramEnvironment } from '../cli/temporal-cli.js';
import type { Secrets } from '../config/environment.js';
import { loadConfiguration, type LoadedConfiguration } from '../config/load.js';
import { storeAddress } from '../config/paths.js';
import { writeYaml } from '../config/yaml-file.js';
import type { ChatClient } from '../domain/chat.js';
import type { ConfigReference } from '../domain/config-reference.js';
import type { FineTuneProvider } from '../domain/fine-tuning.js';
import { SEARCH_ATTRIBUTES } from '../domain/workflow-names.js';
import { createFineTuneProvider } from '../providers/launch.js';
import { createChatClient } from '../providers/openai-chat.js';
import { createOpenAICompatibleHost } from '../providers/openai-compatible.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { startWorker, type RunningWorker } from '../worker.js';
import { startTrainingEndpoint, type TrainingEndpoint } from './training-endpoint.js';

/** The demo's keys guard nothing: they are in the source, and the endpoint listens on loopback. */
export const DEMO_SECRETS: Secrets = {
  splitKey: 'the-demo-splits-by-this-key-which-is-no-secret',
  providerKey: 'demo-key',
  chatKey: 'demo-key',
};

/** Servers on free loopback ports, and a folder that holds everything of this run. */
export interface Stage {
  readonly folder: string;
  readonly endpoint: TrainingEndpoint;
  readonly provider: FineTuneProvider;
  readonly chat: ChatClient;
  readonly server: DevServer;
  readonly client: Client;
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** A stage with a configuration, a worker that polls and a schedule. */
export interface RunningStage extends Stage {
  readonly loaded: LoadedConfiguration;
  readonly reference: ConfigReference;
}

/** Starts Temporal with its web UI and the training endpoint; where anything fails, nothing is left running. */
export async function openStage(folder: string, environment: ProgramEnvironment): Promise<Stage> {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const servers = await startServers(folder, findTemporalCli(environment));
  try {
    return await furnish(folder, servers);
  } catch (error) {
    await stopServers(servers);
    throw error;
  }
}

interface Servers {
  readonly endpoint: TrainingEndpoint;
  readonly server: DevServer;
}

/** Starts both at once; when one fails, the other is ended before that is told. */
async function startServers(folder: string, cliPath: string): Promise<Servers> {
  const key = DEMO_SECRETS.providerKey;
  const starting = [
    startTrainingEndpoint({ host: '127.0.0.1', port: 0, folder: join(folder, 'endpoint'), key }),
    startDevServer({
      cliPath,
      databaseFile: join(folder, 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      namespace: 'default',
      searchAttributes: SEARCH_ATTRIBUTES,
    }),
  ] as const;
  try {
    const [endpoint, server] = await Promise.all(starting);
    return { endpoint, server };
  } catch (error) {
    const [endpoint, server] = starting;
    await Promise.allSettled([
      endpoint.then((started) => started.close()),
      server.then((started) => started.stop()),
    ]);
    throw error;
  }
}

async function stopServers({ endpoint, server }: Servers): Promise<void> {
  await endpoint.close();
  await server.stop();
}

async function furnish(folder: string, servers: Servers): Promise<Stage> {
  const { endpoint, server } = servers;
  const store = await openStore(`file:${join(folder, 'store')}`);
  const connection = await Connection.connect({ address: server.address });
  const host = { baseURL: endpoint.baseURL, key: DEMO_SECRETS.providerKey, sleep };
  return {
    ...servers,
    folder,
    provider: createFineTuneProvider(createOpenAICompatibleHost(host), {
      now: Date.now,
      sleep,
      random: Math.random,
    }),
    chat: createChatClient(host),
    client: new Client({ connection }),
    store,
    close: async () => {
      await connection.close();
      await stopServers(servers);
    },
  };
}

/** Writes the configuration, starts the worker, and makes the schedule, paused: the demo's weeks are long over. */
export async function runStage(stage: Stage, document: object): Promise<RunningStage> {
  const path = join(stage.folder, 'holdfast.yaml');
  writeFileSync(
    path,
    `# The configuration that this run of the demo used.\n${writeYaml(document)}`,
  );
  const loaded = await loadConfiguration(path);
  const reference = await storeConfiguration(stage.store, loaded);
  const worker = await startWorker({
    loaded,
    secrets: DEMO_SECRETS,
    address: stage.server.address,
    namespace: 'default',
    storeUri: storeAddress(loaded),
  });
  const { taskQueue } = loaded.configuration.temporal;
  const options = scheduleOptions(loaded.configuration, reference, taskQueue);
  await stage.client.schedule.create({
    ...options,
    state: { paused: true, note: 'The demo starts each of its weeks itself, by a backfill.' },
  });
  return { ...stage, loaded, reference, close: () => closeAll(stage, worker) };
}

async function closeAll(stage: Stage, worker: RunningWorker): Promise<void> {
  await worker.stop();
  await stage.close();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
