import { compareLogFiles } from '../domain/log-order.js';
import type { CanonicalRecord, SourcePosition } from '../domain/record.js';

/** A line that may be its id's newest, and no more of it than deciding takes. */
export interface Contender {
  readonly id: string;
  readonly contentDigest: string;
  readonly source: number;
  readonly position: SourcePosition;
  /** Its own time, or that of its last signal. */
  readonly newest: string;
  readonly consents: boolean;
  /** Whether it says itself that there is no consent, whatever the configuration says. */
  readonly denies: boolean;
  /** A type of personal data that no record may hold, where it holds one. */
  readonly unwanted: string | null;
  /** `null` where the record won't be needed. */
  readonly record: CanonicalRecord | null;
}

/** A line that is not its id's newest, and the one that it yields to. */
export interface Outdone {
  readonly line: Contender;
  readonly by: Contender;
}

/** The newest line of an id. */
export interface Settled {
  readonly newest: Contender;
  /** The last line that it outdoes. */
  readonly outdone: Outdone | null;
  /** The other contents of the id that were offered: all are outdone. */
  readonly outdid: ReadonlySet<string>;
}

/** The newest line of every id. The order in which lines are offered makes no difference. */
export interface NewestLines {
  /** Takes a line in, and gives the one that is out of the running for it. */
  offer(line: Contender): Outdone | null;
  settle(): Iterable<Settled>;
}

interface Rivals {
  consenting: Contender | null;
  denying: Contender | null;
  /** Contents of lines that lost; `null` before the first. */
  lost: Set<string> | null;
}

/**
 * Holds the newest line of every id. A line is newer by its own time and its signals', then by its place.
 * Nothing tells when consent was withdrawn, so a line without it yields only to a consenting line that is
 * newer and stands after it in the same file.
 */
export function createNewestLines(): NewestLines {
  const lines = new Map<string, Rivals>();
  return {
    offer(line) {
      const rivals = lines.get(line.id) ?? { consenting: null, denying: null, lost: null };
      lines.set(line.id, rivals);
      const kind = line.consents ? 'consenting' : 'denying';
      const other = rivals[kind];
      const isOutdone = other !== null && byNewness(other, line) > 0;
      if (!isOutdone) rivals[kind] = line;
      if (other === null) return null;
      const outdone = isOutdone ? { line, by: other } : { line: other, by: line };
      if (line.contentDigest !== other.contentDigest) {
        rivals.lost ??= new Set();
        rivals.lost.add(outdone.line.contentDigest);
      }
      return outdone;
    },
    *settle() {
      for (const rivals of lines.values()) {
        const settled = settle(rivals);
        if (settled !== null) yield settled;
      }
    },
  };
}

function settle({ consenting, denying, lost }: Rivals): Settled | null {
  const newest = denying === null ? consenting : newestOf(consenting, denying);
  if (newest === null) return null;
  const line = newest === consenting ? denying : consenting;
  const outdid = new Set(lost);
  if (line !== null) outdid.add(line.contentDigest);
  outdid.delete(newest.contentDigest);
  return { newest, outdone: line === null ? null : { line, by: newest }, outdid };
}

/** What takes part of a record's line; `keep` says whether the record may still be needed. */
export function contenderOf(
  record: CanonicalRecord,
  source: number,
  consents: boolean,
  unwanted: string | null,
  keep: boolean,
): Contender {
  const { id, contentDigest, position } = record;
  return {
    id,
    contentDigest,
    source,
    position,
    newest: newestTime(record),
    consents,
    denies: record.consent === 'deny',
    unwanted,
    record: keep ? record : null,
  };
}

function newestOf(consenting: Contender | null, denying: Contender): Contender {
  if (consenting === null) return denying;
  return isGivenAgain(consenting, denying) ? consenting : denying;
}

/** Only within one file do places prove an order: lines are appended to it. */
function isGivenAgain(consenting: Contender, denying: Contender): boolean {
  const isOneFile =
    consenting.source === denying.source && consenting.position.uri === denying.position.uri;
  const standsAfter = isOneFile && consenting.position.line > denying.position.line;
  return standsAfter && consenting.newest > denying.newest;
}

function byNewness(a: Contender, b: Contender): number {
  if (a.newest === b.newest) return byPlace(a, b);
  return a.newest > b.newest ? 1 : -1;
}

function newestTime(record: CanonicalRecord): string {
  return record.signals.reduce(
    (last, signal) => (signal.at > last ? signal.at : last),
    record.time,
  );
}

/** Logs grow at their end, and the names of their files tell the order of these. */
function byPlace(a: Contender, b: Contender): number {
  if (a.source !== b.source) return a.source - b.source;
  return compareLogFiles(a.position.uri, b.position.uri) || a.position.line - b.position.line;
}
