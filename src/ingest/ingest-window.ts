import type { Books } from '../domain/books.js';
import type { Window } from '../domain/window.js';
import type { EncodedRows, PackedRows } from '../formats/encoded-rows.js';
import { createRowPacker, type RowPacker } from '../formats/packed-rows.js';
import type { RowSpill } from '../formats/row-spill.js';
import { createSortedValues } from '../formats/sorted-values.js';
import type { Compress } from '../formats/zstd-program.js';
import {
  type ConversationHistory,
  type WithheldCall,
  withheldKey,
} from './conversation-history.js';
import {
  type ConversationRows,
  createConversationRows,
  type WaitingConversation,
} from './conversation-rows.js';
import { assembleCalls } from './conversations/assemble-calls.js';
import { createCallLog } from './conversations/call-log.js';
import { type CallsRead, createCallsRead } from './conversations/calls-read.js';
import { type ChainTies, findChainTies } from './conversations/chain-ties.js';
import { createKeptLines, type KeptLines } from './conversations/kept-lines.js';
import { type KeptRecords, keptRecords } from './kept-records.js';
import type { OutdoneContent } from './known-contents.js';
import { createLedgers, type ObjectTally } from './ledgers.js';
import { createLineBytes } from './lines/line-bytes.js';
import { createLineLog } from './lines/line-log.js';
import type { PlacedLine } from './lines/logged-line.js';
import { createQuarantinedLines, type QuarantinedSourceLine } from './lines/quarantined-lines.js';
import { readLines, type ReadLinesOptions, type SourceLines } from './lines/read-lines.js';
import { createLoneConversations } from './lone-conversation.js';
import { type Retraction, settleLines } from './settle-lines.js';
import { createTakeIn } from './take-in.js';
import { takeOut } from './take-out.js';
import { isTakenIn, type SettledCall } from './window-calls.js';

export interface IngestOptions extends ReadLinesOptions {
  readonly window: Window;
  /** How many sources the configuration names; each has books of its own. */
  readonly sourceCount: number;
  /** What the chain remembers of conversations; nothing where it is left out. */
  readonly conversations?: ConversationHistory;
  /**
   * Where it is given, what is remembered of conversations is packed while the records are read, so that it need not be
   * made of them once more; nothing else may compress with it.
   */
  readonly compress?: Compress;
  /** Holds what isn't in memory until it is written; whoever made it closes it. */
  readonly spill: RowSpill;
}

