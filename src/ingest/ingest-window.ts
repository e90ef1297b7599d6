import type { LogLine, QuarantinedLine, RawRecord } from '../connectors/connector.js';
import { type Books, count } from '../domain/books.js';
import { DataError, invariant } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { Window } from '../domain/window.js';
import type { EncodedRows } from '../formats/encoded-rows.js';
import type { RowSpill } from '../formats/row-spill.js';
import type { ConversationHistory, WithheldCall } from './conversation-history.js';
import { conversationOfOne } from './conversation-json.js';
import { conversationRows } from './conversation-rows.js';
import { type KeptRecords, keptRecords } from './kept-records.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import { createLedgers, type Ledgers, type ObjectTally } from './ledgers.js';
import type { Contender } from './line-table.js';
import { createNewestLines, type NewestLines } from './newest-lines.js';
import { notesOf } from './notes.js';
import type { EncodedRecord } from './record.js';
import { dropOutdone, type Retraction, settleLines } from './settle-lines.js';
import { takeIn } from './take-in.js';
import { createWindowCalls, type WindowCalls } from './window-calls.js';
import { assembleWindow } from './window-conversations.js';

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
  /** What the chain remembers of conversations; nothing where it is left out. */
  readonly conversations?: ConversationHistory;
  /** Holds the records until they are written; whoever made it closes it. */
  readonly spill: RowSpill;
}

export interface Ingested {
  /** Sorted by (time, id); every id once. They are there for as long as the spill is open. */
  readonly records: KeptRecords;
  /** Sorted by id. */
  readonly retractions: readonly Retraction[];
  /** Contents that later windows have to know of, sorted by (id, content). */
  readonly outdone: readonly OutdoneContent[];
  /** What later windows have to know of each record that can go on, in the records' order. */
  readonly conversations: EncodedRows;
  /** Calls that are kept out with all that goes on from them, in a fixed order. */
  readonly withheld: readonly WithheldCall[];
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
 * the chain holds of it is retracted. Calls that others continue are folded into these: they are dropped as `prefix-of`,
 * and what they say of their answers becomes turns of the record.
 *
 * Each line's record goes to the spill as soon as it is made; in memory stays what deciding takes. What is kept is
 * read from there, in order.
 * @throws DataError `too-many-unreadable` beyond the configured share of unreadable lines.
 */
export async function ingestWindow(
  lines: AsyncIterable<SourceLines>,
  options: IngestOptions,
): Promise<Ingested> {
  const { spill } = options;
  const ledgers = createLedgers(options.sourceCount);
  const newest = createNewestLines(spill.texts);
  const windowCalls = createWindowCalls(newest.lines);
  const { calls } = windowCalls;
  const quarantined = await readLines(lines, { newest, calls: windowCalls, ledgers, options });
  const settled = settleLines(newest, windowCalls, ledgers, options);
  const history = options.conversations ?? noConversations;
  const assembled = await assembleWindow(windowCalls, history, options.isOptedOut);
  const taken = takeIn(settled, newest, calls, assembled, ledgers, options);
  const { kept, retractions, outdone } = taken;
  const books = ledgers.books();
  assertReadable(quarantined, books.read, options.maximumQuarantined);
  const rowOf = (number: number): number => {
    const row = newest.lines.rowAt(number);
    invariant(row !== null, 'a line is needed and was never written');
    return row;
  };
  const rows = conversationRows({ calls, spill, rowOf }, assembled);
  return {
    records: keptRecords(kept, (number) => {
      const json = spill.read(rowOf(number));
      return calls.isCall(number) ? rows.record(number, json) : json;
    }),
    retractions: retractions.sort(byIdAndContent),
    outdone: outdone.sort(byIdAndContent),
    conversations: {
      *lines() {
        for (const number of kept) if (calls.isCall(number)) yield rows.conversation(number);
        for (const conversation of rows.waiting()) yield Buffer.from(conversation);
      },
    },
    withheld: assembled.withheld,
    quarantined,
    objects: ledgers.objects(),
    books,
  };
}

async function* noConversations(): AsyncGenerator<never, void, undefined> {
  // A first window has none before it.
}

/** Where lines are read into. */
interface Reading {
  readonly newest: NewestLines;
  readonly calls: WindowCalls;
  readonly ledgers: Ledgers;
  readonly options: IngestOptions;
}

/** Offers every line that is a record of this window, and gives those that were not understood. */
async function readLines(
  batches: AsyncIterable<SourceLines>,
  reading: Reading,
): Promise<readonly QuarantinedSourceLine[]> {
  const { ledgers, options } = reading;
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
        offer(options.toRecord(line), source, reading);
      }
    }
  }
  return quarantined;
}

function offer(encoded: EncodedRecord, source: number, reading: Reading): void {
  const { record, json } = encoded;
  const { newest, calls, ledgers, options } = reading;
  if (options.isOptedOut({ id: record.id, user: record.userKeyHash })) {
    calls.optOut(encoded);
    return ledgers.drop(source, 'opted-out');
  }
  const known = options.known.get(record.id);
  const line = contenderOf(record, source, known !== undefined, options);
  const isSeen = known?.contentDigest === record.contentDigest;
  const isNeeded = line.consents && (!isSeen || known.isLastOfMany);
  const call = isNeeded || !line.consents ? calls.read(encoded) : null;
  const outdone = newest.offer(line, ({ time, id }, number) => {
    calls.note(number, call);
    if (!isNeeded) return null;
    const conversation = call === null ? '' : conversationOfOne(record, call.transcript);
    return options.spill.add(json, time, id, conversation);
  });
  if (outdone !== null) dropOutdone(ledgers, outdone, options);
}

/** What takes part of a record's line. */
function contenderOf(
  record: CanonicalRecord,
  source: number,
  isKnown: boolean,
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
    isKnown,
    notes: notesOf(record),
    row: null,
  };
}

function newestTime({ signals, time: text }: CanonicalRecord, time: number): number {
  let newest = time;
  for (const { at } of signals) if (at > text) newest = Math.max(newest, instantMs(at));
  return newest;
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
