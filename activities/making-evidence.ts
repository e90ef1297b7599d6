import { total } from '../src/domain/books.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { DecideInput, EvaluateResult } from '../src/domain/contracts.js';
import type { ToolRecord } from '../src/domain/eval-tool.js';
import { invariant } from '../src/domain/errors.js';
import type { Evidence, PairedScore } from '../src/domain/gate.js';
import { canonicalJson } from '../src/domain/json.js';
import type { WindowManifest } from '../src/domain/manifest.js';
import { type HoldoutPool, POOLED_SUITE } from '../src/domain/pool.js';
import type { Sample } from '../src/domain/sample.js';
import { pairPrices } from '../src/domain/token-price.js';
import type { MeasuredUsage, UsagePair } from '../src/domain/usage.js';
import { pairScores, type PairingInput } from '../src/evals/pair-scores.js';
import type { SuiteAnswer } from '../src/evals/run-suite.js';
import { sliceHoldout } from '../src/evals/holdout-slices.js';
import { buildEvidence, recomputeDecision } from '../src/gate/evidence.js';
import { readLineage } from '../src/lineage/lineage.js';
import type { HoldoutUses } from '../src/release/holdout-uses.js';
import { loadLanguageDetector } from '../src/select/language-detector.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJsonl } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { describeFurther } from './further-models.js';
import { hitsInSuite } from './hits-in-suite.js';
import { judgeRecord, readVerdicts } from './judging.js';
import { earlierLooks } from './looks.js';
import { readUsage } from './measuring.js';
import { openPool } from './pooled-holdout.js';
import { type AskedSuite, hasReferenceScored, suiteScorer, suiteTool } from './samples.js';
import { holdoutSuiteOf, isFrozen, suiteSamples } from './suite-samples.js';

/** Evidence of a decision, with what the answers behind it took. */
export interface MadeEvidence {
  readonly evidence: Evidence;
  readonly usage: MeasuredUsage;
}

/**
 * Pairs both models' scores and decides. Where holdouts are pooled it is on what none of the decisions in `uses` has looked
 * at. The evidence is recomputed before it counts: what can't be recomputed is no evidence.
 */
export async function makeEvidence(
  deps: Dependencies,
  configuration: Configuration,
  manifest: WindowManifest,
  input: DecideInput,
  uses: HoldoutUses,
): Promise<MadeEvidence> {
  const { store } = deps;
  const scores: Record<string, readonly PairedScore[]> = {};
  const missing: Record<string, Readonly<Record<string, number>>> = {};
  const usage: Record<string, readonly UsagePair[]> = {};
  const referenceScored: string[] = [];
  const pooled = await pooledHoldouts(deps, configuration, input, uses);
  const own = holdoutSuiteOf(configuration);
  for (const suite of new Set([...input.answers.map(({ suite }) => suite), own])) {
    const asked =
      suite === POOLED_SUITE && pooled !== null
        ? pooled.suite
        : await suiteSamples(deps, configuration, input, suite, uses);
    const paired = await pairSuite(deps, configuration, input, suite, asked);
    if (paired === null) continue;
    scores[suite] = paired.scores;
    missing[suite] = paired.missing;
    if (paired.isReferenceScored) referenceScored.push(suite);
    if (paired.usage.length > 0) usage[suite] = paired.usage;
  }
  const judge = await judgeRecord(deps, configuration, input.answers);
  const tools = toolRecords(configuration, input.answers);
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
    ...(pooled !== null && { pool: pooled.pool }),
    ...(judge && { judge }),
    ...(Object.keys(tools).length > 0 && { tools }),
    ...(configuration.gate.limits && { usage }),
    ...limitPrices(configuration, manifest.champion.modelId, input.candidate),
    lineageKnown: await isLineageKnown(store, manifest),
    ...(await describeFurther(deps, configuration, manifest, input, referenceScored)),
  });
  const recomputed = recomputeDecision(evidence);
  invariant(
    canonicalJson(recomputed) === canonicalJson(evidence.result),
    'the decision does not recompute from its evidence',
  );
  return { evidence, usage };
}

/** What both models are asked at, where a limit rests on it. */
function limitPrices(
  { gate, chat }: Configuration,
  champion: string,
  candidate: string,
): Pick<Evidence, 'prices'> {
  if (gate.limits?.cost === undefined) return {};
  const prices = pairPrices(chat.prices ?? [], champion, candidate);
  return prices === null ? {} : { prices };
}

/** Which harness measured which suite, and the digests of what came of it. */
function toolRecords(
  configuration: Configuration,
  answers: readonly EvaluateResult[],
): NonNullable<Evidence['tools']> {
  const records: Record<string, ToolRecord> = {};
  for (const { suite, role, answers: reference } of answers) {
    const asked = suiteTool(configuration, suite);
    if (asked === null || reference === null) continue;
    const { tool } = asked;
    const results = { ...records[suite]?.results, [role]: reference.sha256 };
    records[suite] = { tool, results };
  }
  return records;
}

async function isLineageKnown(
  store: ObjectStore,
  { championLineage, anchor }: WindowManifest,
): Promise<boolean> {
  const lineages = [championLineage, ...(anchor ? [anchor.lineage] : [])];
  const known = await Promise.all(lineages.map((lineage) => readLineage(store, lineage)));
  return known.every(
    ({ trainingFiles, hasUnknownAncestor }) =>
      trainingFiles !== 'unknown' && hasUnknownAncestor !== true,
  );
}

/** The pool that decides, its samples among them only where it is looked at; `null` where holdouts are not pooled. */
async function pooledHoldouts(
  deps: Dependencies,
  configuration: Configuration,
  input: DecideInput,
  uses: HoldoutUses,
): Promise<{ readonly suite: AskedSuite; readonly pool: HoldoutPool } | null> {
  if (holdoutSuiteOf(configuration) !== POOLED_SUITE) return null;
  const { suite, pool } = await openPool(deps, configuration, input, uses);
  const isAsked = input.answers.some((answer) => answer.suite === POOLED_SUITE);
  if (pool.isEnough && isAsked) return { suite, pool };
  const told: HoldoutPool = {
    ...pool,
    ...(pool.isEnough && { isUnasked: true }),
    ...(isAsked && { wasAsked: true }),
  };
  return { suite: { samples: [], notCompared: {} }, pool: told };
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
  { samples, notCompared }: AskedSuite,
): Promise<(ReturnType<typeof pairScores> & Measured) | null> {
  if (samples.length === 0) {
    if (total(notCompared) === 0) return null;
    return { scores: [], missing: notCompared, usage: [], isReferenceScored: false };
  }
  const { unclean, kin, forAnchor } = await hitsInSuite(deps, input, suite);
  const ofSuite = await slicedSamples(
    configuration,
    suite,
    samples.map(({ sample }) => sample),
  );
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

/** Samples with their slices: those of a holdout have none but what the configuration tells them apart by. */
async function slicedSamples(
  { gate }: Configuration,
  suite: string,
  samples: readonly Sample[],
): Promise<readonly Sample[]> {
  const by = gate.slices?.holdout ?? [];
  if (isFrozen(suite) || by.length === 0) return samples;
  const languageOf = by.includes('language') ? await loadLanguageDetector() : (): null => null;
  return sliceHoldout(samples, by, languageOf);
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
