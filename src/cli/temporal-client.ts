import { Client, Connection, isGrpcDeadlineError } from '@temporalio/client';
import { temporalTarget, type Environment } from '../config/environment.js';
import type { Configuration } from '../domain/configuration.js';
import { PrerequisiteError } from '../domain/errors.js';
import { temporalFailure, unreachable } from './temporal-failure.js';

/** How long Temporal may take to answer a connection. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A poller was seen within this time: a long poll lasts at most a minute. */
const POLLER_FRESH_MS = 90_000;

/** The task queue type that the service calls workflow (1) in `DescribeTaskQueue`. */
const WORKFLOW_QUEUE = 1;

/** A connection to Temporal that its owner closes. */
export interface TemporalClient {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  close(): Promise<void>;
}

/** @throws PrerequisiteError when nothing answers at the configured address within 10 s. */
export async function connectTemporal(
  configuration: Configuration,
  environment: Environment,
): Promise<TemporalClient> {
  const { address, namespace } = temporalTarget(configuration, environment);
  try {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
    const client = new Client({ connection, namespace });
    const { taskQueue } = configuration.temporal;
    return { client, address, namespace, taskQueue, close: () => connection.close() };
  } catch (error) {
    throw unreachable(address, error);
  }
}

/**
 * Connects, does something, and closes the connection whatever happens.
 * @throws PrerequisiteError when nothing answers, or the namespace is not there.
 */
export async function withTemporal<T>(
  configuration: Configuration,
  environment: Environment,
  perform: (temporal: TemporalClient) => Promise<T>,
): Promise<T> {
  const temporal = await connectTemporal(configuration, environment);
  try {
    return await perform(temporal);
  } catch (error) {
    throw temporalFailure(error, temporal);
  } finally {
    await temporal.close();
  }
}

/** How many workers polled the configured task queue of late. */
export async function countWorkers(temporal: TemporalClient, now: Date): Promise<number> {
  const { client, namespace, taskQueue } = temporal;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_QUEUE,
  });
  return (pollers ?? []).filter(({ lastAccessTime }) => {
    const seen = Number(lastAccessTime?.seconds ?? 0) * 1000;
    return now.getTime() - seen < POLLER_FRESH_MS;
  }).length;
}

/** @throws PrerequisiteError when no worker polls: whatever is started then would wait without a word. */
export async function requireWorker(temporal: TemporalClient, now: Date): Promise<void> {
  if ((await countWorkers(temporal, now)) > 0) return;
  throw new PrerequisiteError(
    `no worker polls the task queue ${temporal.taskQueue} in namespace ${temporal.namespace}: ` +
      'start one with `holdfast worker` (or `holdfast dev`, which brings one)',
  );
}

/** Whether a call was cut off by its deadline. */
export function isDeadlineExceeded(error: unknown): boolean {
  return isGrpcDeadlineError(error);
}
