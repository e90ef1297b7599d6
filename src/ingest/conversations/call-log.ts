import { textHash } from '../../domain/text-hash.js';
import type { SortedSpill } from '../../formats/sorted-spill.js';
import type { LineBytes } from '../lines/line-bytes.js';
import type { PlacedLine } from '../lines/logged-line.js';
import type { LineState, SettledCall } from '../window-calls.js';

/** The calls of a window that may have to do with others, out of memory. */
export interface CallLog {
  /** Takes in a call that is its id's newest line. */
  add(line: PlacedLine, state: LineState): void;
  /**
   * All calls, so that those that go on from each other come together, some thousands of digests at a time; those that
   * something ties to others than these come at last, all together.
   */
  batches(isTied: (line: PlacedLine) => boolean): Iterable<CallBatch>;
}

export interface CallBatch {
  readonly calls: readonly SettledCall[];
  readonly isTied: boolean;
}

const STATES: readonly LineState[] = ['fresh', 'revised', 'seen', 'denied', 'unwanted'];
/**
 * How many digests of transcripts are put together at once, where no more calls begin alike: a call has one more than
 * it has earlier answers, so that calls of long conversations are as large as many of short ones.
 */
const BATCH_DIGESTS = 4_096;
/** Hexadecimal digits of a transcript's digest that a number holds exactly. */
const KEY_DIGITS = 13;

export function createCallLog(
  rows: SortedSpill,
  lineBytes: LineBytes,
  batchDigests = BATCH_DIGESTS,
): CallLog {
  return {
    add(line, state) {
      const bytes = lineBytes.write(line, line.sequence, line.place, STATES.indexOf(state));
      rows.add(keyOf(line), line.id, bytes);
    },
    *batches(isTied) {
      const tied: SettledCall[] = [];
      let batch: SettledCall[] = [];
      let digests = 0;
      for (const group of groupsOf(rows, lineBytes)) {
        const isOfTied = group.some(({ line }) => isTied(line));
        for (const call of group) (isOfTied ? tied : batch).push(call);
        if (!isOfTied) digests += digestCount(group);
        if (digests < batchDigests) continue;
        yield { calls: batch, isTied: false };
        batch = [];
        digests = 0;
      }
      yield { calls: batch, isTied: false };
      yield { calls: tied, isTied: true };
    },
  };
}

function digestCount(calls: readonly SettledCall[]): number {
  return calls.reduce((sum, { line }) => sum + 1 + (line.call?.parts.length ?? 0), 0);
}

/** Calls that begin alike, and by a rare chance others. */
function* groupsOf(
  rows: SortedSpill,
  lineBytes: LineBytes,
): Generator<readonly SettledCall[], void, undefined> {
  let group: SettledCall[] = [];
  let groupKey = NaN;
  for (const { key, text, bytes } of rows.rows()) {
    if (key !== groupKey && group.length > 0) {
      yield group;
      group = [];
    }
    groupKey = key;
    const state = STATES[lineBytes.markOf(bytes)] ?? 'fresh';
    group.push({ line: lineBytes.read(text(), bytes), state });
  }
  if (group.length > 0) yield group;
}

/**
 * Of the first digest that a call's transcript goes through: whatever goes on from a call goes through its digests
 * before its own, so that calls with different first ones have nothing to do with each other. A line that only its id
 * ties to others is a group by itself.
 */
function keyOf({ id, call }: PlacedLine): number {
  if (call === null) return textHash(id);
  const first = call.parts[0] ?? call.whole;
  return Number.parseInt(first.slice(0, KEY_DIGITS), 16);
}
