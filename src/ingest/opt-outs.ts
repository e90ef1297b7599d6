import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import { hashedIdentifier, userKeyHashOf } from './record.js';

/** Whoever or whatever is to be left out from now on. */
export type OptOut =
  | { readonly kind: 'record'; readonly id: string }
  | { readonly kind: 'user'; readonly tenant: string | null; readonly user: string }
  | { readonly kind: 'hash'; readonly hash: string };

const HASH = /^[0-9a-f]{64}$/;

const id = z.union([z.string().min(1), z.number().transform(String)]);
const lineSchema = z.union([
  z.strictObject({ record: id }),
  z.strictObject({ user: id, tenant: id.nullable().default(null) }),
  z.strictObject({ hash: z.string().regex(HASH) }),
]);

/**
 * Reads a file of opt-outs: on each line the id of a record as the log has it, a keyed hash (64 hexadecimal digits), or
 * an object: `{"record": …}`, `{"user": …, "tenant": …}` or `{"hash": …}`. Blank lines and those that begin with `#`
 * are none.
 * @throws ConfigError naming file and line, and nothing of what stands there.
 */
export function parseOptOuts(text: string, name: string): readonly OptOut[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) return [];
    if (HASH.test(entry)) return [{ kind: 'hash', hash: entry } as const];
    if (!entry.startsWith('{')) return [{ kind: 'record', id: entry } as const];
    const optOut = optOutOf(entry);
    if (optOut !== null) return [optOut];
    throw new ConfigError(
      `${name} line ${index + 1} is no opt-out: expected an id, {"record": …}, {"user": …, "tenant": …} or {"hash": …}`,
    );
  });
}

function optOutOf(entry: string): OptOut | null {
  let value: unknown;
  try {
    value = JSON.parse(entry);
  } catch {
    return null;
  }
  const { data } = lineSchema.safeParse(value);
  if (data === undefined) return null;
  if ('record' in data) return { kind: 'record', id: data.record };
  if ('hash' in data) return { kind: 'hash', hash: data.hash };
  return { kind: 'user', tenant: data.tenant, user: data.user };
}

/**
 * What is kept of an opt-out: hashes with the split key, from which nobody follows. A record has two, of its id as it
 * was logged and of what stands for an id that is personal data: which of them records have depends on the redactor,
 * and an opt-out outlasts it.
 */
export function optOutHashes(optOut: OptOut, key: string): readonly string[] {
  switch (optOut.kind) {
    case 'record':
      return recordHashes(optOut.id, key);
    case 'user':
      return [userKeyHashOf(optOut.tenant, optOut.user, key)];
    case 'hash':
      return [optOut.hash];
  }
}

/** Makes the test of a list of hashes. */
export function createOptOutTest(hashes: readonly string[], key: string): IsOptedOut {
  if (hashes.length === 0) return () => false;
  const known = new Set(hashes);
  return ({ id: recordId, user }) =>
    (typeof user === 'string' && known.has(user)) ||
    recordHashes(recordId, key).some((hash) => known.has(hash));
}

/** Of an id as records have it where it is no personal data, and where it is. */
function recordHashes(recordId: string, key: string): readonly string[] {
  return [recordId, hashedIdentifier('id', recordId, key)].map((each) =>
    createHmac('sha256', key)
      .update(canonicalJson(['opt-out', 'record', each]))
      .digest('hex'),
  );
}
