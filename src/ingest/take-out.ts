import type { WaitingRecord } from './assembly.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import { isInForce, type Retraction } from './settle-lines.js';
import type { AssembledWindow } from './window-conversations.js';

/** What conversations say of records that the chain holds. */
export interface HeldFates {
  readonly recordOf: (callId: string) => ReturnType<AssembledWindow['recordOf']>;
  readonly withdrawn: AssembledWindow['withdrawn'];
  readonly waiting: readonly WaitingRecord[];
}

/** What a window takes out of the chain. */
export interface TakenOut {
  /** Of every record one at most, in no particular order. */
  readonly retractions: readonly Retraction[];
  /** What is to be known of calls that are not records of their own. */
  readonly denials: readonly OutdoneContent[];
}

/** The records that hold what was withdrawn; `calls` are the retractions of calls. */
export function takeOut(
  calls: readonly Retraction[],
  { recordOf, withdrawn, waiting }: HeldFates,
  known: ReadonlyMap<string, KnownContent>,
): TakenOut {
  const records = new Map<string, Retraction>();
  const denials: OutdoneContent[] = [];
  for (const { id: callId, contentDigest } of calls) {
    const { id, isMany } = recordOf(callId);
    if (isMany) denials.push({ id: callId, contentDigest, denied: true });
    records.set(id, { id, contentDigest });
  }
  const others = [
    ...withdrawn,
    ...waiting.flatMap(({ id, isTakenOut, lastCall }) => (isTakenOut ? [{ id, lastCall }] : [])),
  ];
  for (const { id, lastCall } of others) {
    const last = known.get(lastCall);
    if (records.has(id) || !isInForce(last)) continue;
    records.set(id, { id, contentDigest: last?.contentDigest ?? '' });
  }
  return { retractions: [...records.values()], denials };
}
