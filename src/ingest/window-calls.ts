import { type CallColumns, createCallColumns } from './call-columns.js';
import { createDigestNumbers, type DigestNumbers } from './digest-numbers.js';
import type { PlacedLine } from './lines/logged-line.js';

/**
 * What a line counts for: a call that is new to the chain, new words of one that the chain has placed, the same words
 * again, a denial of consent, or words that no record may hold, of one whose record is taken out for them. New words
 * and denials that name neither conversation nor user are known by their ids.
 */
export type LineState = 'fresh' | 'revised' | 'seen' | 'denied' | 'unwanted';

/** Whether a line that counts for this may become a record or a turn; all others are booked already. */
export function isTakenIn(state: LineState): boolean {
  return state !== 'denied' && state !== 'unwanted';
}

/** A line that is its id's newest. */
export interface SettledCall {
  readonly line: PlacedLine;
  readonly state: LineState;
}

/** Calls of some conversations with all that have to do with them, by numbers of their own from 0 on. */
export interface WindowCalls {
  readonly settled: readonly SettledCall[];
  readonly calls: CallColumns;
  readonly digests: DigestNumbers;
  /** The transcripts of calls that opted out, by their numbers. */
  readonly optedOut: ReadonlySet<number>;
  /** `null` of a call that is of no line. */
  stateOf(call: number): LineState | null;
  /** Whether one of a line's signals rejects or corrects its answer. */
  isAgainst(call: number): boolean;
}

/** Takes the calls of lines that have one. */
export function createWindowCalls(
  settled: readonly SettledCall[],
  optedOut: Iterable<string> = [],
): WindowCalls {
  const digests = createDigestNumbers();
  const calls = createCallColumns({
    count: settled.length,
    idAt: (number) => settled[number]?.line.id ?? '',
    timeAt: (number) => settled[number]?.line.time ?? NaN,
  });
  for (const [number, { line }] of settled.entries()) {
    if (line.call === null) continue;
    const { messages, whole, parts } = line.call;
    calls.set(number, {
      messages,
      whole: digests.numberOf(whole),
      parts: parts.map((part) => digests.numberOf(part)),
    });
  }
  return {
    ...{ settled, calls, digests },
    optedOut: new Set(Array.from(optedOut, (transcript) => digests.numberOf(transcript))),
    stateOf: (call) => settled[call]?.state ?? null,
    isAgainst: (call) => settled[call]?.line.call?.isAgainst ?? false,
  };
}
