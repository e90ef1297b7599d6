import { createHmac, hash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';

/** HMAC-SHA-256, in lower-case hex, of the canonical JSON of some parts, under one key. */
export type KeyedDigest = (...parts: readonly (string | null)[]) => string;

/** Users and conversations come again; what is kept of them is some megabytes. */
const MAXIMUM_KEPT = 10_000;

/** SHA-256, in lower-case hex, of a value's canonical JSON. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

/** A keyed digest for one key. */
export function createKeyedDigest(key: string): KeyedDigest {
  const kept = new Map<string, string>();
  return (...parts) => {
    const text = canonicalJson(parts);
    const known = kept.get(text);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', key).update(text).digest('hex');
    if (kept.size >= MAXIMUM_KEPT) kept.clear();
    kept.set(text, digest);
    return digest;
  };
}
