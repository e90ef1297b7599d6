import assert from 'node:assert/strict';
import type { Activities, PlanRunInput, StepResult } from '../../src/domain/contracts.js';
import type { ApprovalTerms } from '../../src/domain/promotion.js';
import type { Window } from '../../src/domain/window.js';
import { lastWindowEndedBy, windowAt, windowIndex } from '../../src/domain/window.js';

const plan = { first: '2026-W01', weeks: 1 };

/** A chain as one array; every activity that a window runs is noted by name. */
export function createStandIns(
  options: { decision?: 'promote' | 'hold'; gate?: Promise<void>; terms?: ApprovalTerms } = {},
): Activities & {
  readonly chain: string[];
  readonly calls: string[];
} {
  const chain: string[] = [];
  const required = options.terms?.required ?? 1;
  const calls: string[] = [];
  const books = { stage: 'x', read: 1, kept: 1, dropped: {}, quarantined: {}, deferred: 0 };
  const step = (name: string) => async (): Promise<StepResult> => {
    calls.push(name);
    await options.gate;
    return { outputs: {}, books: { ...books, stage: name } };
  };
  const target = (input: PlanRunInput): number =>
    input.until.kind === 'window'
      ? windowIndex(plan, input.until.window)
      : lastWindowEndedBy(plan, Date.parse(input.until.time));
  return {
    chain,
    calls,
    planRun: async (input) => {
      const last = target(input);
      const missing = Array.from({ length: Math.max(0, last + 1 - chain.length) }, (_, n) =>
        windowAt(plan, chain.length + n),
      );
      const existing =
        missing.length === 0 && last >= 0
          ? { window: windowAt(plan, last), release: 'r', fate: 'held' as const }
          : null;
      return { missing, existing };
    },
    closeWindow: async () => ({
      manifestKey: 'windows/m/w/000001/manifest.json',
      manifestDigest: 'd',
      configDigest: 'c',
      attempt: 1,
      sourceCount: 1,
      sourceBytes: 10,
      unknownFileCount: 0,
      parentRelease: null,
      replacedRelease: null,
      championId: 'ft:a',
      decided: null,
    }),
    ingest: step('ingest'),
    split: step('split'),
    select: step('select'),
    assemble: step('assemble'),
    dedupe: step('dedupe'),
    decontaminate: step('decontaminate'),
    writeRelease: async ({ window }) => ({
      release: `release-of-${window.id}`,
      findings: 0,
      manifestKey: 'm',
      trainRows: 5,
      freshRows: 5,
      holdoutSamples: 1,
    }),
    advanceChain: async ({ window }: { window: Window }) => void chain.push(window.id),
    skipWindow: async () => assert.fail('nothing is skipped here'),
    compareRelease: async () => ({ same: true }),
    estimateCost: async () => ({ tokens: 1, cost: 0, maximumCost: 0 }),
    planEvaluation: async () => ({ suites: ['holdout'], samples: 1 }),
    submitTune: async () => ({
      handle: { provider: 'p', jobId: 'j', runKey: 'k' },
      deadlineHours: 72,
    }),
    pollTune: async () => ({ kind: 'succeeded', modelId: 'ft:b', trainedTokens: 1 }),
    resolveTune: async () => undefined,
    resolveStep: async () => undefined,
    cancelTune: async () => undefined,
    evaluate: async ({ suite, role }) => ({
      suite,
      role,
      answers: { key: 'k', sha256: 's', bytes: 1, count: 1 },
      missing: 0,
    }),
    decide: async () => ({
      decision: options.decision ?? 'hold',
      evidenceDigest: 'e'.repeat(64),
      evidenceKey: 'k',
      reasons: ['a reason'],
      championVersion: 1,
      waits: options.decision === 'promote',
      deadlineHours: 1,
      approvers: [],
      ...options.terms,
    }),
    writeReport: async () => ({ key: 'report' }),
    abandonCandidate: async () => undefined,
    recordFate: async () => undefined,
    checkPromotion: async ({ request: { approver }, approvals = [] }) =>
      approver === 'stranger'
        ? { refusal: 'not on the list', superseded: false }
        : {
            refusal: null,
            superseded: false,
            approval: { id: approver, approver },
            stillNeeded: Math.max(0, required - 1 - approvals.length),
            required,
          },
    promote: async () => ({ aliasVersion: 2 }),
    recordPromotionEnd: async ({ outcome }) => ({ outcome, by: 'x', aliasVersion: 2 }),
    sendReminder: async () => ({ sent: true }),
    awaitWindow: async () => assert.fail('stands for the worker’s own'),
    supersedePromotions: async () => ({ superseded: [] }),
  };
}
