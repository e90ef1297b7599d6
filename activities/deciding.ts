import { approversOf, identitiesOf } from '../src/domain/approver.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { DecideInput, DecideResult } from '../src/domain/contracts.js';
import { DataError } from '../src/domain/errors.js';
import type { Evidence } from '../src/domain/gate.js';
import type { WindowManifest } from '../src/domain/manifest.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import { REFERENCE_SLICE } from '../src/evals/holdout-slices.js';
import { evidenceDigest } from '../src/gate/evidence.js';
import { appendHoldoutUse, readHoldoutUses, sameDecision } from '../src/release/holdout-uses.js';
import { keys } from '../src/release/layout.js';
import { readJson, writeJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { recordLooks } from './looks.js';
import { makeEvidence } from './making-evidence.js';
import { askedUsage, keepAsked } from './asked-usage.js';
import { keepDecisionUsage } from './measuring.js';
import { HOLDOUT_SUITE } from './samples.js';
import { holdoutSuiteOf, isFrozen } from './suite-samples.js';
import { openWindow } from './window-state.js';

/** How often another decision may be written down first. */
const ATTEMPTS = 20;

/**
 * Decides, and stores everything the decision rests on. A decision is written down together with the
 * holdouts that it has looked at; where they are pooled, the first one that was made of an attempt of a window and its
 * candidate stands.
 * @throws DataError `holdout-uses-contended` when other decisions were written down first twenty times in a row
 */
export async function decide(deps: Dependencies, input: DecideInput): Promise<DecideResult> {
  const { store } = deps;
  const { configuration, manifest } = await openWindow(store, input);
  const { evidence, digest } = await settleEvidence(deps, configuration, manifest, input);
  await recordLooks(store, configuration, input);
  const { decision, checks } = evidence.result;
  const { approval } = configuration;
  return {
    decision,
    evidenceDigest: digest,
    evidenceKey: keys.evidence(digest),
    reasons: checks.map(({ reason }) => withoutReferences(reason, evidence.suites)),
    championVersion: manifest.champion.version,
    waits:
      decision === 'promote' || (decision === 'inconclusive' && approval.inconclusive === 'wait'),
    deadlineHours: approval.deadlineHours,
    approvers: approversOf(approval.approvers).map(({ name }) => name),
    required: approval.required,
    identities: identitiesOf(approval.approvers),
    ...(approval.reminders === undefined
      ? {}
      : { remindEveryHours: approval.reminders.everyHours }),
  };
}

/**
 * Makes the evidence, stores it, and writes down what it has looked at, in this order: a decision that is written down has
 * its evidence, and one that another came before is nobody's, and is made again of what is left.
 */
async function settleEvidence(
  deps: Dependencies,
  configuration: Configuration,
  manifest: WindowManifest,
  input: DecideInput,
): Promise<{ readonly evidence: Evidence; readonly digest: string }> {
  const { store } = deps;
  const { model, window, manifestKey: attempt, release, candidate } = input;
  const isPooled = holdoutSuiteOf(configuration) === POOLED_SUITE;
  for (let tried = 0; tried < ATTEMPTS; tried += 1) {
    const uses = await readHoldoutUses(store, model);
    const before = isPooled ? sameDecision(uses, { attempt, candidate }) : null;
    if (before !== null) {
      const evidence = await readJson<Evidence>(store, keys.evidence(before.evidence));
      return { evidence, digest: before.evidence };
    }
    const { evidence, usage } = await makeEvidence(deps, configuration, manifest, input, uses);
    const digest = evidenceDigest(evidence);
    await writeJson(store, keys.evidence(digest), evidence);
    await keepDecisionUsage(store, digest, usage);
    await keepAsked(store, digest, await askedUsage(store, configuration, manifest, input));
    if (uses.entries.some((use) => use.evidence === digest)) return { evidence, digest };
    const suites = scoredHoldouts(evidence);
    const use = {
      v: 1,
      window: window.id,
      attempt,
      release,
      candidate,
      evidence: digest,
      suites,
    } as const;
    if (await appendHoldoutUse(store, model, uses, use)) return { evidence, digest };
  }
  throw new DataError(
    'holdout-uses-contended',
    `${keys.holdoutUses(model)} was written to by others ${ATTEMPTS} times in a row before the decision on ${candidate} ` +
      `could be: "holdfast run --window ${window.id}" goes on from here once they are through, and asks and trains nothing anew`,
  );
}

/** A reason as Temporal may hold it: slices that references name are texts of a log. */
function withoutReferences(reason: string, suites: Evidence['suites']): string {
  const named = suites
    .filter(({ suite }) => !isFrozen(suite))
    .flatMap(({ slices = [] }) => slices.map(({ slice }) => slice))
    .filter((slice) => slice.startsWith(REFERENCE_SLICE))
    .sort((a, b) => b.length - a.length);
  return named.reduce((text, slice) => text.replaceAll(slice, 'one reference'), reason);
}

/** The suites of holdout samples that the evidence has scores of. */
function scoredHoldouts({ scores }: Evidence): readonly string[] {
  return [HOLDOUT_SUITE, POOLED_SUITE].filter((suite) => (scores[suite] ?? []).length > 0);
}
