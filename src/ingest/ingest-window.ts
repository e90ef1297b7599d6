import type { LogLine, QuarantinedLine, RawRecord } from '../connectors/connector.js';
import { type Books, count } from '../domain/books.js';
import { DataError, invariant } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { Window } from '../domain/window.js';
import type { RowSpill } from '../formats/row-spill.js';
import { type KeptRecords, keptRecords } from './kept-records.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import { dropReason, wasRead } from './known-contents.js';
import { createLedgers, type Ledgers, type ObjectTally } from './ledgers.js';
import type { Contender } from './line-table.js';
import type { NewestLines, Outdone, Settled } from './newest-lines.js';
import { createNewestLines } from './newest-lines.js';
import { addNotes, notesOf } from './notes.js';
import type { EncodedRecord } from './record.js';

/** Lines as their connector understood them, with the number of their source in the configuration. */
export interface SourceLines {
  readonly source: number;
  readonly lines: Iterable<LogLine>;
}

/** A line that was not understood, with the number of its source. */
export type QuarantinedSourceLine = QuarantinedLine & { readonly source: number };

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
  readonly toRecord: (raw: RawRecord) => EncodedRecord;
  /** Holds the records until they are written; whoever made it closes it. */
  readonly spill: RowSpill;
}

/** A record of the chain whose newest line has no consent any more; of its content only the digest is left. */
export interface Retraction {
  readonly id: string;
  readonly contentDigest: string;
}

