import type { CallColumns } from './call-columns.js';
import type { LoggedCall, RelatedConversation } from './conversation-history.js';
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
  /** Whether the line names neither conversation nor user, so that nothing tells which texts its own stands in. */
  readonly isLost: boolean;
}

/** A record that the chain holds and this window has to do with. */
export interface HeldRecord {
  readonly id: string;
  /** By rising message; the last one's answer is the record's. */
  readonly calls: readonly [HeldCall, ...HeldCall[]];
  readonly holds: readonly string[];
  /** Its calls as they were before, and those that it had once. */
  readonly formerly: readonly LoggedCall[];
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
  readonly isLost: boolean;
}

const NO_LINE: KnownLine = { line: -1, isRevised: false, isLost: false };

/** What the chain remembers of a record, with the lines of its calls. */
export function heldRecord(
  { id, calls, holds = [], formerly }: RelatedConversation,
  lineOf: (callId: string) => KnownLine | null,
): HeldRecord | null {
  const [first, ...others] = calls.map((logged): HeldCall => {
    return { id: logged.turn.callId, logged, ...(lineOf(logged.turn.callId) ?? NO_LINE) };
  });
  return first === undefined ? null : { id, calls: [first, ...others], holds, formerly };
}

/** A record of one call that the chain knows by nothing but its id. */
export function heldByLine(id: string, line: KnownLine): HeldRecord {
  return { id, calls: [{ id, logged: null, ...line }], holds: [], formerly: [] };
}

/** The call whose answer is the record's. */
export function lastCall({ calls }: HeldRecord): HeldCall {
  return calls.at(-1) ?? calls[0];
}

/** What the chain remembers of a held call; `null` where its line takes the place of that. */
export function rememberedOf({ logged, isRevised, isLost }: HeldCall): LoggedCall | null {
  return isRevised && !isLost ? null : logged;
}

/** The number of a held call's transcript: its line's, where the line says something new. */
export function transcriptOfHeld(
  call: HeldCall,
  calls: CallColumns,
  digests: DigestNumbers,
): number {
  const logged = rememberedOf(call);
  if (logged === null) return calls.whole(call.line);
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
    const stands = !call.isLost && parts.has(transcriptOfHeld(call, calls, digests));
    if (call.isRevised) {
      if (stands) turns.push({ kind: 'line', call: call.line });
      else rewritten.push(call.line);
    } else if (stands && call.logged !== null) turns.push({ kind: 'logged', call: call.logged });
  }
  return { turns, rewritten };
}
