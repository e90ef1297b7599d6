import { DataError } from '../domain/errors.js';
import type { AuditEntry } from '../domain/model.js';
import { isSigned } from '../domain/approval.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, sha256Hex } from '../storage/objects.js';
import { auditKey, parseEntry, type NumberedEntry } from './audit.js';
import { isSignedBy } from './decision-signature.js';
import { decisionDigest, readDecision } from './decisions.js';
import { decodeValue, versionKey } from './pointer-json.js';
import { aliasProblems } from './verify-aliases.js';

/** What a walk over an audit log found. */
export interface AuditVerdict {
  readonly entries: number;
  /** The first entry that holds the digest of the one before; `null` where none does. */
  readonly chainedFrom: number | null;
  /** SHA-256 of the last entry: noted elsewhere, it shows later whether the log was cut or written anew. */
  readonly head: string | null;
  /** The first link that is broken, or `null`. */
  readonly broken: { readonly number: number; readonly problem: string } | null;
  /** Where alias versions, decisions and entries do not agree; only looked at while no link is broken. */
  readonly disagreements: readonly string[];
}

interface Walked {
  readonly entries: readonly NumberedEntry[];
  readonly digests: readonly string[];
  readonly broken: AuditVerdict['broken'];
}

/**
 * Walks the audit log of a model from its first entry, and holds it against the champion's versions and the
 * recorded decisions. `known`: digest of an entry that was there once (an earlier `head`).
 */
export async function verifyAudit(
  store: ObjectStore,
  model: string,
  known: string | null = null,
): Promise<AuditVerdict> {
  const { entries, digests, broken } = await walk(store, model);
  const found = entries.find(({ entry }) => entry.previous !== undefined);
  const verdict = {
    entries: entries.length,
    chainedFrom: found?.number ?? null,
    head: digests.at(-1) ?? null,
  };
  if (broken !== null) return { ...verdict, broken, disagreements: [] };
  const disagreements = [
    ...(known === null || digests.includes(known)
      ? []
      : [`no entry has the digest ${known}: the log was cut or written anew since`]),
    ...(await aliasProblems(store, model, entries)),
    ...(await decisionProblems(store, model, entries)),
  ];
  return { ...verdict, broken: null, disagreements };
}

/** Reads entry by entry, up to the first that is missing, malformed or does not follow from the one before. */
async function walk(store: ObjectStore, model: string): Promise<Walked> {
  const key = auditKey(model);
  const entries: NumberedEntry[] = [];
  const digests: string[] = [];
  const numbers = await versionNumbers(store, key);
  for (const [index, number] of numbers.entries()) {
    const problem = number === index + 1 ? null : `entry ${index + 1} is missing`;
    const read = problem === null ? await readEntry(store, key, number) : problem;
    if (typeof read === 'string') return { entries, digests, broken: brokenAt(index + 1, read) };
    const link = linkProblem(read.entry, entries, digests);
    if (link !== null) return { entries, digests, broken: brokenAt(number, link) };
    entries.push({ number, entry: read.entry });
    digests.push(read.digest);
  }
  return { entries, digests, broken: null };
}

async function versionNumbers(store: ObjectStore, key: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { key: found } of store.list(`${key}/`)) {
    const digits = /^(\d{6})\.json$/.exec(found.slice(key.length + 1))?.[1];
    if (digits !== undefined) numbers.push(Number(digits));
  }
  return numbers;
}

async function readEntry(
  store: ObjectStore,
  key: string,
  number: number,
): Promise<{ readonly entry: AuditEntry; readonly digest: string } | string> {
  const place = versionKey(key, number);
  try {
    const bytes = await readBytes(store, place);
    return { entry: decodeValue(place, bytes, parseEntry), digest: sha256Hex(bytes) };
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

function linkProblem(
  { previous }: AuditEntry,
  before: readonly NumberedEntry[],
  digests: readonly string[],
): string | null {
  if (previous === undefined) {
    const isChained = before.some(({ entry }) => entry.previous !== undefined);
    return isChained ? 'it holds no digest of the entry before, as those before it do' : null;
  }
  if (previous === (digests.at(-1) ?? null)) return null;
  return before.length === 0
    ? 'it names an entry before it, and there is none'
    : `the digest that it holds is not that of entry ${before.length}: one of the two was changed`;
}

function brokenAt(number: number, problem: string): AuditVerdict['broken'] {
  return { number, problem };
}

/** Approvals that are not kept as they came, or whose signature does not hold. */
async function decisionProblems(
  store: ObjectStore,
  model: string,
  entries: readonly NumberedEntry[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { number, entry } of entries) {
    if (entry.action !== 'approved') continue;
    const problem = await decisionProblem(store, model, entry);
    if (problem !== null) problems.push(`entry ${number}: ${problem}`);
  }
  return problems;
}

async function decisionProblem(
  store: ObjectStore,
  model: string,
  { by, subject }: AuditEntry,
): Promise<string | null> {
  const recorded = await readDecision(store, model, subject['id'] ?? '');
  if (recorded === null) return `the approval of ${by} is not in the store any more`;
  const { publicKey, request } = recorded;
  if (decisionDigest(request) !== subject['digest'] || request.approver !== by) {
    return `the approval of ${by} is not what was recorded: its digest differs`;
  }
  const shouldBeSigned = subject['identity'] === 'signed';
  if (shouldBeSigned !== isSigned(request)) return `the approval of ${by} lost its signature`;
  if (!isSigned(request)) return null;
  const holds = publicKey !== null && isSignedBy(request, publicKey);
  return holds ? null : `the signature of ${by} does not hold`;
}
