import type { QuarantinedLine, RawRecord } from '../connectors/connector.js';
import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import { DataError } from '../domain/errors.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { Window } from '../domain/window.js';

/** A line as its connector understood it, with the number of its source in the configuration. */
export type SourceLine = (RawRecord | QuarantinedLine) & { readonly source: number };

export interface IngestOptions {
  readonly window: Window;
  /** Content digest of every id the chain has placed. */
  readonly known: ReadonlyMap<string, string>;
  readonly unmarkedConsent: 'allow' | 'deny';
  /** Share of lines that may be unreadable, 0 to 1. */
  readonly maximumQuarantined: number;
  readonly toRecord: (raw: RawRecord) => CanonicalRecord;
}

export interface ObjectTally {
  readonly source: number;
  readonly uri: string;
  readonly deferred: number;
}

export interface Ingested {
  /** Sorted by (time, id); every id once. */
  readonly records: readonly CanonicalRecord[];
  /** Position and reason of every line that was not understood, in the order of reading. */
  readonly quarantined: readonly QuarantinedLine[];
  /** How many records of each object are still to come in later windows. */
  readonly objects: readonly ObjectTally[];
  readonly books: Books;
}

/**
 * Reads every line the window manifest names and decides what belongs to this window: a record is
 * deferred when its time is not before the window's end, seen when the chain holds it unchanged, a
 * revision when the chain holds it with other content, late when its time is before the window's start.
 * @throws DataError `too-many-unreadable` beyond the configured share of unreadable lines.
 */
export async function ingestWindow(
  lines: AsyncIterable<SourceLine>,
  options: IngestOptions,
): Promise<Ingested> {
  const tally = { read: 0, deferred: 0, dropped: {} as Record<string, number> };
  const quarantinedBy: Record<string, number> = {};
  const quarantined: QuarantinedLine[] = [];
  const taken = new Map<string, CanonicalRecord>();
  const tallies = new Map<string, { source: number; uri: string; deferred: number }>();
  for await (const line of lines) {
    tally.read += 1;
    const object = tallyOf(tallies, line);
    if (line.kind === 'quarantined') {
      quarantined.push(line);
      count(quarantinedBy, line.reason);
    } else if (Date.parse(line.time) >= Date.parse(options.window.to)) {
      tally.deferred += 1;
      object.deferred += 1;
    } else {
      const reason = take(options.toRecord(line), options, taken);
      if (reason !== null) count(tally.dropped, reason);
    }
  }
  assertReadable(quarantined, tally.read, options.maximumQuarantined);
  const records = [...taken.values()].sort(byTimeAndId);
  const books = assertBalanced({
    stage: 'ingest',
    read: tally.read,
    kept: records.length,
    dropped: tally.dropped,
    quarantined: quarantinedBy,
    deferred: tally.deferred,
    notes: notesOf(records, options),
  });
  return { records, quarantined, objects: [...tallies.values()], books };
}

function tallyOf(
  tallies: Map<string, { source: number; uri: string; deferred: number }>,
  { source, position }: SourceLine,
): { deferred: number } {
  const key = `${source} ${position.uri}`;
  const tally = tallies.get(key) ?? { source, uri: position.uri, deferred: 0 };
  tallies.set(key, tally);
  return tally;
}

/** Takes a record in, and says why one was dropped: it, or the older line of the same id. */
function take(
  record: CanonicalRecord,
  options: IngestOptions,
  taken: Map<string, CanonicalRecord>,
): string | null {
  const consent = record.consent === 'unmarked' ? options.unmarkedConsent : record.consent;
  if (consent === 'deny') return 'no-consent';
  const known = options.known.get(record.id);
  if (known === record.contentDigest) return 'seen';
  const other = taken.get(record.id);
  if (other === undefined) {
    taken.set(record.id, record);
    return null;
  }
  if (other.contentDigest === record.contentDigest) return 'repeated';
  taken.set(record.id, newer(other, record));
  return 'revised-within-window';
}

/** Of two lines with one id the later by its signals' times counts; the content digest breaks a tie. */
function newer(a: CanonicalRecord, b: CanonicalRecord): CanonicalRecord {
  const [timeA, timeB] = [lastTime(a), lastTime(b)];
  if (timeA !== timeB) return timeA > timeB ? a : b;
  return a.contentDigest > b.contentDigest ? a : b;
}

function lastTime(record: CanonicalRecord): string {
  return record.signals.reduce(
    (last, signal) => (signal.at > last ? signal.at : last),
    record.time,
  );
}

function notesOf(
  records: readonly CanonicalRecord[],
  options: IngestOptions,
): Record<string, number> {
  const notes: Record<string, number> = {};
  for (const record of records) {
    if (options.known.has(record.id)) count(notes, 'revision');
    else if (Date.parse(record.time) < Date.parse(options.window.from)) count(notes, 'late');
    for (const [type, spans] of Object.entries(record.redactions)) {
      count(notes, `redacted-${type}`, spans);
    }
  }
  return notes;
}

function assertReadable(
  quarantined: readonly QuarantinedLine[],
  read: number,
  maximum: number,
): void {
  if (quarantined.length <= maximum * read) return;
  const first = quarantined[0];
  throw new DataError(
    'too-many-unreadable',
    `${quarantined.length} of ${read} lines could not be read (at most ${maximum * 100} % may be); ` +
      `the first is ${first?.position.uri} line ${first?.position.line}: ${first?.reason}. ` +
      `Mend the source or raise "maximumQuarantined"`,
  );
}

function byTimeAndId(a: CanonicalRecord, b: CanonicalRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
