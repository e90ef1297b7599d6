import type { Column } from '../domain/columns.js';
import type { CallColumns } from './call-columns.js';
import type { WithheldReason } from './conversation-history.js';
import type { DigestNumbers } from './digest-numbers.js';
import type { Folding, Role } from './fold-calls.js';
import type { HeldRecord, Turn } from './held-records.js';

/** What assembly is about: the lines of a window that count, and what the chain holds of their conversations. */
export interface AssemblyInput {
  /** Every line's call; assembly adds what only the chain knows. */
  readonly calls: CallColumns;
  readonly digests: DigestNumbers;
  /** Whether a line is of a call that the chain doesn't know, and may be taken in. */
  readonly isFresh: (line: number) => boolean;
  readonly held: readonly HeldRecord[];
  /** Why a line's call is withheld by what it ends or goes on from, or `null`. */
  readonly withheldBecause: (line: number) => WithheldReason | null;
  /** Why a held record is, or `null`. */
  readonly isWithheld: (record: HeldRecord) => WithheldReason | null;
  /** Whether one of a line's signals rejects or corrects its answer. */
  readonly isAgainst: (line: number) => boolean;
}

/** What becomes of a line that could have been a record. */
export type LineFate = 'record' | 'prefix-of' | 'rewritten-turn' | WithheldReason;

/** A record that may be more than its own line. */
export interface AssembledRecord {
  readonly id: string;
  /** By rising message, then by time and id. */
  readonly turns: readonly Turn[];
  /** Ids of calls of other records whose texts it holds, sorted. */
  readonly holds: readonly string[];
}

/** A held record whose text is not at hand: what its calls say now, and whether that takes it out. */
export interface WaitingRecord extends AssembledRecord {
  readonly isTakenOut: boolean;
  /** Id of the call whose answer is the record's. */
  readonly lastCall: string;
}

/** What a window's calls are put together to. */
export interface Assembly {
  /** The fate of a line that is fresh or new of a held record; `null` where a line is needed for nothing. */
  fateOf(line: number): LineFate | null;
  /** The id of the record that a line is the last call of. */
  recordId(line: number): string;
  /** The line of this window whose id that is, or -1 where the record goes on from an earlier window. */
  firstLine(line: number): number;
  /** Whether the record that a line is the last call of has no other calls' texts. */
  standsAlone(line: number): boolean;
  /** The whole record; found anew each time, so that nobody holds them all. */
  assembled(line: number): AssembledRecord;
  readonly waiting: readonly WaitingRecord[];
}

/** A call that is in the columns for what the chain knows of it. */
export interface HeldNode {
  readonly record: HeldRecord;
  readonly isLast: boolean;
}

/** Everything that the parts of assembly look up. */
export interface AssemblyState {
  readonly input: AssemblyInput;
  readonly folding: Folding;
  readonly nodes: ReadonlyMap<number, HeldNode>;
  readonly roleOf: (call: number) => Role;
  readonly fates: Map<number, LineFate>;
  /** The held record that goes on in a fresh line, by that line. */
  readonly continued: Map<number, HeldRecord>;
  /** The held record whose last call's line is made the record again, by that line. */
  readonly alone: Map<number, HeldRecord>;
  /** The first line of the record that a fresh line ends, where it was looked for; one more than its number. */
  readonly firstLines: Column;
}
