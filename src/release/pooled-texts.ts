import type { Sample } from '../domain/sample.js';
import { encodeJsonl } from '../formats/jsonl.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes } from '../storage/objects.js';
import { pooledTextsFile } from './layout.js';

/** The texts of a sample that are shown. */
export interface ShownSample {
  readonly prompt: string;
  readonly reference: string;
}

interface StoredText extends ShownSample {
  readonly sampleId: string;
}

/** What a pool was asked in: an attempt of a window, by its manifest's key, and its release. */
interface AskedIn {
  readonly manifestKey: string;
  readonly release: string;
}

/**
 * Writes down what is shown of pooled samples, as models are asked them, before they are: releases of earlier weeks hold
 * their texts and ids as another redactor left them. The first that are written count; later calls have none beside them,
 * since a pool only loses samples.
 */
export async function keepPooledTexts(
  store: ObjectStore,
  { manifestKey, release }: AskedIn,
  samples: readonly Sample[],
): Promise<void> {
  const texts = samples.map(({ id, messages, reference }): StoredText => {
    return { sampleId: id, prompt: messages.at(-1)?.content ?? '', reference: reference ?? '' };
  });
  await store.putIfAbsent(pooledTextsFile(manifestKey, release), encodeJsonl(texts));
}

/** What is shown of pooled samples, by their ids; of none where the store does not hold it. */
export async function readPooledTexts(
  store: ObjectStore,
  { manifestKey, release }: AskedIn,
): Promise<ReadonlyMap<string, ShownSample>> {
  const key = pooledTextsFile(manifestKey, release);
  if ((await store.head(key)) === null) return new Map();
  const lines = new TextDecoder().decode(await readBytes(store, key)).split('\n');
  const texts = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as StoredText);
  return new Map(texts.map(({ sampleId, ...shown }) => [sampleId, shown]));
}
