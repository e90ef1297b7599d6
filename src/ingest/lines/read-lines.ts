import type { LogLine, RawRecord } from '../../connectors/connector.js';
import { count } from '../../domain/books.js';
import { instantMs } from '../../domain/instant.js';
import type { IsOptedOut } from '../../domain/opt-out.js';
import type { CanonicalRecord } from '../../domain/record.js';
import type { Window } from '../../domain/window.js';
import { type CallNotes, createCallNotes } from '../call-notes.js';
import type { CallsRead } from '../conversations/calls-read.js';
import type { KnownContent } from '../known-contents.js';
import type { Ledgers } from '../ledgers.js';
import { notesOf } from '../notes.js';
import type { EncodedRecord } from '../record.js';
import { speaksAgainst } from '../settle-held.js';
import type { LineLog } from './line-log.js';
import type { LoggedLine, LoggedLineCall } from './logged-line.js';
import type { QuarantinedLines } from './quarantined-lines.js';

/** Lines as their connector understood them, with the number of their source in the configuration. */
export interface SourceLines {
  readonly source: number;
  readonly lines: Iterable<LogLine>;
}

export interface ReadLinesOptions {
  readonly window: Window;
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
}

/** Where lines are read into. */
export interface Reading {
  readonly log: LineLog;
  readonly read: CallsRead;
  readonly quarantined: QuarantinedLines;
  readonly ledgers: Ledgers;
  readonly options: ReadLinesOptions;
}

/**
 * Offers every line that is a record of this window, and takes note of those that were not understood.
 * @throws DataError `too-many-unreadable` at the end, where these are more than their configured share.
 */
export async function readLines(
  batches: AsyncIterable<SourceLines>,
  reading: Reading,
): Promise<void> {
  const { quarantined, ledgers, options } = reading;
  const notes = createCallNotes();
  let read = 0;
  const endMs = instantMs(options.window.to);
  for await (const { source, lines } of batches) {
    const ledger = ledgers.of(source);
    for (const line of lines) {
      ledger.read += 1;
      read += 1;
      const object = ledgers.tally(source, line.position.uri);
      if (line.kind === 'quarantined') {
        quarantined.add({ ...line, source });
        count(ledger.quarantined, line.reason);
      } else if (line.kind === 'passed') {
        count(ledger.dropped, line.reason);
      } else if (instantMs(line.time) >= endMs) {
        object.deferred += 1;
      } else {
        offer(options.toRecord(line), source, reading, notes);
      }
    }
  }
  quarantined.assertFew(read, options.maximumQuarantined);
}

const NOTHING = new Uint8Array(0);

function offer(encoded: EncodedRecord, source: number, reading: Reading, notes: CallNotes): void {
  const { record, json, parts, transcript } = encoded;
  const { log, read, ledgers, options } = reading;
  if (options.isOptedOut({ id: record.id, user: record.userKeyHash })) {
    read.optOut(transcript);
    return ledgers.drop(source, 'opted-out');
  }
  const known = options.known.get(record.id);
  const consents =
    (record.consent === 'unmarked' ? options.unmarkedConsent : record.consent) === 'allow';
  const isSeen = known?.contentDigest === record.contentDigest;
  const isNeeded = consents && (!isSeen || known.isLastOfMany);
  const call = isNeeded || !consents ? callOf(encoded) : null;
  const { id, contentDigest, position, redactions } = record;
  const time = instantMs(record.time);
  const line: LoggedLine = {
    id,
    contentDigest,
    source,
    uri: position.uri,
    line: position.line,
    time,
    newest: newestTime(record, time),
    consents,
    denies: record.consent === 'deny',
    unwanted: options.unwanted.find((type) => (redactions[type] ?? 0) > 0) ?? null,
    isKnown: known !== undefined,
    notes: notesOf(record),
    call,
  };
  read.add(line);
  if (!isNeeded) return log.add(line, null);
  const note = call === null ? NOTHING : notes.write(parts, call.messages, call.whole);
  log.add(line, { json, note });
}

function callOf({ record, transcript }: EncodedRecord): LoggedLineCall | null {
  if (transcript === null) return null;
  const { whole, parts } = transcript;
  return {
    messages: record.messages.length,
    whole,
    parts,
    isAgainst: speaksAgainst(record.signals),
  };
}

function newestTime({ signals, time: text }: CanonicalRecord, time: number): number {
  let newest = time;
  for (const { at } of signals) if (at > text) newest = Math.max(newest, instantMs(at));
  return newest;
}
