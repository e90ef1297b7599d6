import type { ReasonCounts } from '../src/domain/books.js';
import { count } from '../src/domain/books.js';
import type { Configuration } from '../src/domain/configuration.js';
import { DataError } from '../src/domain/errors.js';
import type { Example } from '../src/domain/record.js';
import type { EvalSetReference, Sample } from '../src/domain/sample.js';
import type { EvalToolConfiguration } from '../src/domain/eval-tool.js';
import type { Scorer, SuiteScorer } from '../src/domain/scorer.js';
import { loadEvalSet, samplesRedactor } from '../src/evals/eval-set.js';
import { assertPairsDiffer, redactSampleAgain } from '../src/evals/redact-samples.js';
import { unitedRedactor } from '../src/ingest/comparison.js';
import { type Redactor, createRedactor } from '../src/ingest/redaction.js';
import { policyOfVersion } from '../src/ingest/redactor-version.js';
import type { Placement } from '../src/split/place.js';
import type { ObjectStore } from '../src/storage/object-store.js';

/** The suite of this window's holdout; frozen sets are `frozen:<name>`. */
export const HOLDOUT_SUITE = 'holdout';

/** How answers to a suite's samples are scored, where these don't say. */
export function suiteScorer({ evals, select }: Configuration, suite: string): SuiteScorer {
  const set = evals.find(({ name }) => `frozen:${name}` === suite);
  return set?.results === undefined ? (set?.scorer ?? select.holdoutScorer) : 'results';
}

/** The harness that measures a suite in place of holdfast; `null` where models are asked from here. */
export function suiteTool({ evals }: Configuration, suite: string): EvalToolConfiguration | null {
  return evals.find(({ name }) => `frozen:${name}` === suite)?.results ?? null;
}

/** Whether failures on a suite are counted against a cap. */
export function countsFailures({ gate }: Configuration, suite: string): boolean {
  return gate.safety?.some((safety) => safety.suite === suite) ?? false;
}

/**
 * Whether samples of a suite that may decide are scored by what they are: a judge compares champion and candidate only. A
 * harness needs no reference of ours.
 */
export function hasReferenceScored(samples: readonly SuiteSample[], ofSuite: SuiteScorer): boolean {
  return samples.some(({ sample: { reference, scorer = ofSuite }, decisive }) =>
    scorer === 'results' ? decisive : decisive && reference !== null && scorer !== 'judge',
  );
}

/** A sample that a suite asks, and whether its reference may decide. */
export interface SuiteSample {
  readonly sample: Sample;
  readonly decisive: boolean;
}

/** A frozen set as models are asked it. */
export interface FrozenSuite {
  readonly samples: readonly Sample[];
  /** What samples and answers go through: masks whatever the set's redactor or that of the logs masks. */
  readonly redactor: Redactor;
}

/**
 * The frozen set's samples: their references were given by whoever froze them, for no model in particular. A set that
 * was frozen by another policy than the logs have is redacted again, so that both have the same masked.
 * @throws DataError `eval-pair-incomplete` where members of a pair ask the same then
 */
export async function frozenSuite(
  store: ObjectStore,
  configuration: Configuration,
  name: string,
): Promise<FrozenSuite> {
  const set = configuration.evals.find((candidate) => candidate.name === name);
  if (set === undefined) {
    throw new DataError('eval-set-missing', `the configuration names no eval set "${name}"`);
  }
  const frozen = await loadEvalSet(store, set);
  const { version } = createRedactor(configuration.redaction);
  const frozenBy = await samplesRedactor(store, set, version);
  const redactor = unitedRedactor([version, frozenBy]);
  const samples = redactedBy(redactor, frozen, frozenBy);
  assertPairsDiffer(samples, ` of ${name}`);
  return {
    // A harness scores all of them, whatever they name.
    samples: set.results === undefined ? samples : samples.map(withoutScorer),
    redactor,
  };
}

function withoutScorer(sample: Sample): Sample {
  const { scorer, ...rest } = sample;
  return scorer === undefined ? sample : rest;
}

/**
 * The samples of a set as models were asked them where the logs went through the redactor of the version `ofLogs`; as they
 * were frozen where that one had other rules, which nobody can apply any more.
 */
export async function askedSamples(
  store: ObjectStore,
  set: EvalSetReference,
  ofLogs: string,
): Promise<readonly Sample[]> {
  const frozen = await loadEvalSet(store, set);
  if (policyOfVersion(ofLogs) === null) return frozen;
  const frozenBy = await samplesRedactor(store, set, ofLogs);
  return redactedBy(unitedRedactor([ofLogs, frozenBy]), frozen, frozenBy);
}

function redactedBy(
  redactor: Redactor,
  frozen: readonly Sample[],
  frozenBy: string,
): readonly Sample[] {
  if (redactor.version === frozenBy) return frozen;
  return frozen.map((sample) => redactSampleAgain(sample, redactor));
}

/**
 * A holdout example as a sample; near-copies and members of one group share a cluster. Its reference is a text: an answer
 * that only calls tools was selected as none, and without tools.
 */
export function toSample(example: Example, cluster: string): Sample {
  const { id, messages, answer, answerOrigin } = example;
  return {
    id,
    messages,
    reference: answer,
    referenceOrigin: answerOrigin === 'model' ? 'confirmed' : answerOrigin,
    options: [],
    cluster,
  };
}

/**
 * The ids of holdout samples that are near-copies of an earlier window's holdout, or new versions of samples
 * that had a reference then: seen, not fresh, so they are not asked again.
 */
export function seenHoldout(
  placements: readonly Placement[],
  earlier: readonly Placement[],
  asked: ReadonlySet<string>,
): ReadonlySet<string> {
  const before = new Set(earlier.filter(({ side }) => side === 'holdout').map(({ id }) => id));
  return new Set(
    placements
      .filter(({ side }) => side === 'holdout')
      .filter(({ id, nearTo }) => asked.has(id) || (nearTo !== null && before.has(nearTo)))
      .map(({ id }) => id),
  );
}

/** The samples of a suite that are asked. */
export interface AskedSuite {
  readonly samples: readonly SuiteSample[];
  /** How many samples are not asked, by reason: `seen`, `no-reference`. */
  readonly notCompared: ReasonCounts;
}

/**
 * Makes the samples of a window's holdout that are fresh and have a reference, and counts the others. A judge needs
 * none: then all that are fresh may decide, since both models are scored blind, and only references that depend on no
 * answer are kept.
 */
export function holdoutSuite(
  holdout: readonly Example[],
  seen: ReadonlySet<string>,
  clusters: ReadonlyMap<string, string>,
  scorer: Scorer = 'exact',
): AskedSuite {
  const isJudged = scorer === 'judge';
  const samples: SuiteSample[] = [];
  const notCompared: Record<string, number> = {};
  for (const example of holdout) {
    if (seen.has(example.id)) count(notCompared, 'seen');
    else if (example.answer === null && !isJudged) count(notCompared, 'no-reference');
    else {
      const isIndependent = example.answer !== null && example.answerOrigin === 'independent';
      const asked = isJudged && !isIndependent ? { ...example, answer: null } : example;
      const sample = toSample(asked, clusters.get(example.id) ?? example.group);
      samples.push({ sample, decisive: isJudged || isIndependent });
    }
  }
  return { samples, notCompared };
}
