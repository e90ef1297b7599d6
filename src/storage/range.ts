import { invariant } from '../domain/errors.js';
import type { ByteRange } from './object-store.js';

/** The part of an object of `bytes` bytes that a range means; what lies past the end is left out. */
export function rangeWithin(
  range: ByteRange | undefined,
  bytes: number,
): { readonly start: number; readonly end: number } {
  const start = range?.start ?? 0;
  const end = range?.end ?? bytes;
  invariant(
    Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start,
    `no range of bytes: from ${start} to ${end}`,
  );
  return { start: Math.min(start, bytes), end: Math.min(end, bytes) };
}
