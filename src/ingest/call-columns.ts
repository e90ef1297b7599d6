import { integerColumn, numberColumn } from '../domain/columns.js';

/** A call as assembly sees it; digests are numbers of `DigestNumbers`. */
export interface CallKey {
  readonly id: string;
  readonly timeMs: number;
  /** How many messages its request has: its answer stands at this index of whatever continues it. */
  readonly messages: number;
  /** Of the transcript with its answer. */
  readonly whole: number;
  /** Of the transcript up to each assistant message, by rising length. */
  readonly parts: readonly number[];
}

/** Calls in columns, numbered from 0 in the order of adding: of each its id and some 30 bytes. */
export interface CallColumns {
  readonly count: number;
  add(call: CallKey): number;
  id(call: number): string;
  timeMs(call: number): number;
  messages(call: number): number;
  whole(call: number): number;
  parts(call: number): readonly number[];
}

/** Makes empty columns. */
export function createCallColumns(): CallColumns {
  const ids: string[] = [];
  const times = numberColumn();
  const [messages, wholes, parts] = [integerColumn(), integerColumn(), integerColumn()];
  /** Where a call's parts begin; those of the next one begin where they end. */
  const starts = numberColumn();
  let partCount = 0;
  return {
    get count() {
      return ids.length;
    },
    add(call) {
      const number = ids.push(call.id) - 1;
      times.set(number, call.timeMs);
      messages.set(number, call.messages);
      wholes.set(number, call.whole);
      starts.set(number, partCount);
      for (const part of call.parts) {
        parts.set(partCount, part);
        partCount += 1;
      }
      return number;
    },
    id: (call) => ids[call] ?? '',
    timeMs: (call) => times.at(call),
    messages: (call) => messages.at(call),
    whole: (call) => wholes.at(call),
    parts(call) {
      const [from, to] = [starts.at(call), call + 1 < ids.length ? starts.at(call + 1) : partCount];
      return Array.from({ length: to - from }, (_, index) => parts.at(from + index));
    },
  };
}
