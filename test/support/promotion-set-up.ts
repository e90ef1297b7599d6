import assert from 'node:assert/strict';
import type { Dependencies } from '../../activities/dependencies.js';
import { createPromotionActivities } from '../../activities/promotion-activities.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { PromotionActivities } from '../../src/domain/promotion-contracts.js';
import type { ApprovalRequest, PromotionSubject } from '../../src/domain/promotion.js';
import { buildEvidence, evidenceDigest } from '../../src/gate/evidence.js';
import { declareChampion } from '../../src/promotion/alias.js';
import { keys } from '../../src/release/layout.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { sha256Hex, writeJson } from '../../src/storage/objects.js';
import { createTestDependencies } from './dependencies.js';
import { evidenceOf } from './report-data.js';

const AT = '2026-02-16T06:00:00.000Z';
const clear = Array.from({ length: 300 }, (_, n) => ({
  sampleId: `s${n}`,
  cluster: `c${n}`,
  champion: n % 3 === 0 ? 0 : 1,
  candidate: 1,
  clean: true,
  decisive: true,
}));

/** A promotion that waits, over a store in memory. */
export interface PromotionSetUp {
  readonly deps: Dependencies;
  readonly store: ObjectStore;
  readonly activities: PromotionActivities;
  readonly subject: PromotionSubject;
  /** An unsigned approval by `ana`. */
  readonly request: ApprovalRequest;
  /** Another promotion over the same champion, in the same store. */
  readonly another: (candidate: string) => Promise<PromotionSetUp>;
}

export interface EvidenceOptions {
  readonly candidate: string;
  readonly champion?: string;
  /** Of the champion alias. */
  readonly version?: number;
  readonly window?: string;
}

/** A promotion whose evidence says promote, over a champion that was just declared. */
export async function setUpPromotion(
  sections: object = {},
  now: () => string = () => AT,
): Promise<PromotionSetUp> {
  const { deps } = await createTestDependencies({ now });
  await declareChampion(deps.store, 'triage', 'ft:a', AT);
  const startedWith = parseConfiguration({ ...deps.startedWith, ...sections });
  return openPromotion({ ...deps, startedWith }, 'ft:b');
}

/** Stores evidence that says promote, and gives the promotion it is for. */
export async function storeEvidence(
  store: ObjectStore,
  { candidate, champion = 'ft:a', version = 1, window = '2026-W01' }: EvidenceOptions,
): Promise<PromotionSubject> {
  const { policy } = evidenceOf('promote');
  const release = sha256Hex(`the release of ${window}`);
  const evidence = buildEvidence({
    model: 'triage',
    window,
    release,
    champion: { modelId: champion, version },
    candidate,
    policy: { ...policy, superiorityOn: 'holdout', guards: [] },
    scores: { holdout: clear },
    missing: {},
    lineageKnown: true,
  });
  assert.equal(evidence.result.decision, 'promote');
  const digest = evidenceDigest(evidence);
  await writeJson(store, keys.evidence(digest), evidence);
  return {
    model: 'triage',
    configDigest: 'c'.repeat(64),
    window,
    release,
    candidate,
    champion,
    championVersion: version,
    evidenceDigest: digest,
    decision: 'promote',
  };
}

async function openPromotion(deps: Dependencies, candidate: string): Promise<PromotionSetUp> {
  const { store } = deps;
  const subject = await storeEvidence(store, { candidate });
  return {
    deps,
    store,
    activities: createPromotionActivities(deps),
    subject,
    request: {
      decision: 'approve',
      candidate,
      evidence: subject.evidenceDigest,
      champion: 'ft:a',
      approver: 'ana',
      reason: 'read the report',
    },
    another: (other) => openPromotion(deps, other),
  };
}
