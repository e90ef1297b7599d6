import type { KnownContent, OutdoneContent } from './known-contents.js';
import { dropReason, wasRead } from './known-contents.js';
import type { Ledgers } from './ledgers.js';
import type { PlacedLine } from './lines/logged-line.js';
import type { Outdone, Settled } from './newest-lines.js';
import { newestLines } from './newest-lines.js';
import type { LineState } from './window-calls.js';

/** A record of the chain whose newest line has no consent any more; of its content only the digest is left. */
export interface Retraction {
  readonly id: string;
  readonly contentDigest: string;
}

/** Where the newest line of every id goes. */
export interface Settling {
  /** A line that is taken in unless its conversation says otherwise, or a call that its conversation may ask for. */
  take(line: PlacedLine, state: LineState): void;
  /** A content that later windows have to know of. */
  remember(content: OutdoneContent): void;
}

interface Known {
  readonly known: ReadonlyMap<string, KnownContent>;
}

/**
 * Decides on the newest line of every id as far as that takes no other line, and books those that are dropped. Gives
 * the retractions of calls, in the order in which their ids were first read; which records these are in is for the
 * conversations to say.
 */
export function settleLines(
  lines: Iterable<PlacedLine>,
  settling: Settling,
  ledgers: Ledgers,
  options: Known,
): readonly Retraction[] {
  const retractions: (Retraction & { readonly sequence: number })[] = [];
  const drop = (outdone: Outdone): void => dropOutdone(ledgers, outdone, options);
  for (const settled of newestLines(lines, drop)) {
    if (!settleLine(settled, settling, ledgers, options)) continue;
    const { id, contentDigest } = settled.newest;
    retractions.push({ id, contentDigest, sequence: settled.sequence });
  }
  return retractions
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ id, contentDigest }) => ({ id, contentDigest }));
}

/** Gives whether the line takes out what the chain holds of its id. */
function settleLine(
  settled: Settled,
  settling: Settling,
  ledgers: Ledgers,
  options: Known,
): boolean {
  const { newest, outdid } = settled;
  const { source, place } = newest;
  const known = newest.isKnown ? options.known.get(newest.id) : undefined;
  const unwanted = newest.unwanted === null ? null : `holds-${newest.unwanted}`;
  const reason = dropReason(newest, outdid, known) ?? unwanted;
  let takesOut = false;
  if (reason === null && place !== null) {
    settling.take(newest, known?.isPlaced === true ? 'revised' : 'fresh');
  } else if (reason === 'seen' && place !== null && newest.call !== null) {
    settling.take(newest, 'seen');
  } else if (reason !== null) {
    ledgers.drop(source, reason);
    const isOfCall = newest.call !== null || newest.isKnown;
    const isUnwanted = reason === unwanted && isInForce(known);
    if (isOfCall && isDenial(newest, reason)) settling.take(newest, 'denied');
    else if (isUnwanted) settling.take(newest, 'unwanted');
    takesOut = reason === 'consent-withdrawn' || isUnwanted;
  }
  for (const content of toRemember(settled, reason === 'no-consent', known)) {
    settling.remember(content);
  }
  return takesOut;
}

/** A line without a mark says nothing of lines that hold its text, unless there was consent before. */
function isDenial({ denies }: PlacedLine, reason: string): boolean {
  return reason === 'consent-withdrawn' || (reason === 'no-consent' && denies);
}

/** Whether the chain holds a record of this id that may be trained on. */
export function isInForce(known: KnownContent | undefined): boolean {
  return known?.isPlaced === true && !known.isDenied;
}

/**
 * What later windows, which may not read these lines again, have to know of them. A line without a mark
 * is none of it: whether it has consent is for the configuration to say whenever it is read.
 */
function toRemember(
  { newest, outdid }: Settled,
  isWithoutConsent: boolean,
  known: KnownContent | undefined,
): readonly OutdoneContent[] {
  const { id } = newest;
  if (outdid.size === 0 && !isWithoutConsent) return [];
  const contents = [...outdid].map((contentDigest) => ({ id, contentDigest, denied: false }));
  if (isWithoutConsent && (newest.consents || newest.denies)) {
    contents.push({ id, contentDigest: newest.contentDigest, denied: !newest.consents });
  }
  return contents.filter(({ contentDigest }) => !wasRead(known, contentDigest));
}

/** Books a line that is not its id's newest. */
function dropOutdone(ledgers: Ledgers, { line, by }: Outdone, { known }: Known): void {
  const isSeen = wasRead(known.get(line.id), line.contentDigest);
  const isRepeated = line.contentDigest === by.contentDigest;
  const reason = isSeen ? 'seen' : isRepeated ? 'repeated' : 'revised-within-window';
  ledgers.drop(line.source, reason);
}
