import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { JobResolution } from '../src/domain/job.js';
import type { Parked } from '../src/domain/parked.js';
import type { DecisionRequest, PromotionStatus } from '../src/domain/promotion.js';
import {
  DECIDE_UPDATE,
  PARKED_QUERY,
  RESOLVE_JOB_UPDATE,
  STATUS_QUERY,
  SUPERSEDE_SIGNAL,
} from '../src/domain/workflow-names.js';

/** A person's decision on a promotion: one JSON object, so that Temporal's UI can send it. */
export const decideUpdate = defineUpdate<PromotionStatus, [DecisionRequest]>(DECIDE_UPDATE);

/** Says that a newer candidate is there; its id is the argument. */
export const supersedeSignal = defineSignal<[{ readonly by: string }]>(SUPERSEDE_SIGNAL);

/** What a promotion is about and where it stands. */
export const statusQuery = defineQuery<PromotionStatus>(STATUS_QUERY);

/** A person's decision on a parked run: one JSON object, so that Temporal's UI can send it. */
export const resolveJobUpdate = defineUpdate<void, [JobResolution]>(RESOLVE_JOB_UPDATE);

/** What a run waits with for a person, or `null`. */
export const parkedQuery = defineQuery<Parked | null>(PARKED_QUERY);

/** Search attributes by which runs are found in Temporal's UI. They hold names and counts, never text. */
export const attributes = {
  model: defineSearchAttributeKey('HoldfastModel', SearchAttributeType.KEYWORD),
  window: defineSearchAttributeKey('HoldfastWindow', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('HoldfastStage', SearchAttributeType.KEYWORD),
  decision: defineSearchAttributeKey('HoldfastDecision', SearchAttributeType.KEYWORD),
  candidate: defineSearchAttributeKey('HoldfastCandidate', SearchAttributeType.KEYWORD),
  trainRows: defineSearchAttributeKey('HoldfastTrainRows', SearchAttributeType.INT),
  findings: defineSearchAttributeKey('HoldfastFindings', SearchAttributeType.INT),
} as const;
