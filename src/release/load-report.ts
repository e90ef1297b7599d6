import { total } from '../domain/books.js';
import type { Finding } from '../domain/finding.js';
import type { Evidence } from '../domain/gate.js';
import type { ReleaseManifest, WindowManifest } from '../domain/manifest.js';
import type { AskedUsage, MeasuredUsage } from '../domain/usage.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson, readJsonl } from '../storage/objects.js';
import { keys } from './layout.js';
import { loadExamples } from './load-examples.js';
import { type AskedSamples, type Compared, loadExcerpts } from './load-excerpts.js';
import { loadPairExamples } from './load-pairs.js';
import { findRows } from './rows-files.js';
import { readSpend } from './spend-ledger.js';
import type { ReportData } from './report.js';
import { readTrainingSetup } from './training-setup.js';

/** Which run a report is about. */
export interface ReportRequest {
  /** Digest of the release. */
  readonly release: string;
  /** `null` where no candidate was measured. */
  readonly evidenceDigest: string | null;
  /** Key of the window manifest, where it is known. */
  readonly manifestKey: string | null;
  /** What rows and samples compare as behind the redactor of a version. */
  readonly comparedBehind: (version: string) => Compared;
  /** The samples of a frozen set as models were asked them, by the redactor that the logs of the window went through. */
  readonly askedSamples: AskedSamples;
  /** Whether a person said which model a candidate is; where absent, nothing is told of it. */
  readonly isNamedByPerson?: (store: ObjectStore, candidate: string) => Promise<boolean>;
}

/** What a report shows that is not in the store, or not always. */
export type ReportExtras = Partial<
  Pick<ReportData, 'estimate' | 'promotion' | 'approvers' | 'ngramRule' | 'excerpts'>
>;

/**
 * Gathers what the store knows of a run.
 * @throws DataError where an object is missing or was changed.
 */
export async function loadReportData(
  store: ObjectStore,
  request: ReportRequest,
  extras: ReportExtras = {},
): Promise<ReportData> {
  const { release, evidenceDigest, manifestKey, comparedBehind, askedSamples } = request;
  const { isNamedByPerson } = request;
  const manifest = await readJson<ReleaseManifest>(store, keys.release(release));
  const findings = await readFindings(store, release, manifest);
  const evidence =
    evidenceDigest === null ? null : await readJson<Evidence>(store, keys.evidence(evidenceDigest));
  const pairExamples = await loadPairExamples(store, manifest, evidence, askedSamples);
  return {
    release,
    manifest,
    windowManifest:
      manifestKey === null ? null : await readJson<WindowManifest>(store, manifestKey),
    findings,
    evidence,
    evidenceDigest,
    ...(await readUsage(store, evidenceDigest)),
    ...(await readTraining(store, manifest)),
    ...(evidence !== null &&
      (await isNamedByPerson?.(store, evidence.candidate)) === true && { isNamedByPerson: true }),
    ...(pairExamples.length > 0 && { pairExamples }),
    estimate: null,
    charges: (await readSpend(store, manifest.model)).flatMap(({ charges }) =>
      charges.filter((charge) => charge.release === release),
    ),
    promotion: null,
    approvers: null,
    ngramRule: null,
    excerpts:
      manifestKey === null
        ? []
        : await loadExcerpts(store, manifest, manifestKey, findings, comparedBehind),
    examples:
      manifestKey === null || evidence === null
        ? []
        : await loadExamples(store, manifest, manifestKey, evidence, askedSamples),
    ...extras,
  };
}

async function readUsage(
  store: ObjectStore,
  evidenceDigest: string | null,
): Promise<Pick<ReportData, 'usage' | 'asked'>> {
  if (evidenceDigest === null) return {};
  const usage = await readIfThere<MeasuredUsage>(store, keys.usage(evidenceDigest));
  const asked = await readAsked(store, evidenceDigest);
  return { ...(usage && { usage }), ...(asked.length > 0 && { asked }) };
}

/** Who was asked for a decision, and what that took; nobody where it was made before that was written down. */
export async function readAsked(
  store: ObjectStore,
  evidenceDigest: string,
): Promise<readonly AskedUsage[]> {
  return (await readIfThere<readonly AskedUsage[]>(store, keys.asked(evidenceDigest))) ?? [];
}

async function readIfThere<Stored>(store: ObjectStore, key: string): Promise<Stored | null> {
  return (await store.head(key)) === null ? null : readJson<Stored>(store, key);
}

async function readTraining(
  store: ObjectStore,
  { configDigest, rowsByWindow }: ReleaseManifest,
): Promise<Pick<ReportData, 'training'>> {
  if (total(rowsByWindow) === 0) return {};
  const training = await readTrainingSetup(store, configDigest);
  return training === null ? {} : { training };
}

/** The findings of a release, held against the digest that its manifest names; none for a skipped window. */
export async function readFindings(
  store: ObjectStore,
  release: string,
  manifest: ReleaseManifest,
): Promise<readonly Finding[]> {
  const file = findRows(manifest, 'findings');
  if (file === undefined) return [];
  const { sha256, bytes, count } = file;
  const key = keys.releaseFile(release, file.name);
  return readJsonl<Finding>(store, { key, sha256, bytes, count });
}
