import { integerColumn } from '../domain/columns.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import { dropReason, wasRead } from './known-contents.js';
import type { Ledgers } from './ledgers.js';
import type { Contender } from './line-table.js';
import type { NewestLines, Outdone, Settled } from './newest-lines.js';
import type { WindowCalls } from './window-calls.js';

/** A record of the chain whose newest line has no consent any more; of its content only the digest is left. */
export interface Retraction {
  readonly id: string;
  readonly contentDigest: string;
}

/** The newest line of every id, sorted by what can become of it. */
export interface SettledLines {
  /** Numbers of the lines that are taken in, unless their conversations say otherwise. */
  readonly candidates: Numbers;
  /** Numbers of lines that were seen, and whose text their conversation may ask for. */
  readonly again: Numbers;
  /** Of calls; which records these are in is for the conversations to say. */
  readonly retractions: Retraction[];
  readonly outdone: OutdoneContent[];
}

/** Whole numbers in the order in which they were added, 4 bytes each. */
export interface Numbers extends Iterable<number> {
  add(number: number): void;
}

interface Known {
  readonly known: ReadonlyMap<string, KnownContent>;
}

/** Decides on the newest line of every id as far as that takes no other line, and books those that are dropped. */
export function settleLines(
  newestLines: NewestLines,
  calls: WindowCalls,
  ledgers: Ledgers,
  options: Known,
): SettledLines {
  const settled: SettledLines = {
    ...{ candidates: createNumbers(), again: createNumbers() },
    ...{ retractions: [], outdone: [] },
  };
  for (const each of newestLines.settle()) {
    if (typeof each === 'number') {
      calls.settle(each, 'fresh');
      settled.candidates.add(each);
      continue;
    }
    if (each.outdone !== null) dropOutdone(ledgers, each.outdone, options);
    settleLine(each, settled, calls, ledgers, options);
  }
  return settled;
}

export function createNumbers(): Numbers {
  const numbers = integerColumn();
  let count = 0;
  return {
    add(number) {
      numbers.set(count, number);
      count += 1;
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1) yield numbers.at(index);
    },
  };
}

function settleLine(
  settledLine: Settled,
  settled: SettledLines,
  calls: WindowCalls,
  ledgers: Ledgers,
  options: Known,
): void {
  const { newest, outdid, number } = settledLine;
  const { id, contentDigest, source, row } = newest;
  const known = options.known.get(id);
  const unwanted = newest.unwanted === null ? null : `holds-${newest.unwanted}`;
  const reason = dropReason(newest, outdid, known) ?? unwanted;
  if (reason === null && row !== null) {
    calls.settle(number, known?.isPlaced === true ? 'revised' : 'fresh');
    settled.candidates.add(number);
  } else if (reason === 'seen' && row !== null && calls.calls.isCall(number)) {
    calls.settle(number, 'seen');
    settled.again.add(number);
  } else if (reason !== null) {
    ledgers.drop(source, reason);
    if (isDenial(newest, reason)) calls.settle(number, 'denied');
    const takesOut = reason === 'consent-withdrawn' || (reason === unwanted && isInForce(known));
    if (takesOut) settled.retractions.push({ id, contentDigest });
  }
  for (const content of toRemember(settledLine, reason === 'no-consent', known)) {
    settled.outdone.push(content);
  }
}

/** A line without a mark says nothing of lines that hold its text, unless there was consent before. */
function isDenial({ denies }: Contender, reason: string): boolean {
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
export function dropOutdone(ledgers: Ledgers, { line, by }: Outdone, { known }: Known): void {
  const isSeen = wasRead(known.get(line.id), line.contentDigest);
  const isRepeated = line.contentDigest === by.contentDigest;
  const reason = isSeen ? 'seen' : isRepeated ? 'repeated' : 'revised-within-window';
  ledgers.drop(line.source, reason);
}
