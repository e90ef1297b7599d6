import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.js';
import type { Dependencies, StepWarning } from '../activities/dependencies.js';
import { createThreadRunner } from '../activities/run-in-thread.js';
import { createStepContext } from '../activities/step-context.js';
import { runStepHere } from '../activities/step-runner.js';
import { toolEnvironment, trainerEnvironment, type Secrets } from './config/environment.js';
import type { LoadedConfiguration } from './config/load.js';
import { resolvePath } from './config/paths.js';
import { furtherHosts } from './domain/model-hosts.js';
import { createHostGates } from './providers/capacity/host-gates.js';
import { createChatClient, waitOf } from './providers/openai-chat.js';
import { areProcessesFound } from './providers/detached-program.js';
import { openProvider } from './providers/open-provider.js';
import { postToWebhook } from './providers/webhook.js';
import type { ObjectStore } from './storage/object-store.js';
import { createTemporalControl } from './temporal-control.js';

export interface WorkerOptions {
  readonly loaded: LoadedConfiguration;
  readonly secrets: Secrets;
  readonly address: string;
  readonly namespace: string;
  /** Where objects lie: the resolved URI, and the store where it is open already. */
  readonly storeUri: string;
  readonly store?: ObjectStore;
}

/** A worker that polls. */
export interface RunningWorker {
  /** Settles when the worker has stopped; rejects when it died. */
  readonly stopped: Promise<void>;
  /** Asks it to stop and waits for the work in hand. */
  stop(): Promise<void>;
}

/**
 * Connects to Temporal and polls the configured task queue with all workflows and activities. Where that fails,
 * nothing stays open that would keep the process alive.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const connections = await connect(options.address);
  const close = async (): Promise<void> => {
    await connections.ofClient.close();
    await connections.ofWorker.close();
  };
  try {
    const worker = await createWorker(options, connections);
    const stopped = worker.run().finally(close);
    return {
      stopped,
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await stopped;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Connections {
  readonly ofWorker: NativeConnection;
  readonly ofClient: Connection;
}

async function connect(address: string): Promise<Connections> {
  const ofWorker = await NativeConnection.connect({ address });
  try {
    return { ofWorker, ofClient: await Connection.connect({ address }) };
  } catch (error) {
    await ofWorker.close();
    throw error;
  }
}

async function createWorker(
  options: WorkerOptions,
  { ofWorker, ofClient }: Connections,
): Promise<Worker> {
  const { namespace, loaded } = options;
  // Asked first: a worker without its namespace would try for ten seconds, and say so in many words.
  await ofClient.workflowService.describeNamespace({ namespace });
  const deps = await createDependencies(options, new Client({ connection: ofClient, namespace }));
  return Worker.create({
    connection: ofWorker,
    namespace,
    taskQueue: loaded.configuration.temporal.taskQueue,
    activities: createActivities(deps),
    ...workflowSource(),
    shutdownGraceTime: '10s',
    shutdownForceTime: '30s',
  });
}

/** The bundle that the build made; without one (a fresh checkout under test) the sources are bundled now. */
function workflowSource(): { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  const bundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)) };
}

/** All that activities are given: store, provider, clock, and a control of Temporal by `client`. */
export async function createDependencies(
  options: Omit<WorkerOptions, 'address' | 'namespace'>,
  client: Client,
): Promise<Dependencies> {
  const { loaded, secrets, storeUri } = options;
  const contextOptions = {
    storeUri,
    baseFolder: loaded.baseFolder,
    splitKey: secrets.splitKey,
    tiers: furtherHosts(loaded.configuration).map(({ baseURL, keyVariable }) => ({
      baseURL,
      keyVariable,
      key: secrets.tierKeys?.[keyVariable] ?? '',
    })),
  };
  const clock = { now: Date.now, sleep: sleepUntilAborted, random: Math.random };
  const gates = createHostGates(clock);
  const context = await createStepContext(contextOptions, warn, options.store, gates);
  return {
    ...context,
    startedWith: loaded.configuration,
    providerFor: ({ train }) =>
      openProvider(train, {
        key: secrets.providerKey,
        clock,
        environment: trainerEnvironment(loaded.configuration),
        resolvePath: (path) => resolvePath(loaded, path),
      }),
    chatFor: ({ chat }) => {
      const host = { baseURL: chat.baseURL, key: secrets.chatKey, now: steadyNow };
      const gate = gates.of(host, chat);
      return createChatClient({ ...host, ...waitOf(chat), sleep: sleepUntilAborted, gate });
    },
    toolEnvironment: toolEnvironment(loaded.configuration, secrets),
    areProcessesFound,
    readFile,
    control: createTemporalControl(client),
    postJson: (url, body) => postToWebhook(url, body),
    now: () => new Date().toISOString(),
    sleep: sleepUntilAborted,
    runStep: storeUri.startsWith('memory:')
      ? (step, input) => runStepHere(context, step, input)
      : createThreadRunner(contextOptions, warn),
  };
}

/** The time, never going back, as latencies need it. */
function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

function warn({ event, ...fields }: StepWarning): void {
  Runtime.instance().logger.warn(event, fields);
}

async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
