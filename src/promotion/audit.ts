import { z } from 'zod';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { AuditEntry } from '../domain/model.js';
import type { ObjectStore } from '../storage/object-store.js';
import { sha256Hex } from '../storage/objects.js';
import { encodeValue, readVersion } from './pointer-json.js';

/** How far back an entry is looked for before it is written: a retried activity is at most this far behind. */
const LOOK_BACK = 100;

/** How often another writer may be first before the append gives up. */
const ATTEMPTS = 20;

/** One entry of a model's audit log with its number, counted from 1. */
export interface NumberedEntry {
  readonly number: number;
  readonly entry: AuditEntry;
}

const entrySchema = z.strictObject({
  v: z.literal(1),
  at: z.string(),
  action: z.enum([
    'champion-declared',
    'approved',
    'refused',
    'promoted',
    'rejected',
    'expired',
    'superseded',
    'cancelled',
    'rolled-back',
    'window-skipped',
    'opted-out',
    'cost-approved',
    'job-adopted',
    'retried',
  ]),
  by: z.string(),
  reason: z.string(),
  subject: z.record(z.string(), z.string().nullable()),
  previous: z.string().nullable().optional(),
});

/** An entry by its parsed JSON, or `null`. */
export function parseEntry(value: unknown): AuditEntry | null {
  return (entrySchema.safeParse(value).data as AuditEntry | undefined) ?? null;
}

/** The pointer whose versions are the audit log of `model`. */
export function auditKey(model: string): string {
  return `audit/${model}`;
}

/**
 * Appends an entry to the audit log and returns its number. Nothing of the log is ever overwritten, and each
 * entry holds the SHA-256 of the one before: of its bytes, which are canonical JSON.
 *
 * Idempotent: an entry with the same action and subject among the last hundred is returned instead of
 * written again, whatever its `at`, so a step that was retried after a lost answer leaves one entry. A
 * subject therefore names what makes the act unique (the promotion, or the alias version).
 * @throws DataError `audit-contended` when other writers were first twenty times in a row.
 */
export async function appendAudit(
  store: ObjectStore,
  model: string,
  entry: AuditEntry,
): Promise<number> {
  const key = auditKey(model);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const pointer = await store.readPointer(key);
    const last = pointer?.version ?? 0;
    const known = await readAudit(store, model, { last: LOOK_BACK });
    const same = known.find(({ entry: other }) => isSameAct(other, entry));
    if (same !== undefined) return same.number;
    const previous = pointer === null ? null : sha256Hex(pointer.value);
    if (await store.compareAndSet(key, last, encodeValue({ ...entry, previous }))) return last + 1;
  }
  throw new DataError(
    'audit-contended',
    `${key} was written to by others ${ATTEMPTS} times in a row`,
  );
}

/** The audit log of `model`, or its `last` entries, oldest first. */
export async function readAudit(
  store: ObjectStore,
  model: string,
  options: { readonly last?: number } = {},
): Promise<readonly NumberedEntry[]> {
  const key = auditKey(model);
  const newest = (await store.readPointer(key))?.version ?? 0;
  const oldest = Math.max(1, newest - (options.last ?? newest) + 1);
  const entries: NumberedEntry[] = [];
  for (let number = oldest; number <= newest; number += 1) {
    entries.push({ number, entry: await readVersion(store, key, number, parseEntry) });
  }
  return entries;
}

function isSameAct(one: AuditEntry, other: AuditEntry): boolean {
  return one.action === other.action && canonicalJson(one.subject) === canonicalJson(other.subject);
}