export interface Ingested {
  /** Sorted by (time, id); every id once. They are there for as long as the spill is open. */
  readonly records: KeptRecords;
  /** Sorted by id. */
  readonly retractions: readonly Retraction[];
  /** Contents that later windows have to know of, sorted by (id, content). */
  readonly outdone: Iterable<OutdoneContent>;
  /** What later windows have to know of each record that can go on, in the records' order. */
  readonly conversations: EncodedRows;
  /** Calls that are kept out with all that goes on from them, in a fixed order. */
  readonly withheld: Iterable<WithheldCall>;
  /** Position and reason of every line that was not understood, in the order of reading. */
  readonly quarantined: Iterable<QuarantinedSourceLine>;
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
 * Each line's record goes to the spill as soon as it is made, and what deciding takes of the line is sorted out of
 * memory, too: by ids, then, of calls that others may go on from, by how they begin, and what is kept by time.
 * @throws DataError `too-many-unreadable` beyond the configured share of unreadable lines, before anything is decided.
 */
export async function ingestWindow(
  lines: AsyncIterable<SourceLines>,
  options: IngestOptions,
): Promise<Ingested> {
  const { spill, known, isOptedOut } = options;
  const ledgers = createLedgers(options.sourceCount);
  const lineBytes = createLineBytes();
  const log = createLineLog(spill, lineBytes);
  const read = createCallsRead(options.conversations === undefined ? null : known);
  const quarantined = createQuarantinedLines(spill.sorted());
  await readLines(lines, { log, read, quarantined, ledgers, options });
  const ties = await findChainTies(options.conversations ?? noConversations, read);

  const outdone = createSortedValues<OutdoneContent>(spill.sorted(), ({ id }) => id, byContent);
  const withheld = createSortedValues<WithheldCall>(spill.sorted(), withheldKey, () => 0);
  const calls = createCallLog(spill.sorted(), lineBytes);
  const lone = createLoneConversations(spill);
  const kept = createKeptLines(spill, lone);
  const rows = createConversationRows(spill, lone);
  const remember = (content: OutdoneContent): void => {
    outdone.add(content);
  };
  const takeIn = createTakeIn({ kept, remember, ledgers, known, window: options.window });
  const retracted = settleLines(
    noted(log.byId(), ties),
    {
      take(line, state) {
        if (mayConcernOthers({ line, state }, read, ties)) calls.add(line, state);
        else if (line.place !== null && isTakenIn(state)) takeIn.alone(line);
      },
      remember,
    },
    ledgers,
    options,
  );
  const withhold = (call: WithheldCall): void => {
    withheld.add(call);
  };
  const { optedOut } = read;
  const held = await assembleCalls(calls, { takeIn, ties, optedOut, isOptedOut, withhold });
  const { retractions, denials } = takeOut(retracted, held, known);
  denials.forEach(remember);
  const books = ledgers.books();
  const { compress } = options;
  const pack = compress === undefined ? null : () => createRowPacker(() => spill.file(), compress);
  return {
    ...writtenRows(kept, held.waitingConversations, rows, pack),
    retractions: notKept(retractions, kept).sort(byId),
    outdone,
    withheld,
    quarantined,
    objects: ledgers.objects(),
    books,
  };
}

/** Records, and what is remembered of them, which is packed whenever all of them are read. */
function writtenRows(
  kept: KeptLines,
  waiting: readonly WaitingConversation[],
  rows: ConversationRows,
  pack: (() => RowPacker) | null,
): Pick<Ingested, 'records' | 'conversations'> {
  let packed: PackedRows | null = null;
  function* records(): Generator<Uint8Array, void, undefined> {
    // One for each reading: several may go on at once, and not all come to the end.
    const packer = pack?.();
    for (const line of kept.lines()) {
      yield rows.record(line);
      if (line.isCall) packer?.add(rows.conversation(line));
    }
    for (const each of waiting) packer?.add(rows.waiting(each));
    packed = packer?.end() ?? null;
  }
  function* conversations(): Generator<Uint8Array, void, undefined> {
    for (const line of kept.lines()) if (line.isCall) yield rows.conversation(line);
    for (const each of waiting) yield rows.waiting(each);
  }
  return {
    records: keptRecords(kept.count(), records),
    conversations: { lines: conversations, packed: () => packed },
  };
}

async function* noConversations(): AsyncGenerator<never, void, undefined> {
  // A first window has none before it.
}

/** The lines as they are; takes note of their calls on the way. */
function* noted(
  lines: Iterable<PlacedLine>,
  ties: ChainTies,
): Generator<PlacedLine, void, undefined> {
  for (const line of lines) {
    if (line.call !== null) ties.note(line.call);
    yield line;
  }
}

/**
 * Whether something that was read or is known may go on from a line's call, withhold it or have it in its record, or
 * the other way around.
 */
function mayConcernOthers({ line, state }: SettledCall, read: CallsRead, ties: ChainTies): boolean {
  const { call } = line;
  if (call === null) return state !== 'fresh' && ties.isTied(line);
  if (state !== 'fresh' || call.parts.length > 0) return true;
  return read.mayBeContinued(call.whole) || ties.isTied(line);
}

/** A record that is kept after all is not taken out. */
function notKept(retractions: readonly Retraction[], kept: KeptLines): Retraction[] {
  if (retractions.length === 0) return [];
  const ids = new Set(retractions.map(({ id }) => id));
  for (const { id } of kept.lines()) ids.delete(id());
  return retractions.filter(({ id }) => ids.has(id));
}

function byContent(a: OutdoneContent, b: OutdoneContent): number {
  return a.contentDigest < b.contentDigest ? -1 : 1;
}

function byId(a: Retraction, b: Retraction): number {
  return a.id < b.id ? -1 : 1;
}
