import type { CallColumns } from './call-columns.js';
import type { Conversation, LoggedCall } from './conversation-history.js';
import type { DigestNumbers } from './digest-numbers.js';

/** A call of a record that the chain holds, with its newest line in this window, where there is one. */
export interface HeldCall {
  readonly id: string;
  /** As the chain remembers it; `null` of one that is only known by its line. */
  readonly logged: LoggedCall | null;
  /** Its line's number, or -1. */
  readonly line: number;
  /** Whether the line says something new. */
  readonly isRevised: boolean;
}

/** A record that the chain holds and this window has to do with. */
export interface HeldRecord {
  readonly id: string;
  /** By rising message; the last one's answer is the record's. */
  readonly calls: readonly [HeldCall, ...HeldCall[]];
  readonly holds: readonly string[];
}

/** A turn of a record: a line of this window by its number, or a call that only the chain knows. */
export type Turn =
  | { readonly kind: 'line'; readonly call: number }
  | { readonly kind: 'logged'; readonly call: LoggedCall };

/** What becomes of a held record's calls under a text that goes on from it. */
export interface HeldTurns {
  readonly turns: readonly Turn[];
  /** Lines of calls whose texts were changed since, so that they stand in the text no more. */
  readonly rewritten: readonly number[];
}

/** How a line of this window counts for assembly. */
export interface KnownLine {
  readonly line: number;
  readonly isRevised: boolean;
}

/** What the chain remembers of a record, with the lines of its calls. */
export function heldRecord(
  { id, calls, holds = [] }: Conversation,
  lineOf: (callId: string) => KnownLine | null,
): HeldRecord | null {
  const [first, ...others] = calls.map((logged): HeldCall => {
    const { line, isRevised } = lineOf(logged.turn.callId) ?? { line: -1, isRevised: false };
    return { id: logged.turn.callId, logged, line, isRevised };
  });
  return first === undefined ? null : { id, calls: [first, ...others], holds };
}

/** A record of one call that the chain knows by nothing but its id. */
export function heldByLine(id: string, line: number): HeldRecord {
  return { id, calls: [{ id, logged: null, line, isRevised: true }], holds: [] };
}

/** The call whose answer is the record's. */
export function lastCall({ calls }: HeldRecord): HeldCall {
  return calls.at(-1) ?? calls[0];
}

/** The number of a held call's transcript: its line's, where the line says something new. */
export function transcriptOfHeld(
  { logged, line, isRevised }: HeldCall,
  calls: CallColumns,
  digests: DigestNumbers,
): number {
  if (isRevised || logged === null) return calls.whole(line);
  return digests.numberOf(logged.transcript);
}

/** The numbers of the transcripts that a line's messages go on from. */
export function partsOf(line: number, calls: CallColumns): ReadonlySet<number> {
  const parts = new Set<number>();
  for (let index = 0; index < calls.partCount(line); index += 1) parts.add(calls.part(line, index));
  return parts;
}

/** A held record's calls as turns of a text with these parts; `but` is none of them. */
export function heldTurns(
  record: HeldRecord,
  parts: ReadonlySet<number>,
  calls: CallColumns,
  digests: DigestNumbers,
  but: HeldCall | null = null,
): HeldTurns {
  const turns: Turn[] = [];
  const rewritten: number[] = [];
  for (const call of record.calls) {
    if (call === but) continue;
    const stands = parts.has(transcriptOfHeld(call, calls, digests));
    if (call.isRevised) {
      if (stands) turns.push({ kind: 'line', call: call.line });
      else rewritten.push(call.line);
    } else if (stands && call.logged !== null) turns.push({ kind: 'logged', call: call.logged });
  }
  return { turns, rewritten };
}
