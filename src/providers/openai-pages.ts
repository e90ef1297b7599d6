import type { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import { ask } from './ask.js';
import type { HostOptions } from './http.js';
import { pageOf } from './openai-objects.js';

const PAGE = 100;
/** Pages of a listing that are read before the search gives up: ten thousand items. */
const MAXIMUM_PAGES = 100;

/**
 * Goes through a paged list, as it is listed, until `isEnough` says so.
 * @throws ProviderError past the number of pages that are read.
 */
export async function eachInPages<Item extends z.ZodType<{ readonly id: string }>>(
  host: HostOptions,
  path: string,
  item: Item,
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  isEnough: (item: z.infer<Item>) => boolean,
): Promise<void> {
  const query = new URLSearchParams({ limit: String(PAGE), ...filter });
  for (let pages = 0; pages < MAXIMUM_PAGES; pages += 1) {
    const request = { method: 'GET', path: `${path}?${query.toString()}`, signal } as const;
    const { data, has_more: hasMore } = await ask(host, pageOf(item), request);
    if (data.some(isEnough)) return;
    const last = data.at(-1);
    if (hasMore !== true || last === undefined) return;
    query.set('after', last.id);
  }
  const message = `GET ${path} lists more than ${MAXIMUM_PAGES * PAGE} items; nothing was created`;
  throw new ProviderError(message, { status: null, isRetryable: false, wasSent: false });
}
