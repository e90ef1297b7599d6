import { ScheduleOverlapPolicy, WorkflowNotFoundError } from '@temporalio/client';
import type { WindowOutcome } from '../domain/contracts.js';
import type { ApprovalRequest, PromotionOutcome, PromotionStatus } from '../domain/promotion.js';
import { PrerequisiteError } from '../domain/errors.js';
import type { Evidence } from '../domain/gate.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { windowAt, windowIndex } from '../domain/window.js';
import {
  DECIDE_UPDATE,
  scheduleId,
  STATUS_QUERY,
  windowWorkflowId,
} from '../domain/workflow-names.js';
import { keys } from '../release/layout.js';
import { readJson } from '../storage/objects.js';
import type { RunningStage } from './stage.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const POLL_MS = 100;
const START_TIMEOUT_MS = 60_000;

/** What a week came to, with what its decision rests on. */
export interface WeekResult {
  readonly outcome: WindowOutcome;
  readonly release: ReleaseManifest;
  readonly evidence: Evidence | null;
}

/**
 * Lets the schedule start the run of a window that is long over: a backfill of the moment at which it was
 * due. The nominal time of that moment decides the window.
 */
export async function runWeek(stage: RunningStage, id: string): Promise<WeekResult> {
  const { configuration } = stage.loaded;
  const window = windowAt(configuration.window, windowIndex(configuration.window, id));
  const due = Date.parse(window.to) + configuration.schedule.delayHours * HOUR_MS;
  await stage.client.schedule.getHandle(scheduleId(configuration.model)).backfill({
    start: new Date(due - MINUTE_MS),
    end: new Date(due + MINUTE_MS),
    overlap: ScheduleOverlapPolicy.BUFFER_ALL,
  });
  const workflowId = windowWorkflowId('run', configuration.model, id);
  await untilStarted(stage, workflowId);
  const outcome = (await stage.client.workflow.getHandle(workflowId).result()) as WindowOutcome;
  const { evidenceDigest } = outcome;
  return {
    outcome,
    release: await readJson<ReleaseManifest>(stage.store, keys.release(outcome.release)),
    evidence:
      evidenceDigest === null
        ? null
        : await readJson<Evidence>(stage.store, keys.evidence(evidenceDigest)),
  };
}

async function untilStarted(stage: RunningStage, workflowId: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await stage.client.workflow.getHandle(workflowId).describe();
      return;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    if (Date.now() > deadline) {
      throw new PrerequisiteError(`the schedule started no ${workflowId} within a minute`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Approves a promotion, as `holdfast approve` does: bound to what the promotion says it is about. */
export async function approve(
  stage: RunningStage,
  promotionId: string,
  reason: string,
): Promise<PromotionOutcome> {
  const promotion = stage.client.workflow.getHandle(promotionId);
  const { subject } = await promotion.query<PromotionStatus>(STATUS_QUERY);
  const request: ApprovalRequest = {
    decision: 'approve',
    candidate: subject.candidate,
    evidence: subject.evidenceDigest,
    champion: subject.champion,
    approver: 'demo',
    reason,
  };
  await promotion.executeUpdate(DECIDE_UPDATE, { args: [request] });
  return awaitPromotion(stage, promotionId);
}

/** Waits until somebody has decided. */
export async function awaitPromotion(
  stage: RunningStage,
  promotionId: string,
): Promise<PromotionOutcome> {
  return (await stage.client.workflow.getHandle(promotionId).result()) as PromotionOutcome;
}
