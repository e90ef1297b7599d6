import { canonicalJson } from '../domain/json.js';
import { integerColumn } from '../domain/columns.js';
import { instantMs } from '../domain/instant.js';
import type { RowSpill } from '../formats/row-spill.js';
import { type CallColumns, createCallColumns } from './call-columns.js';
import { loggedCall } from './conversation-history.js';
import { createDigestNumbers, type DigestNumbers } from './digest-numbers.js';
import type { EncodedRecord } from './record.js';
import { speaksAgainst } from './settle-held.js';

/**
 * What a line counts for: a call that is new to the chain, new words of one that the chain has placed, the same words
 * again, a denial of consent, or nothing.
 */
export type LineState = 'none' | 'fresh' | 'revised' | 'seen' | 'denied';

/** The lines of a window that are calls of some conversation: of each its id, digests and no text. */
export interface WindowCalls {
  readonly calls: CallColumns;
  readonly digests: DigestNumbers;
  /** The transcripts of calls that opted out, by their numbers. */
  readonly optedOut: ReadonlySet<number>;
  /**
   * Takes note of a line; its number, or -1 where nothing says which conversation it is of. `isNeeded` says whether
   * it may become a part of a record: what it says of its answer is spilled then.
   */
  note(encoded: EncodedRecord, isNeeded: boolean): number;
  /** Takes note of a line that opted out. */
  optOut(encoded: EncodedRecord): void;
  /** Says what a noted line counts for; without a word it is nothing. */
  settle(line: number, state: LineState): void;
  stateOf(line: number): LineState;
  /** Whether one of a line's signals rejects or corrects its answer. */
  isAgainst(line: number): boolean;
  /** The row in the spill of a line that is needed. */
  rowOf(line: number): number;
}

const STATES: readonly LineState[] = ['none', 'fresh', 'revised', 'seen', 'denied'];

/** `spill` takes `LoggedCall`s as JSON. */
export function createWindowCalls(spill: RowSpill): WindowCalls {
  const calls = createCallColumns();
  const digests = createDigestNumbers();
  const optedOut = new Set<number>();
  const [states, against, rows] = [integerColumn(), integerColumn(), integerColumn()];
  return {
    calls,
    digests,
    optedOut,
    note({ record, transcript }, isNeeded) {
      if (transcript === null) return -1;
      const timeMs = instantMs(record.time);
      const line = calls.add({
        id: record.id,
        timeMs,
        messages: record.messages.length,
        whole: digests.numberOf(transcript.whole),
        parts: transcript.parts.map((part) => digests.numberOf(part)),
      });
      if (speaksAgainst(record.signals)) against.set(line, 1);
      if (!isNeeded) return line;
      const text = canonicalJson(loggedCall(record, transcript.whole));
      rows.set(line, spill.add(Buffer.from(text), timeMs, record.id));
      return line;
    },
    optOut({ transcript }) {
      if (transcript !== null) optedOut.add(digests.numberOf(transcript.whole));
    },
    settle: (line, state) => states.set(line, STATES.indexOf(state)),
    stateOf: (line) => STATES[states.at(line)] ?? 'none',
    isAgainst: (line) => against.at(line) === 1,
    rowOf: (line) => rows.at(line),
  };
}
