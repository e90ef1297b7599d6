import { integerColumn } from '../domain/columns.js';
import { compareLogFiles } from '../domain/log-order.js';
import { createIdIndex } from './id-index.js';
import { type Contender, createLineTable } from './line-table.js';
import { sortByTime } from './sort-lines.js';

/** A line that is not its id's newest, and the one that it yields to. */
export interface Outdone {
  readonly line: Contender;
  readonly by: Contender;
}

/** The newest line of an id. */
export interface Settled {
  /** The number that it has here. */
  number: number;
  readonly newest: Contender;
  /** The last line that it outdoes. */
  readonly outdone: Outdone | null;
  /** The other contents of the id that were offered: all are outdone. */
  readonly outdid: ReadonlySet<string>;
}

/** Gives the row, or `null` where the record won't be needed. */
export type Spill = (line: Contender) => number | null;

/** The newest line of every id. The order in which lines are offered makes no difference. */
export interface NewestLines {
  /**
   * Takes a line in, and gives the one that is out of the running for it. `spill` puts the line's record where it
   * can be read again; it is asked to for lines that are still in the running, which have no row before.
   */
  offer(line: Contender, spill: Spill): Outdone | null;
  /** In the order in which the ids were first offered. */
  settle(): Iterable<Settled>;
  /** Of settled lines, by their number. */
  at(number: number): Contender;
  /** The same numbers in the order of (time, id), some by other ids than their own. */
  inOrder(numbers: readonly number[], ids?: ReadonlyMap<number, string>): readonly number[];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Holds the newest line of every id. A line is newer by its own time and its signals', then by its place.
 * Nothing tells when consent was withdrawn, so a line without it yields only to a consenting line that is
 * newer and stands after it in the same file.
 */
export function createNewestLines(): NewestLines {
  const ids = createIdIndex();
  const lines = createLineTable(ids);
  /** Numbers in `lines`, by the id's; one more than the number, so that 0 is none. */
  const [consenting, denying] = [integerColumn(), integerColumn()];
  /** Contents of lines that lost, by the id's number; hardly any id has one. */
  const lost = new Map<number, Set<string>>();
  let count = 0;

  function lose(id: number, content: string): void {
    const contents = lost.get(id) ?? new Set();
    lost.set(id, contents.add(content));
  }

  function byTimeAndId(a: number, b: number, others?: ReadonlyMap<number, string>): number {
    const difference = lines.timeAt(a) - lines.timeAt(b);
    if (difference !== 0) return difference;
    const left = others?.get(a) ?? lines.idAt(a);
    const right = others?.get(b) ?? lines.idAt(b);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  return {
    offer(line, spill) {
      const id = ids.add(line.id);
      const rivals = line.consents ? consenting : denying;
      const before = rivals.at(id);
      if (before === 0) {
        line.row = spill(line);
        lines.set(count, line);
        count += 1;
        rivals.set(id, count);
        return null;
      }
      const other = lines.at(before - 1);
      const isOutdone = byNewness(other, line) > 0;
      if (!isOutdone) {
        line.row = spill(line);
        lines.set(before - 1, line);
      }
      const outdone = isOutdone ? { line, by: other } : { line: other, by: line };
      if (line.contentDigest !== other.contentDigest) lose(id, outdone.line.contentDigest);
      return outdone;
    },
    *settle() {
      for (let id = 0; id < ids.size; id += 1) {
        const [consent, denial] = [consenting.at(id), denying.at(id)];
        const consented = consent === 0 ? null : lines.at(consent - 1);
        const denied = denial === 0 ? null : lines.at(denial - 1);
        const settled = settle(consented, denied, lost.get(id) ?? NONE);
        if (settled === null) continue;
        settled.number = (settled.newest === consented ? consent : denial) - 1;
        yield settled;
      }
    },
    at: (number) => lines.at(number),
    inOrder: (numbers, others) =>
      sortByTime(
        numbers,
        (number) => lines.timeAt(number),
        (a, b) => byTimeAndId(a, b, others),
      ),
  };
}

function settle(
  consenting: Contender | null,
  denying: Contender | null,
  lost: ReadonlySet<string>,
): Settled | null {
  const newest = denying === null ? consenting : newestOf(consenting, denying);
  if (newest === null) return null;
  const line = newest === consenting ? denying : consenting;
  if (line === null && lost.size === 0) return { number: 0, newest, outdone: null, outdid: NONE };
  const outdid = new Set(lost);
  if (line !== null) outdid.add(line.contentDigest);
  outdid.delete(newest.contentDigest);
  return { number: 0, newest, outdone: line === null ? null : { line, by: newest }, outdid };
}

function newestOf(consenting: Contender | null, denying: Contender): Contender {
  if (consenting === null) return denying;
  return isGivenAgain(consenting, denying) ? consenting : denying;
}

/** Only within one file do places prove an order: lines are appended to it. */
function isGivenAgain(consenting: Contender, denying: Contender): boolean {
  const isOneFile = consenting.source === denying.source && consenting.uri === denying.uri;
  const standsAfter = isOneFile && consenting.line > denying.line;
  return standsAfter && consenting.newest > denying.newest;
}

function byNewness(a: Contender, b: Contender): number {
  return a.newest - b.newest || byPlace(a, b);
}

/** Logs grow at their end, and the names of their files tell the order of these. */
function byPlace(a: Contender, b: Contender): number {
  if (a.source !== b.source) return a.source - b.source;
  return compareLogFiles(a.uri, b.uri) || a.line - b.line;
}
