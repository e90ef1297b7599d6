import { compareLogFiles } from '../domain/log-order.js';
import type { PlacedLine } from './lines/logged-line.js';

/** A line that is not its id's newest, and the one that it yields to. */
export interface Outdone {
  readonly line: PlacedLine;
  readonly by: PlacedLine;
}

/** The newest line of an id. */
export interface Settled {
  readonly newest: PlacedLine;
  /** How many lines were read before the first one of the id. */
  readonly sequence: number;
  /** The other contents of the id that were offered: all are outdone. */
  readonly outdid: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The newest line of every id, of lines of which those of one id follow each other; `drop` is told of all others. A
 * line is newer by its own time and its signals', then by its place: in which order an id's lines come makes no
 * difference. Nothing tells when consent was withdrawn, so a line without it yields only to a consenting line that is
 * newer and stands after it in the same file.
 */
export function* newestLines(
  lines: Iterable<PlacedLine>,
  drop: (outdone: Outdone) => void,
): Generator<Settled, void, undefined> {
  let running: Running | null = null;
  for (const line of lines) {
    if (running?.first.id === line.id) offer(running, line, drop);
    else {
      if (running !== null) yield settle(running, drop);
      running = { sequence: line.sequence, first: line, other: null, lost: null };
    }
  }
  if (running !== null) yield settle(running, drop);
}

/** What is in the running of an id. */
interface Running {
  readonly sequence: number;
  first: PlacedLine;
  /** The other one, where one consents and the other doesn't. */
  other: PlacedLine | null;
  /** Contents that lost; `null` before there is one. */
  lost: Set<string> | null;
}

/** A line is held against the one that consents if it does. */
function offer(running: Running, line: PlacedLine, drop: (outdone: Outdone) => void): void {
  const isFirst = running.first.consents === line.consents;
  const rival = isFirst ? running.first : running.other;
  if (rival === null) {
    running.other = line;
    return;
  }
  const [winner, loser] = byNewness(rival, line) > 0 ? [rival, line] : [line, rival];
  if (isFirst) running.first = winner;
  else running.other = winner;
  drop({ line: loser, by: winner });
  if (loser.contentDigest === winner.contentDigest) return;
  (running.lost ??= new Set()).add(loser.contentDigest);
}

function settle(
  { sequence, first, other, lost }: Running,
  drop: (outdone: Outdone) => void,
): Settled {
  if (other === null) return { newest: first, sequence, outdid: without(lost ?? NONE, first) };
  const [consenting, denying] = first.consents ? [first, other] : [other, first];
  const isAgain = isGivenAgain(consenting, denying);
  const [newest, outdone] = isAgain
    ? [consenting, denying]
    : // A denial without a conversation is one of the text that it outdoes.
      [{ ...denying, call: denying.call ?? consenting.call }, consenting];
  drop({ line: outdone, by: newest });
  const contents = (lost ?? new Set()).add(outdone.contentDigest);
  return { newest, sequence, outdid: without(contents, newest) };
}

function without(
  contents: ReadonlySet<string>,
  { contentDigest }: PlacedLine,
): ReadonlySet<string> {
  // Looking a text up takes its hash, even where there is nothing to find.
  if (contents.size === 0 || !contents.has(contentDigest)) return contents;
  return new Set([...contents].filter((content) => content !== contentDigest));
}

/** Only within one file do places prove an order: lines are appended to it. */
function isGivenAgain(consenting: PlacedLine, denying: PlacedLine): boolean {
  const isOneFile = consenting.source === denying.source && consenting.uri === denying.uri;
  const standsAfter = isOneFile && consenting.line > denying.line;
  return standsAfter && consenting.newest > denying.newest;
}

function byNewness(a: PlacedLine, b: PlacedLine): number {
  return a.newest - b.newest || byPlace(a, b);
}

/** Logs grow at their end, and the names of their files tell the order of these. */
function byPlace(a: PlacedLine, b: PlacedLine): number {
  if (a.source !== b.source) return a.source - b.source;
  return compareLogFiles(a.uri, b.uri) || a.line - b.line;
}
