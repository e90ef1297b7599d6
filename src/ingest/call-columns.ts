import { integerColumn } from '../domain/columns.js';

/** A call as assembly sees it; digests are numbers of `DigestNumbers`. */
export interface CallKey {
  /** How many messages its request has: its answer stands at this index of whatever continues it. */
  readonly messages: number;
  /** Of the transcript with its answer. */
  readonly whole: number;
  /** Of the transcript up to each assistant message, by rising length. */
  readonly parts: readonly number[];
}

/** A call that is known without a line. */
export interface LinelessCall extends CallKey {
  readonly id: string;
  readonly timeMs: number;
}

/**
 * Calls in columns, some 12 bytes of each and 4 for each part; some lines are none. A line's call has the line's number
 * and its id and time, others have the numbers after all lines.
 */
export interface CallColumns {
  /** All numbers are less; lines that are no calls have one, too. */
  readonly count: number;
  /** Says what call a line is. */
  set(line: number, call: CallKey): void;
  /** Takes in a call of no line, after which there may be no further lines. */
  add(call: LinelessCall): number;
  isCall(number: number): boolean;
  id(call: number): string;
  timeMs(call: number): number;
  messages(call: number): number;
  whole(call: number): number;
  partCount(call: number): number;
  /** By its index. */
  part(call: number, index: number): number;
}

/** The lines that calls are of, by their numbers. */
export interface CallLines {
  readonly count: number;
  idAt(number: number): string;
  timeAt(number: number): number;
}

/** Makes columns in which no line is a call yet. */
export function createCallColumns(lines: CallLines): CallColumns {
  const lineless: LinelessCall[] = [];
  /** One more than the digest's number, so that 0 is no call. */
  const wholes = integerColumn();
  const messages = integerColumn();
  /** Where a call's parts stand in `parts`, their count first; 0 for none. */
  const starts = integerColumn();
  const parts = integerColumn();
  let partsEnd = 1;

  function set(number: number, call: CallKey): void {
    wholes.set(number, call.whole + 1);
    messages.set(number, call.messages);
    if (call.parts.length === 0) return;
    starts.set(number, partsEnd);
    parts.set(partsEnd, call.parts.length);
    partsEnd += 1;
    for (const part of call.parts) {
      parts.set(partsEnd, part);
      partsEnd += 1;
    }
  }

  const partCount = (call: number): number => {
    const start = starts.at(call);
    return start === 0 ? 0 : parts.at(start);
  };
  return {
    get count() {
      return lines.count + lineless.length;
    },
    set,
    add(call) {
      const number = lines.count + lineless.length;
      lineless.push(call);
      set(number, call);
      return number;
    },
    isCall: (number) => wholes.at(number) !== 0,
    id: (call) =>
      call < lines.count ? lines.idAt(call) : (lineless[call - lines.count]?.id ?? ''),
    timeMs: (call) =>
      call < lines.count ? lines.timeAt(call) : (lineless[call - lines.count]?.timeMs ?? NaN),
    messages: (call) => messages.at(call),
    whole: (call) => wholes.at(call) - 1,
    partCount,
    part: (call, index) => parts.at(starts.at(call) + 1 + index),
  };
}
