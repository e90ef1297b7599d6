import { POOLED_SUITE } from '../domain/pool.js';

/** Steps of a window that leave a result behind, in their order. */
export const STEPS = ['ingest', 'split', 'select', 'assemble', 'dedupe', 'decontaminate'] as const;
export type Step = (typeof STEPS)[number];

/** Where things lie in the object store. Keys are made here and nowhere else. */
export const keys = {
  configuration: (digest: string): string => `config/${digest}.json`,
  /** Attempts of a window count from 1 without gaps. */
  windowManifest: (model: string, window: string, attempt: number): string =>
    `windows/${model}/${window}/${String(attempt).padStart(6, '0')}/manifest.json`,
  dryRunManifest: (model: string, window: string, digest: string): string =>
    `dry-runs/${model}/${window}/${digest.slice(0, 16)}/manifest.json`,
  /** What a dry run takes the declared champion for: it declares nothing. */
  dryRunLineage: (model: string, digest: string): string =>
    `dry-runs/${model}/lineage/${digest}.json`,
  /** A declared training file, by its content; a dry run's own lie apart. */
  trainingFile: (sha256: string): string => `lineage-files/${sha256}.jsonl`,
  dryRunTrainingFile: (model: string, sha256: string): string =>
    `dry-runs/${model}/lineage-files/${sha256}.jsonl`,
  release: (digest: string): string => `releases/${digest}/manifest.json`,
  releaseFile: (digest: string, name: string): string => `releases/${digest}/${name}`,
  /** Who and what was opted out when a window was closed: keyed hashes, by their digest. */
  optOuts: (digest: string): string => `opt-outs/${digest}.jsonl`,
  chain: (model: string): string => `models/${model}/chain`,
  fate: (model: string, release: string): string => `models/${model}/fates/${release}`,
  /** What a job is, written before it is submitted; the run key is made of the same. */
  jobIntent: (runKey: string): string => `jobs/${runKey}/intent.json`,
  /** Pointer: what was done about a run key, an entry each time. */
  jobLedger: (runKey: string): string => `jobs/${runKey}/ledger`,
  /** Pointer: what a run key's jobs cost. */
  spend: (model: string, runKey: string): string => `spend/${model}/${runKey}`,
  spendFolder: (model: string): string => `spend/${model}`,
  /** The releases that a job was for: more than one where a window was reopened and its rows did not change. */
  jobRelease: (runKey: string, release: string): string =>
    `jobs/${runKey}/releases/${release}.json`,
  /** What was put up for a release's candidate; those of a model lie in one folder. */
  deployment: (model: string, release: string): string =>
    `models/${model}/deployments/${release}.json`,
  deployments: (model: string): string => `models/${model}/deployments/`,
  /** What is looked up again and again, by its kind and the digest of everything that decides it. */
  index: (kind: string, digest: string): string => `index/${kind}/${digest}`,
  evidence: (digest: string): string => `evidence/${digest}.json`,
  /** What the answers behind a decision took, measured. */
  usage: (evidenceDigest: string): string => `usage/evidence/${evidenceDigest}.json`,
  /** Who was asked for a decision, and what that took and cost. */
  asked: (evidenceDigest: string): string => `usage/evidence/${evidenceDigest}.asked.json`,
  /** Decisions that a frozen set was used for, by its digest: one object each. */
  looks: (digest: string): string => `looks/${digest}/`,
  look: (digest: string, model: string, window: string, release: string): string =>
    `looks/${digest}/${model}/${window}/${release}.json`,
  /** Pointer: decisions of a model in their order, and which holdouts each looked at. */
  holdoutUses: (model: string): string => `models/${model}/holdout-uses`,
  holdoutUse: (model: string, number: number): string =>
    `models/${model}/holdout-uses/${String(number).padStart(6, '0')}.json`,
  /** Pages of a run, by its evidence, or by its release where nothing was measured. */
  report: (model: string, window: string, digest: string): string =>
    `reports/${model}/${window}/${digest.slice(0, 16)}.html`,
  modelCard: (model: string, window: string, evidence: string): string =>
    `reports/${model}/${window}/${evidence.slice(0, 16)}-model-card.md`,
} as const;

/** The folder a window manifest stands in: everything its steps write lies below it. */
export function windowFolder(manifestKey: string): string {
  return manifestKey.slice(0, manifestKey.lastIndexOf('/'));
}

/**
 * What a model answered to a suite in this attempt of the window; `model` is a digest of its id, `examples` how many stood
 * in its prompt, where there were any.
 */
export function answersFile(
  manifestKey: string,
  release: string,
  suite: string,
  model: string,
  examples?: number,
): string {
  const folder = `${windowFolder(manifestKey)}/answers/${release.slice(0, 16)}`;
  const how = examples === undefined ? '' : `-${examples}-examples`;
  return `${folder}/${suite.replace(':', '-')}/${model.slice(0, 16)}${how}.jsonl`;
}

/** The texts of a pool that models were asked in this attempt of the window. */
export function pooledTextsFile(manifestKey: string, release: string): string {
  return `${windowFolder(manifestKey)}/answers/${release.slice(0, 16)}/${POOLED_SUITE}/asked.jsonl`;
}

/** Where a step of the window writes; `result.json` is its outputs and books. */
export function stepKey(manifestKey: string, step: Step, name: string): string {
  return `${windowFolder(manifestKey)}/${step}/${name}`;
}
