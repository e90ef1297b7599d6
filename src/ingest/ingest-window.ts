import type { LogLine, QuarantinedLine, RawRecord } from '../connectors/connector.js';
import type { Books } from '../domain/books.js';
import { addBooks, assertBalanced, count } from '../domain/books.js';
import { DataError, invariant } from '../domain/errors.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { Window } from '../domain/window.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import { dropReason, wasRead } from './known-contents.js';
import type { Contender, NewestLines, Outdone, Settled } from './newest-lines.js';
import { contenderOf, createNewestLines } from './newest-lines.js';

/** A line as its connector understood it, with the number of its source in the configuration. */
export type SourceLine = LogLine & { readonly source: number };

export interface IngestOptions {
  readonly window: Window;
  /** How many sources the configuration names; each has books of its own. */
  readonly sourceCount: number;
  /** What the chain knows of every id that was read for it. */
  readonly known: ReadonlyMap<string, KnownContent>;
  readonly unmarkedConsent: 'allow' | 'deny';
  /** Types of personal data whose records are dropped. */
  readonly unwanted: readonly string[];
  /** Records that are left out as if they had never been logged, but for the count. */
  readonly isOptedOut: IsOptedOut;
  /** Share of lines that may be unreadable, 0 to 1. */
  readonly maximumQuarantined: number;
  readonly toRecord: (raw: RawRecord) => CanonicalRecord;
}

export interface ObjectTally {
  readonly source: number;
  readonly uri: string;
  readonly deferred: number;
}

/** A record of the chain whose newest line has no consent any more; of its content only the digest is left. */
export interface Retraction {
  readonly id: string;
  readonly contentDigest: string;
}

export interface Ingested {
  /** Sorted by (time, id); every id once. */
  readonly records: readonly CanonicalRecord[];
  /** Sorted by id. */
  readonly retractions: readonly Retraction[];
  /** Contents that later windows have to know of, sorted by (id, content). */
  readonly outdone: readonly OutdoneContent[];
  /** Position and reason of every line that was not understood, in the order of reading. */
  readonly quarantined: readonly QuarantinedLine[];
  /** How many records of each object are still to come in later windows. */
  readonly objects: readonly ObjectTally[];
  readonly books: Books;
}

/**
 * Reads every line the window manifest names and decides what belongs to this window: a record is
 * deferred when its time is not before the window's end, late when it is before the window's start. Of
 * all lines with one id only the newest counts, those that earlier windows have read included: it is seen
 * when the chain holds it unchanged, a revision when the chain holds the id with other content, a
 * retraction when it withdraws the consent to it. A record that holds what is not wanted is dropped, and what
 * the chain holds of it is retracted.
 * @throws DataError `too-many-unreadable` beyond the configured share of unreadable lines.
 */
export async function ingestWindow(
  lines: AsyncIterable<SourceLine>,
  options: IngestOptions,
): Promise<Ingested> {
  const ledgers = Array.from({ length: options.sourceCount }, createLedger);
  const quarantined: QuarantinedLine[] = [];
  const newest = createNewestLines();
  const endMs = Date.parse(options.window.to);
  for await (const line of lines) {
    const ledger = ledgerOf(ledgers, line);
    ledger.read += 1;
    const object = tallyOf(ledger, line);
    if (line.kind === 'quarantined') {
      quarantined.push(line);
      count(ledger.quarantined, line.reason);
    } else if (line.kind === 'passed') {
      count(ledger.dropped, line.reason);
    } else if (Date.parse(line.time) >= endMs) {
      object.deferred += 1;
    } else {
      const record = options.toRecord(line);
      if (options.isOptedOut({ id: record.id, user: record.userKeyHash })) {
        count(ledger.dropped, 'opted-out');
        continue;
      }
      const outdone = newest.offer(toContender(record, line.source, options));
      if (outdone !== null) dropOutdone(ledgers, outdone, options);
    }
  }
  const { records, retractions, outdone } = settle(newest, ledgers, options);
  const books = addBooks('ingest', ledgers.map(booksOf));
  assertReadable(quarantined, books.read, options.maximumQuarantined);
  return {
    records: records.sort(byTimeAndId),
    retractions: retractions.sort(byIdAndContent),
    outdone: outdone.sort(byIdAndContent),
    quarantined,
    objects: ledgers.flatMap(({ objects }) => [...objects.values()]),
    books,
  };
}

function toContender(record: CanonicalRecord, source: number, options: IngestOptions): Contender {
  const consent = record.consent === 'unmarked' ? options.unmarkedConsent : record.consent;
  const consents = consent === 'allow';
  const isSeen = options.known.get(record.id)?.contentDigest === record.contentDigest;
  const unwanted = options.unwanted.find((type) => (record.redactions[type] ?? 0) > 0) ?? null;
  return contenderOf(record, source, consents, unwanted, consents && !isSeen);
}

