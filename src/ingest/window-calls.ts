import { byteColumn } from '../domain/columns.js';
import { type CallColumns, type CallKey, createCallColumns } from './call-columns.js';
import { createDigestNumbers, type DigestNumbers } from './digest-numbers.js';
import type { LineTable } from './line-table.js';
import type { EncodedRecord } from './record.js';
import { speaksAgainst } from './settle-held.js';

/**
 * What a line counts for: a call that is new to the chain, new words of one that the chain has placed, the same words
 * again, a denial of consent, or nothing.
 */
export type LineState = 'none' | 'fresh' | 'revised' | 'seen' | 'denied';

/** A call that was read. */
export interface ReadCall extends CallKey {
  /** The digest of its transcript with its answer. */
  readonly transcript: string;
  /** Whether one of its signals rejects or corrects its answer. */
  readonly isAgainst: boolean;
}

/** The lines of a window that are calls of some conversation, by the lines' numbers: digests and no text. */
export interface WindowCalls {
  readonly calls: CallColumns;
  readonly digests: DigestNumbers;
  /** The transcripts of calls that opted out, by their numbers. */
  readonly optedOut: ReadonlySet<number>;
  /** The call of a record; `null` where nothing says which conversation it is of. */
  read(encoded: EncodedRecord): ReadCall | null;
  /** Says which call a line is; `null` of one that is none or takes no part. */
  note(line: number, call: ReadCall | null): void;
  /** Takes note of a record that opted out. */
  optOut(encoded: EncodedRecord): void;
  /** Says what a line counts for that is a call; without a word it is nothing. */
  settle(line: number, state: LineState): void;
  stateOf(line: number): LineState;
  /** Whether one of a line's signals rejects or corrects its answer. */
  isAgainst(line: number): boolean;
}

const STATES: readonly LineState[] = ['none', 'fresh', 'revised', 'seen', 'denied'];
/** Stands above the state. */
const AGAINST = 8;

/** `lines` has all lines of the window. */
export function createWindowCalls(
  lines: Pick<LineTable, 'count' | 'idAt' | 'timeAt'>,
): WindowCalls {
  const calls = createCallColumns(lines);
  const digests = createDigestNumbers();
  const optedOut = new Set<number>();
  const marks = byteColumn();
  return {
    calls,
    digests,
    optedOut,
    read({ record, transcript }) {
      if (transcript === null) return null;
      return {
        messages: record.messages.length,
        whole: digests.numberOf(transcript.whole),
        parts: transcript.parts.map((part) => digests.numberOf(part)),
        transcript: transcript.whole,
        isAgainst: speaksAgainst(record.signals),
      };
    },
    note(line, call) {
      calls.set(line, call);
      marks.set(line, call?.isAgainst === true ? AGAINST : 0);
    },
    optOut({ transcript }) {
      if (transcript !== null) optedOut.add(digests.numberOf(transcript.whole));
    },
    settle(line, state) {
      if (calls.isCall(line)) marks.set(line, (marks.at(line) & AGAINST) | STATES.indexOf(state));
    },
    stateOf: (line) => STATES[marks.at(line) & (AGAINST - 1)] ?? 'none',
    isAgainst: (line) => (marks.at(line) & AGAINST) !== 0,
  };
}
