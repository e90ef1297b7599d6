import { integerColumn } from '../domain/columns.js';
import { compareLogFiles } from '../domain/log-order.js';
import { sortByTime } from '../domain/sort-by-time.js';
import type { SpilledTexts } from '../formats/spilled-texts.js';
import { createIdIndex } from './id-index.js';
import { type Contender, createLineTable, type LineTable } from './line-table.js';

/** A line that is not its id's newest, and the one that it yields to. */
export interface Outdone {
  readonly line: Contender;
  readonly by: Contender;
}

/** The newest line of an id. */
export interface Settled {
  /** The number that it has here. */
  readonly number: number;
  readonly newest: Contender;
  /** The last line that it outdoes. */
  readonly outdone: Outdone | null;
  /** The other contents of the id that were offered: all are outdone. */
  readonly outdid: ReadonlySet<string>;
}

/** Gives the row of a line that has this number from now on, or `null` where the record won't be needed. */
export type Keep = (line: Contender, number: number) => number | null;

/** The newest line of every id. The order in which lines are offered makes no difference. */
export interface NewestLines {
  /**
   * Takes a line in, and gives the one that is out of the running for it. `keep` puts the line's record where it
   * can be read again; it is asked to for lines that are still in the running, which have no row before. A line may
   * have the number of one that it outdoes.
   */
  offer(line: Contender, keep: Keep): Outdone | null;
  /**
   * In the order in which the ids were first offered. Of a line that nothing speaks against, and that is the only one
   * of its id, there is only the number.
   */
  settle(): Iterable<Settled | number>;
  /** Lines by their numbers. */
  readonly lines: LineTable;
  /** Numbers in the order of (time, id), some by other ids than their own. */
  inOrder(numbers: Uint32Array, idOf?: (number: number) => string): Uint32Array;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Holds the newest line of every id. A line is newer by its own time and its signals', then by its place.
 * Nothing tells when consent was withdrawn, so a line without it yields only to a consenting line that is
 * newer and stands after it in the same file. `texts` takes what is seldom looked at.
 */
export function createNewestLines(texts: SpilledTexts): NewestLines {
  const lines = createLineTable(texts);
  /** Has the number of each id's first line. */
  const ids = createIdIndex((number) => lines.idAt(number));
  /** By an id's first line, the other one where one consents and the other doesn't; one more than its number. */
  const others = integerColumn();
  /** By an id's first line, the last of its contents that lost, a text that begins with the one before; one more. */
  const lost = integerColumn();

  function lose(first: number, content: string): void {
    lost.set(first, texts.add(`${lost.at(first)} ${content}`) + 1);
  }

  function lostBy(first: number): ReadonlySet<string> {
    if (lost.at(first) === 0) return NONE;
    const contents = new Set<string>();
    for (let next = lost.at(first); next !== 0;) {
      const [before, content = ''] = texts.at(next - 1).split(' ');
      contents.add(content);
      next = Number(before);
    }
    return contents;
  }

  function append(line: Contender, keep: Keep): number {
    const number = lines.count;
    line.row = keep(line, number);
    lines.set(number, line);
    return number;
  }

  /** The line, with its number, that a line of an id is held against: the one that consents if it does. */
  function rivalOf({ consents }: Contender, first: number): [number, Contender] | null {
    const line = lines.at(first);
    if (line.consents === consents) return [first, line];
    const other = others.at(first) - 1;
    return other === -1 ? null : [other, lines.at(other)];
  }

  return {
    lines,
    offer(line, keep) {
      const first = ids.find(line.id);
      if (first === -1) {
        ids.add(line.id, append(line, keep));
        return null;
      }
      const rival = rivalOf(line, first);
      if (rival === null) {
        others.set(first, append(line, keep) + 1);
        return null;
      }
      const [number, other] = rival;
      const isOutdone = byNewness(other, line) > 0;
      if (!isOutdone) {
        line.row = keep(line, number);
        lines.set(number, line);
      }
      const outdone = isOutdone ? { line, by: other } : { line: other, by: line };
      if (line.contentDigest !== other.contentDigest) lose(first, outdone.line.contentDigest);
      return outdone;
    },
    *settle() {
      const isSecond = integerColumn();
      for (let first = 0; first < lines.count; first += 1) {
        if (isSecond.at(first) === 1) continue;
        const other = others.at(first) - 1;
        if (other === -1 && lost.at(first) === 0 && lines.isPlainAt(first)) {
          yield first;
          continue;
        }
        if (other !== -1) isSecond.set(other, 1);
        yield settle(lines, first, other, lostBy(first));
      }
    },
    inOrder: (numbers, idOf = (number) => lines.idAt(number)) =>
      sortByTime(numbers, (number) => lines.timeAt(number), idOf),
  };
}

function settle(
  lines: LineTable,
  first: number,
  other: number,
  lost: ReadonlySet<string>,
): Settled {
  const line = lines.at(first);
  if (other === -1) {
    return { number: first, newest: line, outdone: null, outdid: without(lost, line) };
  }
  const second = lines.at(other);
  const [consenting, denying] = line.consents ? [line, second] : [second, line];
  const newest = isGivenAgain(consenting, denying) ? consenting : denying;
  const outdone = newest === line ? second : line;
  return {
    number: newest === line ? first : other,
    newest,
    outdone: { line: outdone, by: newest },
    outdid: without(new Set(lost).add(outdone.contentDigest), newest),
  };
}

function without(contents: ReadonlySet<string>, { contentDigest }: Contender): ReadonlySet<string> {
  if (!contents.has(contentDigest)) return contents;
  return new Set([...contents].filter((content) => content !== contentDigest));
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