interface Decided {
  readonly records: CanonicalRecord[];
  readonly retractions: Retraction[];
  readonly outdone: OutdoneContent[];
}

/** Decides on the newest line of every id, and enters it into the books of its source. */
function settle(
  newestLines: NewestLines,
  ledgers: readonly Ledger[],
  options: IngestOptions,
): Decided {
  const decided: Decided = { records: [], retractions: [], outdone: [] };
  for (const settled of newestLines.settle()) {
    const { newest, outdone, outdid } = settled;
    if (outdone !== null) dropOutdone(ledgers, outdone, options);
    const ledger = ledgerOf(ledgers, newest);
    const known = options.known.get(newest.id);
    const unwanted = newest.unwanted === null ? null : `holds-${newest.unwanted}`;
    const reason = dropReason(newest, outdid, known) ?? unwanted;
    if (newest.record !== null && reason === null) {
      ledger.kept += 1;
      note(ledger.notes, newest.record, options);
      decided.records.push(newest.record);
    } else if (reason !== null) {
      count(ledger.dropped, reason);
      const { id, contentDigest } = newest;
      const takesOut = reason === 'consent-withdrawn' || (reason === unwanted && isInForce(known));
      if (takesOut) decided.retractions.push({ id, contentDigest });
    }
    decided.outdone.push(...toRemember(settled, reason === 'no-consent', known));
  }
  return decided;
}

/** Whether the chain holds a record of this id that may be trained on. */
function isInForce(known: KnownContent | undefined): boolean {
  return known?.isPlaced === true && !known.isDenied;
}

/**
 * What later windows, which may not read these lines again, have to know of them. A line without a mark
 * is none of it: whether it has consent is for the configuration to say whenever it is read.
 */
function toRemember(
  { newest, outdid }: Settled,
  isWithoutConsent: boolean,
  known: KnownContent | undefined,
): readonly OutdoneContent[] {
  const { id } = newest;
  const contents = [...outdid].map((contentDigest) => ({ id, contentDigest, denied: false }));
  if (isWithoutConsent && (newest.consents || newest.denies)) {
    contents.push({ id, contentDigest: newest.contentDigest, denied: !newest.consents });
  }
  return contents.filter(({ contentDigest }) => !wasRead(known, contentDigest));
}

function dropOutdone(
  ledgers: readonly Ledger[],
  { line, by }: Outdone,
  { known }: IngestOptions,
): void {
  const isSeen = wasRead(known.get(line.id), line.contentDigest);
  const isRepeated = line.contentDigest === by.contentDigest;
  const reason = isSeen ? 'seen' : isRepeated ? 'repeated' : 'revised-within-window';
  count(ledgerOf(ledgers, line).dropped, reason);
}

/** The books of one source while they are being kept. */
interface Ledger {
  read: number;
  kept: number;
  readonly dropped: Record<string, number>;
  readonly quarantined: Record<string, number>;
  readonly notes: Record<string, number>;
  readonly objects: Map<string, ObjectTally & { deferred: number }>;
}

function createLedger(): Ledger {
  return { read: 0, kept: 0, dropped: {}, quarantined: {}, notes: {}, objects: new Map() };
}

function ledgerOf(ledgers: readonly Ledger[], { source }: { readonly source: number }): Ledger {
  const ledger = ledgers[source];
  invariant(ledger !== undefined, `a line came from source ${source}, which is not configured`);
  return ledger;
}

function booksOf({ read, kept, dropped, quarantined, notes, objects }: Ledger): Books {
  const deferred = [...objects.values()].reduce((sum, object) => sum + object.deferred, 0);
  return assertBalanced({ stage: 'ingest', read, kept, dropped, quarantined, deferred, notes });
}

function tallyOf({ objects }: Ledger, line: SourceLine): { deferred: number } {
  const { uri } = line.position;
  const tally = objects.get(uri) ?? { source: line.source, uri, deferred: 0 };
  objects.set(uri, tally);
  return tally;
}

function note(
  notes: Record<string, number>,
  record: CanonicalRecord,
  { known, window }: IngestOptions,
): void {
  if (known.get(record.id)?.isPlaced === true) count(notes, 'revision');
  else if (Date.parse(record.time) < Date.parse(window.from)) count(notes, 'late');
  for (const [type, spans] of Object.entries(record.redactions)) {
    count(notes, `redacted-${type}`, spans);
  }
  const images = record.imagesLeftOut ?? 0;
  if (images > 0) count(notes, 'images-left-out', images);
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

function byIdAndContent(a: Retraction, b: Retraction): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.contentDigest < b.contentDigest ? -1 : 1;
}
