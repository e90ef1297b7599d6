import { proxyActivities } from '@temporalio/workflow';
import type {
  ControlActivities,
  DataActivities,
  ModelActivities,
  PromotionActivities,
} from '../src/domain/contracts.js';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/**
 * Data steps: CPU and store work of one window, seconds to minutes. No heartbeat: a step that dies with
 * its worker is started again after `startToCloseTimeout` at the latest, and its outputs are idempotent.
 */
export const data = proxyActivities<DataActivities>({
  startToCloseTimeout: '15m',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '6h',
  retry,
});

/** Calls to a model provider: short ones are retried as the provider says, for as long as a day. */
export const models = proxyActivities<ModelActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry,
});

/** Answering a suite: one chat call per sample, resumed at the sample. */
export const evaluations = proxyActivities<ModelActivities>({
  startToCloseTimeout: '6h',
  heartbeatTimeout: '1m',
  scheduleToCloseTimeout: '24h',
  retry,
});

/** The alias and the audit log: small writes. A promotion that fails is told to the person who decided. */
export const promotions = proxyActivities<PromotionActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  retry: { ...retry, maximumAttempts: 5 },
});

/** Waiting for another run of the same window: as long as that run takes. */
export const control = proxyActivities<ControlActivities>({
  startToCloseTimeout: '3 days',
  heartbeatTimeout: '30s',
  retry,
});
