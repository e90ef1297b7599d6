import { z } from 'zod';
import { shapeProblem } from '../domain/approval.js';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { DecisionRequest } from '../domain/promotion.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, sha256Hex } from '../storage/objects.js';
import { decodeValue, encodeValue } from './pointer-json.js';

/** A decision that was accepted, as it came. Written once; a signed one can be verified from it for ever. */
export interface RecordedDecision {
  readonly v: 1;
  readonly request: DecisionRequest;
  /** The key that its signature was verified with, or `null` for a claim. */
  readonly publicKey: string | null;
  /** Which attempt brought it: 64 hexadecimal digits. The same attempt may record it again. */
  readonly attempt: string;
  /** ISO 8601. */
  readonly at: string;
}

const recordedSchema: z.ZodType<RecordedDecision> = z.strictObject({
  v: z.literal(1),
  request: z.custom<DecisionRequest>((value) => shapeProblem(value) === null),
  publicKey: z.string().nullable(),
  attempt: z.string(),
  at: z.string(),
});

/** `decisions/<model>/<id>.json`; the id of a signed decision is its nonce. */
export function decisionKey(model: string, id: string): string {
  return `decisions/${model}/${id}.json`;
}

/**
 * Records a decision, once. `replayed` when another attempt had brought its nonce before, for this promotion
 * or another; the same attempt, retried after a lost answer, finds its own record.
 */
export async function recordDecision(
  store: ObjectStore,
  model: string,
  id: string,
  decision: RecordedDecision,
): Promise<'recorded' | 'replayed'> {
  const { created } = await store.putIfAbsent(decisionKey(model, id), encodeValue(decision));
  if (created) return 'recorded';
  const known = await readDecision(store, model, id);
  return known !== null && isSameAttempt(known, decision) ? 'recorded' : 'replayed';
}

/** A decision by its id, or `null`. @throws DataError `object-malformed` */
export async function readDecision(
  store: ObjectStore,
  model: string,
  id: string,
): Promise<RecordedDecision | null> {
  const key = decisionKey(model, id);
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(store, key);
  } catch (error) {
    if (error instanceof DataError && error.code === 'object-missing') return null;
    throw error;
  }
  return decodeValue(key, bytes, (value) => recordedSchema.safeParse(value).data ?? null);
}

/** What an audit entry holds of a decision: SHA-256 of the canonical JSON of what was sent. */
export function decisionDigest(request: DecisionRequest): string {
  return sha256Hex(canonicalJson(request));
}

function isSameAttempt(known: RecordedDecision, decision: RecordedDecision): boolean {
  return (
    known.attempt === decision.attempt &&
    canonicalJson(known.request) === canonicalJson(decision.request)
  );
}
