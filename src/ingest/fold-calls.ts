import type { CallColumns } from './call-columns.js';

/** What takes part in folding: a call that can be folded, one that can only be begun with, or none. */
export type Role = 'folds' | 'stays' | 'out';

/** Which call continues which. */
export interface Folding {
  /** The call that a call is folded into, or -1. */
  into(call: number): number;
  /** The calls that are folded into this one, and into those, in no particular order. */
  foldedInto(call: number): readonly number[];
  /** The last call, not after a time, whose transcript has this number; -1 where there is none. */
  latest(whole: number, timeMs: number): number;
  /** The calls that take part, by (time, id). */
  readonly order: Int32Array;
}

/**
 * Folds each call into the earliest later call that continues it: that begins with its messages followed by its
 * answer and is not earlier than it. Of two calls of one time the one that continues the other is the later; else
 * ids decide. Calls at the end of a chain, and those that nothing continues, are folded into none: regenerated
 * answers and further branches stay apart.
 *
 * Linear but for sorting: calls are taken by (time, id), and each takes in what still waits under the digests of its
 * parts.
 */
export function foldCalls(
  calls: CallColumns,
  digestCount: number,
  roleOf: (call: number) => Role,
): Folding {
  const order = inOrder(calls, roleOf);
  const { starts, members } = membersOf(calls, order, digestCount);
  const waiting = starts.slice();
  const into = new Int32Array(calls.count).fill(-1);
  const firstFolded = new Int32Array(calls.count).fill(-1);
  const nextFolded = new Int32Array(calls.count).fill(-1);
  for (const call of order) {
    for (const part of calls.parts(call)) {
      const end = starts[part + 1] ?? 0;
      for (let place = waiting[part] ?? end; place < end; place += 1) {
        const earlier = members[place] ?? -1;
        if (calls.timeMs(earlier) > calls.timeMs(call)) break;
        waiting[part] = place + 1;
        if (roleOf(earlier) !== 'folds') continue;
        into[earlier] = call;
        nextFolded[earlier] = firstFolded[call] ?? -1;
        firstFolded[call] = earlier;
      }
    }
  }
  return {
    order,
    into: (call) => into[call] ?? -1,
    foldedInto(call) {
      const found: number[] = [];
      const open = [call];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (let each = firstFolded[next] ?? -1; each !== -1; each = nextFolded[each] ?? -1) {
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

/** The calls that take part, by (time, id). */
function inOrder(calls: CallColumns, roleOf: (call: number) => Role): Int32Array {
  const order = new Int32Array(calls.count);
  let count = 0;
  for (let call = 0; call < calls.count; call += 1) {
    if (roleOf(call) === 'out') continue;
    order[count] = call;
    count += 1;
  }
  return order.subarray(0, count).sort((a, b) => byTimeAndId(calls, a, b));
}

function byTimeAndId(calls: CallColumns, a: number, b: number): number {
  return calls.timeMs(a) - calls.timeMs(b) || (calls.id(a) < calls.id(b) ? -1 : 1);
}

/** Calls by the digests of their transcripts, those of one digest in their order: `starts[d]` up to `starts[d + 1]`. */
function membersOf(
  calls: CallColumns,
  order: Int32Array,
  digestCount: number,
): { readonly starts: Int32Array; readonly members: Int32Array } {
  const starts = new Int32Array(digestCount + 2);
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
  return { starts: starts.subarray(0, digestCount + 1), members };
}
