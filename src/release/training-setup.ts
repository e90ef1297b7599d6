import { z } from 'zod';
import { DataError } from '../domain/errors.js';
import {
  PROVIDER_NAMES,
  type ProviderName,
  SEEDLESS_PROVIDERS,
} from '../domain/provider-presets.js';
import { createPersonalDataFinder } from '../personal-data/find-personal-data.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import { keys } from './layout.js';

/** How a run's configuration has candidates trained, as far as a reader of its report may see it. */
export interface TrainingSetup {
  readonly provider: ProviderName;
  readonly baseModel: string;
  /** Name and value, in the order of the names, of groups each member: `training_type.lora_r`, `8`. What looks like a key has no value. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Every configuration has one; `isSeedPassedOn`: whether the provider is told it. */
  readonly seed: number;
  readonly isSeedPassedOn: boolean;
}

const stored = z.object({
  train: z.object({
    provider: z.enum(PROVIDER_NAMES),
    baseModel: z.string(),
    hyperparameters: z.record(z.string(), z.unknown()),
    seed: z.number(),
  }),
});

const keyFinder = createPersonalDataFinder(new Set(['key', 'token']), []);
const WITHHELD = '(looks like a key: not shown)';

/**
 * How the configuration of this digest has candidates trained; `null` where it is not in the store. Its variables of keys,
 * addresses and programs are not read. @throws DataError `object-malformed`
 */
export async function readTrainingSetup(
  store: ObjectStore,
  configDigest: string,
): Promise<TrainingSetup | null> {
  const key = keys.configuration(configDigest);
  if ((await store.head(key)) === null) return null;
  const parsed = stored.safeParse(await readJson<unknown>(store, key));
  if (!parsed.success) {
    throw new DataError('object-malformed', `${key} has another shape than holdfast's`);
  }
  const { provider, baseModel, hyperparameters, seed } = parsed.data.train;
  const isSeedPassedOn = !SEEDLESS_PROVIDERS.includes(provider);
  return { provider, baseModel, parameters: namedValues(hyperparameters), seed, isSeedPassedOn };
}

/** Keys belong into variables; one that was written here all the same goes no further. */
function namedValues(
  group: Readonly<Record<string, unknown>>,
  before = '',
): TrainingSetup['parameters'] {
  return Object.entries(group)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([member, value]): TrainingSetup['parameters'] => {
      const name = `${before}${member}`;
      if (isGroup(value)) return namedValues(value, `${name}.`);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [[name, keyFinder.find(`${name}: ${text}`).length > 0 ? WITHHELD : text]];
    });
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
