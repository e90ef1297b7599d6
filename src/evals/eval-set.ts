import { matchabilityOf } from '../contamination/matchability.js';
import { contaminationSample } from '../contamination/scan-examples.js';
import type { Configuration } from '../domain/configuration.js';
import { ConfigError, DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { EvalSetManifest, EvalSetReference, Sample } from '../domain/sample.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { encodeJsonl } from '../formats/jsonl.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, sha256Hex, writeBytes } from '../storage/objects.js';
import { NORMALISER_VERSION } from '../text/normalise.js';
import { parseFrozenSamples } from './frozen-samples.js';

/** What a freeze needs of the redactor, which eval sets and logs pass through alike. */
export interface TextRedactor {
  readonly version: string;
  redact(text: string): { readonly text: string };
  /** For the texts of one sample: in all of them a value is replaced by the same. */
  conversation(ahead?: readonly string[]): { redact(text: string): { readonly text: string } };
}

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
 * The samples of a frozen set, held against the digest that the configuration pins.
 * @throws DataError `eval-set-missing` or `eval-set-changed`, naming the set and what to do.
 */
export async function loadEvalSet(
  store: ObjectStore,
  { name, digest }: EvalSetReference,
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
  return parseFrozenSamples(bytes, name);
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

/** A sample after a further redactor; its id and cluster stay. */
export function redactSampleAgain(sample: Sample, redactor: TextRedactor): Sample {
  const { messages, reference, options } = sample;
  const texts = [...messages.map(({ content }) => content), reference ?? '', ...options];
  const conversation = redactor.conversation(texts);
  const redact = (text: string): string => conversation.redact(text).text;
  return {
    ...sample,
    messages: messages.map((message) => ({ ...message, content: redact(message.content) })),
    reference: reference === null ? null : redact(reference),
    options: options.map(redact),
  };
}

/** What the freeze wrote about a set. */
export function readEvalSetManifest(store: ObjectStore, digest: string): Promise<EvalSetManifest> {
  return readJson<EvalSetManifest>(store, manifestKey(digest));
}

/**
 * Samples as they are stored. Ids and clusters that are personal data themselves are replaced by their
 * number, so that equal clusters stay equal.
 * @throws DataError `eval-id-repeated` where a number that replaces an id is an id of the set.
 */
function redactSamples(samples: readonly Sample[], redactor: TextRedactor): readonly Sample[] {
  const redact = (text: string): string => redactor.redact(text).text;
  const ids = new Map<string, string>();
  const clusters = new Map<string, string>();
  for (const [index, { id, cluster }] of samples.entries()) {
    ids.set(id, redact(id) === id ? id : `sample-${index + 1}`);
    if (clusters.has(cluster)) continue;
    clusters.set(cluster, redact(cluster) === cluster ? cluster : `cluster-${clusters.size + 1}`);
  }
  if (new Set(ids.values()).size < samples.length) {
    throw new DataError('eval-id-repeated', 'ids of the set are personal data; give it other ids');
  }
  return samples.map((sample) => {
    const { id, cluster, messages, reference, referenceOrigin, options } = sample;
    const conversation = redactor.conversation();
    const redactPart = (text: string): string => conversation.redact(text).text;
    return {
      id: ids.get(id) ?? id,
      messages: messages.map((message) => ({ ...message, content: redactPart(message.content) })),
      reference: reference === null ? null : redactPart(reference),
      referenceOrigin,
      options: options.map(redactPart),
      cluster: clusters.get(cluster) ?? cluster,
    };
  });
}
