import { matchabilityOf } from '../contamination/matchability.js';
import { contaminationSample } from '../contamination/scan-examples.js';
import type { Configuration, EvalSetConfiguration } from '../domain/configuration.js';
import { ConfigError, DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { EvalSetManifest, EvalSetReference, Sample } from '../domain/sample.js';
import type { Scorer } from '../domain/scorer.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { encodeJsonl } from '../formats/jsonl.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, sha256Hex, writeBytes } from '../storage/objects.js';
import { NORMALISER_VERSION } from '../text/normalise.js';
import { scorerComplaint } from './scorers/scorer.js';
import { parseFrozenSamples } from './frozen-samples.js';
import { redactSamples, type TextRedactor } from './redact-samples.js';

const samplesKey = (digest: string): string => `evals/${digest}/samples.jsonl`;
const manifestKey = (digest: string): string => `evals/${digest}/manifest.json`;
const redactedKey = (digest: string, redactor: string): string =>
  `evals/${digest}/redacted-by/${sha256Hex(redactor).slice(0, 16)}.json`;

/** @throws ConfigError where no eval set is configured: a run could keep nothing out of training. */
export function assertEvalSets({ evals }: Configuration): void {
  if (evals.length > 0) return;
  throw new ConfigError(
    'no eval set is frozen yet, so nothing could be kept out: `holdfast evals freeze FILE --name NAME --pin`',
  );
}

/** An eval set as it will be stored: its bytes, and what is known of them. */
export interface PreparedEvalSet {
  readonly manifest: EvalSetManifest;
  readonly bytes: Uint8Array;
}

/**
 * Freezes samples under the digest of their content. Freezing the same again changes nothing.
 * @throws DataError `eval-set-unmatchable` naming the samples that nothing could protect.
 */
export async function freezeEvalSet(
  store: ObjectStore,
  name: string,
  samples: readonly Sample[],
  redactor: TextRedactor,
  policy: ContaminationPolicy,
): Promise<EvalSetManifest> {
  return storeEvalSet(store, prepareEvalSet(name, samples, redactor, policy));
}

/**
 * Redacts samples and digests them, and stores nothing.
 * @throws DataError `eval-set-unmatchable` naming the samples that nothing could protect.
 */
export function prepareEvalSet(
  name: string,
  samples: readonly Sample[],
  redactor: TextRedactor,
  policy: ContaminationPolicy,
): PreparedEvalSet {
  const redacted = redactSamples(samples, redactor);
  const { coverage, unmatchable } = matchabilityOf(
    redacted.map((sample) => contaminationSample(name, sample)),
    policy,
  );
  if (unmatchable.length > 0) {
    throw new DataError(
      'eval-set-unmatchable',
      `${unmatchable.length} samples of ${name} have nothing to match on, so no leak of them could be found: ` +
        `${unmatchable.slice(0, 10).join(', ')}. Take them out or give them text`,
    );
  }
  const bytes = encodeJsonl(redacted);
  const digest = sha256Hex(bytes);
  const manifest: EvalSetManifest = {
    v: 1,
    name,
    digest,
    count: redacted.length,
    normaliserVersion: NORMALISER_VERSION,
    redactorVersion: redactor.version,
    coverage,
  };
  return { manifest, bytes };
}

/** Puts a prepared set into the store. */
export async function storeEvalSet(
  store: ObjectStore,
  { manifest, bytes }: PreparedEvalSet,
): Promise<EvalSetManifest> {
  const { digest, count } = manifest;
  await writeBytes(store, samplesKey(digest), bytes, count);
  // The same content may be frozen under two names, or by two versions of the rules: the first word stays.
  const word = new TextEncoder().encode(canonicalJson(manifest));
  await store.putIfAbsent(manifestKey(digest), word);
  await store.putIfAbsent(redactedKey(digest, manifest.redactorVersion), word);
  return manifest;
}

/**
 * The samples of a frozen set, held against the digest that the configuration pins, and against the scorer that it
 * gives the set, where it gives one and no harness of the user's own scores them.
 * @throws DataError `eval-set-missing`, `eval-set-changed` or `eval-set-unscorable`, naming the set and what to do.
 */
export async function loadEvalSet(
  store: ObjectStore,
  {
    name,
    digest,
    scorer,
    results,
  }: EvalSetReference & Partial<Pick<EvalSetConfiguration, 'scorer' | 'results'>>,
): Promise<readonly Sample[]> {
  const key = samplesKey(digest);
  if ((await store.head(key)) === null || (await store.head(manifestKey(digest))) === null) {
    throw new DataError(
      'eval-set-missing',
      `eval set ${name} is not frozen under ${digest}; freeze its file with "holdfast evals freeze FILE --name ${name}" and pin the digest that it prints`,
    );
  }
  const bytes = await readBytes(store, key);
  if (sha256Hex(bytes) !== digest) {
    throw new DataError(
      'eval-set-changed',
      `eval set ${name} was changed after it was frozen: its bytes are no longer those of ${digest}. Restore the object ${key}, or freeze the set anew and pin its digest`,
    );
  }
  const samples = parseFrozenSamples(bytes, name);
  if (scorer !== undefined && results === undefined)
    for (const sample of samples) assertScorable(name, sample, scorer);
  return samples;
}

/** Before money is spent: a sample that can't be judged would be wrong for every model. */
function assertScorable(name: string, sample: Sample, ofSet: Scorer): void {
  const { id, reference, options, scorer = ofSet } = sample;
  const complaint = reference === null ? null : scorerComplaint(scorer, { reference, options });
  if (complaint === null) return;
  throw new DataError(
    'eval-set-unscorable',
    `sample ${id} of eval set ${name} can't be judged by "${scorer}": ${complaint}. Give the set another scorer, ` +
      `or freeze it with "scorer" in the samples that need one of their own`,
  );
}

/**
 * The version of the redactor that a frozen set's samples have: that of the logs where freezing with it gave the same,
 * else the one that it was frozen by.
 * @throws DataError `eval-set-redacted-otherwise`, naming both redactors and what to do, where other rules froze it:
 * what these found and the logs' don't would not match.
 */
export async function samplesRedactor(
  store: ObjectStore,
  { name, digest }: EvalSetReference,
  redactor: string,
): Promise<string> {
  const { redactorVersion } = await readEvalSetManifest(store, digest);
  if (redactorVersion === redactor) return redactor;
  if ((await store.head(redactedKey(digest, redactor))) !== null) return redactor;
  if (rulesOf(redactorVersion) === rulesOf(redactor)) return redactorVersion;
  throw new DataError(
    'eval-set-redacted-otherwise',
    `eval set ${name} was frozen by ${redactorVersion}, and the logs are redacted by ${redactor}, whose rules are ` +
      `others, so that leaks could be missed. Freeze its file again: ` +
      `"holdfast evals freeze FILE --name ${name} --pin --replace"`,
  );
}

/** `redactor-2` of `redactor-2-ip@DE`. */
function rulesOf(redactor: string): string {
  return /^[a-z]+-\d+/.exec(redactor)?.[0] ?? redactor;
}

/** What the freeze wrote about a set. */
export function readEvalSetManifest(store: ObjectStore, digest: string): Promise<EvalSetManifest> {
  return readJson<EvalSetManifest>(store, manifestKey(digest));
}
