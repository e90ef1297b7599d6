import { proxyActivities } from '@temporalio/workflow';
import type {
  ControlActivities,
  DataActivities,
  ModelActivities,
} from '../src/domain/contracts.js';
import type { PromotionActivities } from '../src/domain/promotion-contracts.js';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/**
 * Data steps: CPU work in a thread and store work, seconds to minutes. They beat every two seconds, so a
 * killed worker is noticed after ten; what was written then is found again, byte by byte the same.
 */
export const data = proxyActivities<DataActivities>({
  startToCloseTimeout: '15m',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '6h',
  retry,
});

/** Calls to a model provider: short ones are retried as the provider says, for as long as a day. */
export const models = proxyActivities<ModelActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '24h',
  retry,
});

/**
 * Waiting for a job: an attempt asks again and again, so that a job of days leaves a few events in the
 * history and not thousands. There is no limit to it here; the job's own deadline ends it.
 */
export const jobs = proxyActivities<Pick<ModelActivities, 'pollTune'>>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '10s',
  retry,
});

/** Answering a suite: one chat call per sample; after a crash the suite is asked again. */
export const evaluations = proxyActivities<ModelActivities>({
  startToCloseTimeout: '6h',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '24h',
  // A host that is away is asked again by and by: every attempt pays for the suite's answers anew.
  retry: { ...retry, maximumInterval: '30m' },
});

/** The alias and the audit log: small writes. A promotion that fails is told to the person who decided. */
export const promotions = proxyActivities<PromotionActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  retry: { ...retry, maximumAttempts: 5 },
});

/** How a promotion ended without a person at the other end: written down however long the store is away. */
export const endings = proxyActivities<Pick<PromotionActivities, 'recordPromotionEnd'>>({
  startToCloseTimeout: '1m',
  retry,
});

/** A webhook that is away misses a reminder, and nothing waits for it. */
export const reminders = proxyActivities<Pick<PromotionActivities, 'sendReminder'>>({
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '5m',
  retry: { ...retry, maximumAttempts: 5 },
});

/** Waiting for another run of the same window: as long as that run takes. */
export const control = proxyActivities<ControlActivities>({
  startToCloseTimeout: '3 days',
  heartbeatTimeout: '10s',
  retry,
});
