import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IndexHeader } from '../domain/index-file.js';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';

/** Begins every index file. */
const MAGIC = Buffer.from('HOLDFAST', 'latin1');
const FORMAT_VERSION = 1;

/**
 * What stands before the header: magic (8 bytes), format version and length of the header (4 each), length of the
 * payload (8), SHA-256 of the payload (32) and SHA-256 of all of this and the header (32). Numbers are little-endian.
 */
const AT = {
  version: 8,
  headerLength: 12,
  payloadLength: 16,
  payloadSum: 24,
  headSum: 56,
} as const;
const PREFIX_BYTES = 88;

const natural = z.int().min(0);
const headerSchema: z.ZodType<IndexHeader> = z.strictObject({
  kind: z.literal('near-prompts'),
  payloadVersion: natural,
  sketchScheme: z.string(),
  slotCount: natural,
  bandCount: natural,
  rowCount: natural,
  seed: z.int(),
  shingleUnit: z.enum(['words', 'chars']),
  shingleSize: natural,
  threshold: z.number(),
  textVersion: z.string(),
  unicodeVersion: z.string(),
  source: z.string(),
  counts: z.record(z.string(), natural),
});

/** An index file's bytes: the same for the same header and payload. */
export function encodeIndexFile(header: IndexHeader, payload: Uint8Array): Uint8Array {
  const text = Buffer.from(canonicalJson(header), 'utf8');
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(FORMAT_VERSION, AT.version);
  prefix.writeUInt32LE(text.length, AT.headerLength);
  prefix.writeBigUInt64LE(BigInt(payload.length), AT.payloadLength);
  prefix.set(sha256(payload), AT.payloadSum);
  prefix.set(headSum(prefix, text), AT.headSum);
  return Buffer.concat([prefix, text, payload]);
}

/**
 * The payload of an index file, which has to be whole and have exactly the expected header.
 * @throws DataError `index-refused` saying what is damaged or which fields differ.
 */
export function decodeIndexFile(bytes: Uint8Array, expected: IndexHeader): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < PREFIX_BYTES) throw refused('it ends within its header');
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw refused('it is no index file');
  const version = file.readUInt32LE(AT.version);
  if (version !== FORMAT_VERSION) {
    throw refused(`its format version is ${version}, and this holdfast reads ${FORMAT_VERSION}`);
  }
  const start = PREFIX_BYTES + file.readUInt32LE(AT.headerLength);
  if (file.length < start) throw refused('it ends within its header');
  const text = file.subarray(PREFIX_BYTES, start);
  if (!file.subarray(AT.headSum, PREFIX_BYTES).equals(headSum(file, text))) {
    throw refused('the checksum of its header differs');
  }
  requireSame(parseHeader(text), expected);
  const payload = file.subarray(start);
  const length = file.readBigUInt64LE(AT.payloadLength);
  if (BigInt(payload.length) !== length) {
    throw refused(`its payload has ${payload.length} bytes, not ${length}`);
  }
  if (!file.subarray(AT.payloadSum, AT.headSum).equals(sha256(payload))) {
    throw refused('the checksum of its payload differs');
  }
  return payload;
}

function parseHeader(text: Buffer): IndexHeader {
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch {
    throw refused('its header is no JSON');
  }
  const { data, error } = headerSchema.safeParse(value);
  if (data !== undefined) return data;
  const paths = new Set(error.issues.map((issue) => issue.path.join('.')));
  throw refused(`its header is malformed at ${[...paths].join(', ')}`);
}

function requireSame(found: IndexHeader, expected: IndexHeader): void {
  const [own, wanted] = [fieldsOf(found), fieldsOf(expected)];
  const names = [...new Set([...wanted.keys(), ...own.keys()])];
  const differing = names.filter((name) => own.get(name) !== wanted.get(name));
  if (differing.length === 0) return;
  const told = differing.map(
    (name) => `its ${name} is ${own.get(name) ?? 'missing'}, not ${wanted.get(name) ?? 'known'}`,
  );
  throw refused(told.join(', '));
}

function fieldsOf({ counts, ...identity }: IndexHeader): ReadonlyMap<string, string | number> {
  const counted = Object.entries(counts).map(([name, count]) => [`counts.${name}`, count] as const);
  return new Map<string, string | number>([...Object.entries(identity), ...counted]);
}

/** What a caller adds to is which file it is, and what to do. */
function refused(how: string): DataError {
  return new DataError('index-refused', how);
}

function headSum(prefix: Buffer, text: Buffer): Buffer {
  return createHash('sha256').update(prefix.subarray(0, AT.headSum)).update(text).digest();
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
