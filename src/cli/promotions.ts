import type { WorkflowHandle } from '@temporalio/client';
import type { PromotionOutcome, PromotionStatus } from '../domain/promotion.js';
import { PrerequisiteError } from '../domain/errors.js';
import { STATUS_QUERY, WORKFLOWS } from '../domain/workflow-names.js';
import type { TemporalClient } from './temporal-client.js';
import { isUnanswered } from './temporal-failure.js';

/** How long a query may take: a worker answers it from memory, or replays first. */
const QUERY_TIMEOUT_MS = 15_000;

/** A promotion as Temporal's list shows it. */
export interface FoundPromotion {
  readonly workflowId: string;
  readonly runId: string;
  readonly candidate: string;
  readonly window: string;
  readonly isRunning: boolean;
}

/** All promotions of a model that Temporal still remembers, newest first. */
export async function findPromotions(
  { client }: TemporalClient,
  model: string,
): Promise<readonly FoundPromotion[]> {
  const query = `WorkflowType = '${WORKFLOWS.promotion}' AND HoldfastModel = '${model}'`;
  const found: FoundPromotion[] = [];
  for await (const execution of client.workflow.list({ query })) {
    found.push({
      workflowId: execution.workflowId,
      runId: execution.runId,
      candidate: attributeOf(execution, 'HoldfastCandidate'),
      window: attributeOf(execution, 'HoldfastWindow'),
      isRunning: execution.status.name === 'RUNNING',
    });
  }
  return found;
}

/**
 * What a running promotion says of itself; needs a worker.
 * @throws PrerequisiteError when none answers: one that stopped a moment ago still counts as polling. What
 * else fails is thrown as it is.
 */
export async function statusOf(
  { client, taskQueue }: TemporalClient,
  handle: WorkflowHandle,
): Promise<PromotionStatus> {
  try {
    return await client.connection.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
      handle.query<PromotionStatus, []>(STATUS_QUERY),
    );
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw new PrerequisiteError(
      `no worker of the task queue ${taskQueue} answered for ${handle.workflowId} within ${QUERY_TIMEOUT_MS / 1000} s: ` +
        'start one with `holdfast worker` (or `holdfast dev`, which brings one)',
      { cause: error },
    );
  }
}

/** How a promotion that is over ended, in a sentence. */
export async function endingOf(handle: WorkflowHandle): Promise<string> {
  const { outcome, by } = (await handle.result()) as PromotionOutcome;
  switch (outcome) {
    case 'expired':
      return 'too late: the deadline has passed, and the candidate expired';
    case 'superseded':
      return 'superseded: a newer candidate came, or the champion has changed';
    case 'cancelled':
      return 'cancelled: somebody cancelled the promotion in Temporal';
    case 'promoted':
    case 'rejected':
      return `already decided: the candidate was ${outcome}${by === null ? '' : ` by ${by}`}`;
  }
}

/** A keyword search attribute of a listed workflow, or the empty text. */
export function attributeOf(
  execution: { readonly searchAttributes: Readonly<Record<string, unknown>> },
  name: string,
): string {
  const value = execution.searchAttributes[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}