export interface Ingested {
  /** Sorted by (time, id); every id once. They are there for as long as the spill is open. */
  readonly records: KeptRecords;
  /** Sorted by id. */
  readonly retractions: readonly Retraction[];
  /** Contents that later windows have to know of, sorted by (id, content). */
  readonly outdone: readonly OutdoneContent[];
  /** Position and reason of every line that was not understood, in the order of reading. */
  readonly quarantined: readonly QuarantinedSourceLine[];
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
 *
 * Each line's record goes to the spill as soon as it is made; in memory stays what deciding takes. What is kept is
 * read from there, in order.
 * @throws DataError `too-many-unreadable` beyond the configured share of unreadable lines.
 */
export async function ingestWindow(
  lines: AsyncIterable<SourceLines>,
  options: IngestOptions,
): Promise<Ingested> {
  const ledgers = createLedgers(options.sourceCount);
  const newest = createNewestLines();
  const quarantined = await readLines(lines, newest, ledgers, options);
  const { kept, retractions, outdone } = settle(newest, ledgers, options);
  const books = ledgers.books();
  assertReadable(quarantined, books.read, options.maximumQuarantined);
  const rows = newest.inOrder(kept).map((number) => rowOf(newest.at(number)));
  return {
    records: keptRecords(rows, options.spill),
    retractions: retractions.sort(byIdAndContent),
    outdone: outdone.sort(byIdAndContent),
    quarantined,
    objects: ledgers.objects(),
    books,
  };
}

/** Offers every line that is a record of this window, and gives those that were not understood. */
async function readLines(
  batches: AsyncIterable<SourceLines>,
  newest: NewestLines,
  ledgers: Ledgers,
  options: IngestOptions,
): Promise<readonly QuarantinedSourceLine[]> {
  const quarantined: QuarantinedSourceLine[] = [];
  const endMs = instantMs(options.window.to);
  for await (const { source, lines } of batches) {
    const ledger = ledgers.of(source);
    for (const line of lines) {
      ledger.read += 1;
      const object = ledgers.tally(source, line.position.uri);
      if (line.kind === 'quarantined') {
        quarantined.push({ ...line, source });
        count(ledger.quarantined, line.reason);
      } else if (line.kind === 'passed') {
        count(ledger.dropped, line.reason);
      } else if (instantMs(line.time) >= endMs) {
        object.deferred += 1;
      } else {
        offer(options.toRecord(line), source, newest, ledgers, options);
      }
    }
  }
  return quarantined;
}

function offer(
  { record, json }: EncodedRecord,
  source: number,
  newest: NewestLines,
  ledgers: Ledgers,
  options: IngestOptions,
): void {
  if (options.isOptedOut({ id: record.id, user: record.userKeyHash })) {
    return ledgers.drop(source, 'opted-out');
  }
  const line = contenderOf(record, source, options);
  const isSeen = options.known.get(record.id)?.contentDigest === record.contentDigest;
  const isNeeded = line.consents && !isSeen;
  const outdone = newest.offer(line, record.conversationId, ({ time, id }) =>
    isNeeded ? options.spill.add(json, time, id) : null,
  );
  if (outdone !== null) dropOutdone(ledgers, outdone, options);
}

/** What takes part of a record's line. */
function contenderOf(
  record: CanonicalRecord,
  source: number,
  { unmarkedConsent, unwanted }: IngestOptions,
): Contender {
  const { id, contentDigest, position, consent, redactions } = record;
  const time = instantMs(record.time);
  return {
    id,
    contentDigest,
    source,
    uri: position.uri,
    line: position.line,
    time,
    newest: newestTime(record, time),
    consents: (consent === 'unmarked' ? unmarkedConsent : consent) === 'allow',
    denies: consent === 'deny',
    unwanted: unwanted.find((type) => (redactions[type] ?? 0) > 0) ?? null,
    notes: notesOf(record),
    row: null,
  };
}

function newestTime({ signals, time: text }: CanonicalRecord, time: number): number {
  let newest = time;
  for (const { at } of signals) if (at > text) newest = Math.max(newest, instantMs(at));
  return newest;
}

interface Decided {
  /** Numbers of the lines whose records are kept. */
  readonly kept: number[];
  readonly retractions: Retraction[];
  readonly outdone: OutdoneContent[];
}

/** Decides on the newest line of every id, and enters it into the books of its source. */
function settle(newestLines: NewestLines, ledgers: Ledgers, options: IngestOptions): Decided {
  const decided: Decided = { kept: [], retractions: [], outdone: [] };
  for (const settled of newestLines.settle()) {
    const { newest, outdone, outdid } = settled;
    if (outdone !== null) dropOutdone(ledgers, outdone, options);
    const known = options.known.get(newest.id);
    const unwanted = newest.unwanted === null ? null : `holds-${newest.unwanted}`;
    const reason = dropReason(newest, outdid, known) ?? unwanted;
    if (newest.row !== null && reason === null) {
      const ledger = ledgers.of(newest.source);
      ledger.kept += 1;
      note(ledger.notes, newest, options);
      decided.kept.push(settled.number);
    } else if (reason !== null) {
      ledgers.drop(newest.source, reason);
      const { id, contentDigest } = newest;
      const takesOut = reason === 'consent-withdrawn' || (reason === unwanted && isInForce(known));
      if (takesOut) decided.retractions.push({ id, contentDigest });
    }
    for (const content of toRemember(settled, reason === 'no-consent', known)) {
      decided.outdone.push(content);
    }
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
  if (outdid.size === 0 && !isWithoutConsent) return [];
  const contents = [...outdid].map((contentDigest) => ({ id, contentDigest, denied: false }));
  if (isWithoutConsent && (newest.consents || newest.denies)) {
    contents.push({ id, contentDigest: newest.contentDigest, denied: !newest.consents });
  }
  return contents.filter(({ contentDigest }) => !wasRead(known, contentDigest));
}

function dropOutdone(ledgers: Ledgers, { line, by }: Outdone, { known }: IngestOptions): void {
  const isSeen = wasRead(known.get(line.id), line.contentDigest);
  const isRepeated = line.contentDigest === by.contentDigest;
  const reason = isSeen ? 'seen' : isRepeated ? 'repeated' : 'revised-within-window';
  ledgers.drop(line.source, reason);
}

function note(
  notes: Record<string, number>,
  line: Contender,
  { known, window }: IngestOptions,
): void {
  if (known.get(line.id)?.isPlaced === true) count(notes, 'revision');
  else if (line.time < instantMs(window.from)) count(notes, 'late');
  addNotes(notes, line.notes);
}

function rowOf({ row }: Contender): number {
  invariant(row !== null, 'a record is kept and was never written');
  return row;
}

function assertReadable(
  quarantined: readonly QuarantinedSourceLine[],
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

function byIdAndContent(a: Retraction, b: Retraction): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.contentDigest < b.contentDigest ? -1 : 1;
}
