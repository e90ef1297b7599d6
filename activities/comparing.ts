import type { ContaminationSample, ScannedExample } from '../src/contamination/scan-examples.js';
import type { Configuration } from '../src/domain/configuration.js';
import { samplesRedactor } from '../src/evals/eval-set.js';
import { comparedBehind, unitedRedactor } from '../src/ingest/comparison.js';
import { redactorVersion } from '../src/ingest/redactor-version.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { redactorsOf } from './generation.js';
import type { WindowState } from './window-state.js';

/** Makes the texts of rows and samples comparable, whatever redactors they went through. */
export interface Comparing {
  /** The version of the redactor that they compare behind; `null` where chain and frozen sets have one and the same. */
  readonly redactor: string | null;
  examples(examples: readonly ScannedExample[]): readonly ScannedExample[];
  samples(samples: readonly ContaminationSample[]): readonly ContaminationSample[];
  /** Of texts that went through no redactor. */
  raw(examples: readonly ScannedExample[]): readonly ScannedExample[];
}

/** What a window compares behind: texts stay as they are where chain and frozen sets have one redactor. */
export async function openComparing(store: ObjectStore, state: WindowState): Promise<Comparing> {
  const frozen = await frozenBy(store, state.configuration);
  const redactors = new Set([...redactorsOf(state), ...frozen]);
  const united = unitedRedactor([...redactors]);
  const compared = comparedBehind(united);
  const isOne = redactors.size === 1;
  return {
    redactor: isOne ? null : united.version,
    examples: (examples) => (isOne ? examples : examples.map(compared.example)),
    samples: (samples) => (isOne ? samples : samples.map(compared.sample)),
    raw: (examples) => examples.map(compared.example),
  };
}

function frozenBy(
  store: ObjectStore,
  { evals, redaction }: Configuration,
): Promise<readonly string[]> {
  const version = redactorVersion(redaction);
  return Promise.all(evals.map((set) => samplesRedactor(store, set, version)));
}
