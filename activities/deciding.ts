import { approversOf, identitiesOf } from '../src/domain/approver.js';
import { total } from '../src/domain/books.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { DecideInput, DecideResult, EvaluateResult } from '../src/domain/contracts.js';
import { invariant } from '../src/domain/errors.js';
import type { PairedScore } from '../src/domain/gate.js';
import type { UsagePair } from '../src/domain/usage.js';
import { pairScores, type PairingInput } from '../src/evals/pair-scores.js';
import type { SuiteAnswer } from '../src/evals/run-suite.js';
import { buildEvidence, evidenceDigest, recomputeDecision } from '../src/gate/evidence.js';
import { readLineage } from '../src/lineage/lineage.js';
import { keys } from '../src/release/layout.js';
import { readJsonl, writeJson } from '../src/storage/objects.js';
import { canonicalJson } from '../src/domain/json.js';
import type { Dependencies } from './dependencies.js';
import { suiteSamples } from './evaluating.js';
import { describeFurther } from './further-models.js';
import { hitsInSuite } from './hits-in-suite.js';
import { earlierLooks, recordLooks } from './looks.js';
import { judgeRecord, readVerdicts } from './judging.js';
import { keepDecisionUsage, readUsage } from './measuring.js';
import { hasReferenceScored, HOLDOUT_SUITE, suiteScorer } from './samples.js';
import { openWindow } from './window-state.js';

/**
 * Pairs both models' scores, decides, and stores everything the decision rests on. The stored evidence is
 * recomputed before it counts: what can't be recomputed is no evidence.
 */
export async function decide(deps: Dependencies, input: DecideInput): Promise<DecideResult> {
  const { store } = deps;
  const { configuration, manifest } = await openWindow(store, input);
  const scores: Record<string, readonly PairedScore[]> = {};
  const missing: Record<string, Readonly<Record<string, number>>> = {};
  const usage: Record<string, readonly UsagePair[]> = {};
  const referenceScored: string[] = [];
  for (const suite of new Set([...input.answers.map(({ suite }) => suite), HOLDOUT_SUITE])) {
    const paired = await pairSuite(deps, configuration, input, suite);
    if (paired === null) continue;
    scores[suite] = paired.scores;
    missing[suite] = paired.missing;
    if (paired.isReferenceScored) referenceScored.push(suite);
    if (paired.usage.length > 0) usage[suite] = paired.usage;
  }
  const judge = await judgeRecord(deps, configuration, input.answers);
  const lineages = [
    manifest.championLineage,
    ...(manifest.anchor ? [manifest.anchor.lineage] : []),
  ];
  const known = await Promise.all(lineages.map((lineage) => readLineage(store, lineage)));
  const evidence = buildEvidence({
    model: input.model,
    window: input.window.id,
    release: input.release,
    champion: manifest.champion,
    candidate: input.candidate,
    policy: configuration.gate,
    scores,
    missing,
    looks: await earlierLooks(store, configuration, input),
    ...(judge && { judge }),
    ...(configuration.gate.limits && { usage }),
    lineageKnown: known.every(
      ({ trainingFiles, hasUnknownAncestor }) =>
        trainingFiles !== 'unknown' && hasUnknownAncestor !== true,
    ),
    ...(await describeFurther(deps, configuration, manifest, input, referenceScored)),
  });
  const recomputed = recomputeDecision(evidence);
  invariant(
    canonicalJson(recomputed) === canonicalJson(evidence.result),
    'the decision does not recompute from its evidence',
  );
  const digest = evidenceDigest(evidence);
  const key = keys.evidence(digest);
  await writeJson(store, key, evidence);
  await keepDecisionUsage(store, digest, usage);
  await recordLooks(store, configuration, input);
  const { decision, checks } = evidence.result;
  const { approval } = configuration;
  return {
    decision,
    evidenceDigest: digest,
    evidenceKey: key,
    reasons: checks.map(({ reason }) => reason),
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

interface Measured {
  /** What both models took for the same answers. */
  readonly usage: readonly UsagePair[];
  /** Whether a reference scores samples of the suite: those that further models are compared on. */
  readonly isReferenceScored: boolean;
}

/** The scores of a suite and what was not compared; `null` for a window without any holdout. */
async function pairSuite(
  deps: Dependencies,
  configuration: Configuration,
  input: DecideInput,
  suite: string,
): Promise<(ReturnType<typeof pairScores> & Measured) | null> {
  const { samples, notCompared } = await suiteSamples(deps, configuration, input, suite);
  if (samples.length === 0) {
    if (total(notCompared) === 0) return null;
    return { scores: [], missing: notCompared, usage: [], isReferenceScored: false };
  }
  const { unclean, kin, forAnchor } = await hitsInSuite(deps, input, suite);
  const ofSuite = samples.map(({ sample }) => sample);
  const usage = await readUsage(deps.store, input.answers, suite, ofSuite);
  const scorer = suiteScorer(configuration, suite);
  const { scores, missing } = pairScores({
    samples: ofSuite,
    champion: await readAnswers(deps, input.answers, suite, 'champion'),
    candidate: await readAnswers(deps, input.answers, suite, 'candidate'),
    ...(await furtherAnswers(deps, input.answers, suite)),
    scorer,
    verdicts: await readVerdicts(deps, input.answers, suite),
    clean: new Set(samples.flatMap(({ sample }) => (unclean.has(sample.id) ? [] : [sample.id]))),
    kin,
    dirtyForAnchor: forAnchor,
    decisive: new Set(samples.flatMap((item) => (item.decisive ? [item.sample.id] : []))),
  });
  const cleanSamples = samples.filter(({ sample }) => !unclean.has(sample.id));
  const isReferenceScored = hasReferenceScored(cleanSamples, scorer);
  return { scores, missing: { ...notCompared, ...missing }, usage, isReferenceScored };
}

async function readAnswers(
  deps: Dependencies,
  answers: readonly EvaluateResult[],
  suite: string,
  role: 'champion' | 'candidate',
): Promise<readonly SuiteAnswer[]> {
  const found = answers.find((answer) => answer.suite === suite && answer.role === role);
  const reference = found?.answers ?? null;
  invariant(reference !== null, `nobody answered ${suite} as ${role}`);
  return readJsonl<SuiteAnswer>(deps.store, reference);
}

/** What the anchor and the rivals answered to a suite, as far as they were asked and their host let them. */
async function furtherAnswers(
  { store }: Dependencies,
  answers: readonly EvaluateResult[],
  suite: string,
): Promise<Pick<PairingInput, 'anchor' | 'rivals'>> {
  const rivals = new Map<number, readonly SuiteAnswer[]>();
  let anchor: readonly SuiteAnswer[] | null = null;
  for (const { answers: reference, examples = 0, ...asked } of answers) {
    if (asked.suite !== suite || reference === null) continue;
    if (asked.role === 'anchor') anchor = await readJsonl<SuiteAnswer>(store, reference);
    if (asked.role === 'rival')
      rivals.set(examples, await readJsonl<SuiteAnswer>(store, reference));
  }
  return { ...(anchor === null ? {} : { anchor }), rivals };
}
