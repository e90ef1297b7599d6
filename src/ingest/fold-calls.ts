import { integerColumn } from '../domain/columns.js';
import { sortByTime } from '../domain/sort-by-time.js';
import type { CallColumns } from './call-columns.js';

/** What takes part in folding: a call that can be folded, one that can only be begun with, or none. */
export type Role = 'folds' | 'stays' | 'out';

/** Which call continues which. */
export interface Folding {
  /** The call that a call is folded into, or -1. */
  into(call: number): number;
  /** Whether some call is folded into this one. */
  takesIn(call: number): boolean;
  /** The calls that are folded into this one, and into those, in no particular order. */
  foldedInto(call: number): readonly number[];
  /** The last call, not after a time, whose transcript has this number; -1 where there is none. */
  latest(whole: number, timeMs: number): number;
}

/**
 * Folds each call into the earliest later call that continues it: that begins with its messages followed by its
 * answer and is not earlier than it. Of two calls of one time the one that continues the other is the later; else
 * ids decide. Calls at the end of a chain, and those that nothing continues, are folded into none: regenerated
 * answers and further branches stay apart.
 *
 * Linear but for sorting: calls are taken by (time, id), and each takes in what still waits under the digests of its
 * parts. Calls that have no parts and are part of none, mostly all of them, are left out of it.
 */
export function foldCalls(
  calls: CallColumns,
  digestCount: number,
  roleOf: (call: number) => Role,
): Folding {
  const isPart = partsOf(calls, digestCount);
  const order = inOrder(calls, isPart, roleOf);
  /** One more than the place in `order`. */
  const places = integerColumn();
  for (const [place, call] of order.entries()) places.set(call, place + 1);
  const placeOf = (call: number): number => places.at(call) - 1;
  const { starts, members } = membersOf(calls, order, isPart);
  const waiting = starts.slice();
  /** By place, like the two after it; calls by their numbers. */
  const into = new Int32Array(order.length).fill(-1);
  const firstFolded = new Int32Array(order.length).fill(-1);
  const nextFolded = new Int32Array(order.length).fill(-1);
  for (const [place, call] of order.entries()) {
    for (let index = 0; index < calls.partCount(call); index += 1) {
      const part = calls.part(call, index);
      const end = starts[part + 1] ?? 0;
      for (let member = waiting[part] ?? end; member < end; member += 1) {
        const earlier = members[member] ?? -1;
        if (calls.timeMs(earlier) > calls.timeMs(call)) break;
        waiting[part] = member + 1;
        if (roleOf(earlier) !== 'folds') continue;
        into[placeOf(earlier)] = call;
        nextFolded[placeOf(earlier)] = firstFolded[place] ?? -1;
        firstFolded[place] = earlier;
      }
    }
  }
  const firstOf = (call: number): number => firstFolded[placeOf(call)] ?? -1;
  return {
    into: (call) => into[placeOf(call)] ?? -1,
    takesIn: (call) => firstOf(call) !== -1,
    foldedInto(call) {
      const found: number[] = [];
      const open = [call];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (let each = firstOf(next); each !== -1; each = nextFolded[placeOf(each)] ?? -1) {
          found.push(each);
          open.push(each);
        }
      }
      return found;
    },
    latest(whole, timeMs) {
      const from = starts[whole] ?? 0;
      let [low, high] = [from, starts[whole + 1] ?? from];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (calls.timeMs(members[middle] ?? -1) <= timeMs) low = middle + 1;
        else high = middle;
      }
      return low === from ? -1 : (members[low - 1] ?? -1);
    },
  };
}

/** Which digests are those of parts, whatever the calls count for: 1 for each; empty where there is none. */
function partsOf(calls: CallColumns, digestCount: number): Uint8Array {
  let isPart = new Uint8Array(0);
  for (let call = 0; call < calls.count; call += 1) {
    const count = calls.isCall(call) ? calls.partCount(call) : 0;
    if (count > 0 && isPart.length === 0) isPart = new Uint8Array(digestCount);
    for (let index = 0; index < count; index += 1) isPart[calls.part(call, index)] = 1;
  }
  return isPart;
}

/** The calls that take part, by (time, id). */
function inOrder(
  calls: CallColumns,
  isPart: Uint8Array,
  roleOf: (call: number) => Role,
): Uint32Array {
  if (isPart.length === 0) return new Uint32Array(0);
  const takesPart = (call: number): boolean =>
    calls.isCall(call) &&
    (calls.partCount(call) > 0 || isPart[calls.whole(call)] === 1) &&
    roleOf(call) !== 'out';
  const found = new Uint32Array(calls.count);
  let count = 0;
  for (let call = 0; call < calls.count; call += 1) {
    if (!takesPart(call)) continue;
    found[count] = call;
    count += 1;
  }
  return sortByTime(
    found.subarray(0, count),
    (call) => calls.timeMs(call),
    (call) => calls.id(call),
  );
}

/** Calls by the digests of their transcripts, those of one digest in their order: `starts[d]` up to `starts[d + 1]`. */
function membersOf(
  calls: CallColumns,
  order: Uint32Array,
  isPart: Uint8Array,
): { readonly starts: Int32Array; readonly members: Int32Array } {
  if (order.length === 0) return { starts: new Int32Array(0), members: new Int32Array(0) };
  const starts = new Int32Array(isPart.length + 2);
  for (const call of order)
    starts[calls.whole(call) + 2] = (starts[calls.whole(call) + 2] ?? 0) + 1;
  for (let index = 1; index < starts.length; index += 1) {
    starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0);
  }
  const members = new Int32Array(order.length);
  for (const call of order) {
    const place = starts[calls.whole(call) + 1] ?? 0;
    members[place] = call;
    starts[calls.whole(call) + 1] = place + 1;
  }
  return { starts: starts.subarray(0, isPart.length + 1), members };
}
