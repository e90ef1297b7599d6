import { matchabilityOf } from '../contamination/matchability.js';
import { contaminationSample } from '../contamination/scan-examples.js';
import { DataError } from '../domain/errors.js';
import type { EvalSetManifest, EvalSetReference, Sample } from '../domain/sample.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { encodeJsonl } from '../formats/jsonl.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, sha256Hex, writeBytes, writeJson } from '../storage/objects.js';
import { NORMALISER_VERSION } from '../text/normalise.js';
import { parseFrozenSamples } from './frozen-samples.js';

/** What a freeze needs of the redactor, which eval sets and logs pass through alike. */
export interface TextRedactor {
  readonly version: string;
  redact(text: string): { readonly text: string };
}

const samplesKey = (digest: string): string => `evals/${digest}/samples.jsonl`;
const manifestKey = (digest: string): string => `evals/${digest}/manifest.json`;

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
  const redacted = samples.map((sample) => redactSample(sample, redactor));
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
  await writeBytes(store, samplesKey(digest), bytes, redacted.length);
  await writeJson(store, manifestKey(digest), manifest);
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

/** What the freeze wrote about a set. */
export function readEvalSetManifest(store: ObjectStore, digest: string): Promise<EvalSetManifest> {
  return readJson<EvalSetManifest>(store, manifestKey(digest));
}

function redactSample(sample: Sample, redactor: TextRedactor): Sample {
  const redact = (text: string): string => redactor.redact(text).text;
  return {
    ...sample,
    messages: sample.messages.map((message) => ({ ...message, content: redact(message.content) })),
    reference: sample.reference === null ? null : redact(sample.reference),
    options: sample.options.map(redact),
  };
}
