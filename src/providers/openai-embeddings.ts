import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { EmbeddingsClient } from '../domain/tier.js';
import { type Patience, askPatiently } from './attempts.js';
import { strangeAnswer } from './host-error.js';
import { type HostOptions, askHost } from './http.js';

export interface EmbeddingsOptions extends HostOptions, Patience {
  readonly model: string;
}

/** Texts of one request: hosts take 100 and more, but some only by their total length. */
const BATCH_TEXTS = 64;

const embeddings = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })),
});

/**
 * An embeddings client of an OpenAI-compatible host. A batch that fails, or is answered with another number of
 * vectors, gives `null` for its texts; so does a vector that has no length, is not finite or has another
 * dimension than the first one of the client.
 */
export function createEmbeddingsClient(options: EmbeddingsOptions): EmbeddingsClient {
  let dimension: number | null = null;

  function usable(values: readonly number[]): Float64Array | null {
    const vector = Float64Array.from(values);
    const norm = Math.hypot(...vector);
    if (!Number.isFinite(norm) || norm === 0) return null;
    dimension ??= vector.length;
    return vector.length === dimension ? vector.map((value) => value / norm) : null;
  }

  async function embedBatch(
    batch: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (Float64Array | null)[]> {
    try {
      const vectors = await askPatiently(options, () => ask(options, batch, signal), signal);
      return vectors.map(usable);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return batch.map(() => null);
    }
  }

  return {
    async embed(texts, signal) {
      const vectors: (Float64Array | null)[] = [];
      for (let from = 0; from < texts.length; from += BATCH_TEXTS) {
        vectors.push(...(await embedBatch(texts.slice(from, from + BATCH_TEXTS), signal)));
      }
      return vectors;
    },
  };
}

/** The vectors of one batch in the order of its texts, unchecked. */
async function ask(
  options: EmbeddingsOptions,
  input: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly (readonly number[])[]> {
  const body = { model: options.model, input, encoding_format: 'float' };
  const answered = await askHost(options, { method: 'POST', path: '/embeddings', body, signal });
  const rows = embeddings.safeParse(answered).data?.data ?? [];
  const byIndex = new Map(rows.map(({ index, embedding }) => [index, embedding]));
  const vectors = input.map((_, index) => byIndex.get(index));
  const found = vectors.filter((vector) => vector !== undefined);
  if (rows.length !== input.length || found.length !== input.length) {
    throw strangeAnswer('POST /embeddings', 200);
  }
  return found;
}
