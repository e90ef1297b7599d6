import type { Placement } from '../split/place.js';
import type { Conversation } from './conversation-history.js';

/**
 * A content that was read and does not count, since another line outdid it or it has no consent. One line
 * of a release's `outdone.jsonl`.
 */
export interface OutdoneContent {
  readonly id: string;
  readonly contentDigest: string;
  /** Whether it is what denies consent to its id. */
  readonly denied: boolean;
}

/**
 * What a release remembers of the lines that were read for it, or a piece of it: contents that don't count come first,
 * then conversations, then placements.
 */
export interface RememberedLines {
  readonly placements: readonly Placement[];
  readonly outdone: readonly OutdoneContent[];
  readonly conversations: readonly Conversation[];
}

/** What the chain knows of an id. */
export interface KnownContent {
  /** Of the line that counts, be it placed or a denial; `null` where only contents that don't are known. */
  readonly contentDigest: string | null;
  readonly isPlaced: boolean;
  /** Whether the line that counts has no consent. */
  readonly isDenied: boolean;
  /** Whether its line has the text of a record of several calls, which new words about an earlier one ask for. */
  readonly isLastOfMany: boolean;
  /** The other contents that it had or was to have. */
  readonly outdone: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
const UNKNOWN: KnownContent = {
  contentDigest: null,
  isPlaced: false,
  isDenied: false,
  isLastOfMany: false,
  outdone: NOTHING,
};

/**
 * What the chain knows of every call that was read for it, by the call's id; `remembered` in the chain's order, of which
 * nothing is held beyond the next piece. A record of several calls was placed under one id: what is said of its placement
 * is said of each of them.
 */
export async function knownContents(
  remembered: AsyncIterable<RememberedLines>,
): Promise<ReadonlyMap<string, KnownContent>> {
  const known = new Map<string, KnownContent>();
  const update = (id: string, change: (before: KnownContent) => KnownContent): void => {
    known.set(id, change(known.get(id) ?? UNKNOWN));
  };
  /** The calls of records that are not one call of the same id. */
  const callsOf = new Map<string, readonly string[]>();
  for await (const { placements, outdone, conversations } of remembered) {
    for (const { id, contentDigest, denied } of outdone) {
      update(id, (before) =>
        denied
          ? { ...replaced(before, contentDigest), isDenied: true }
          : { ...before, outdone: withContent(before.outdone, contentDigest) },
      );
    }
    for (const { id, calls } of conversations) {
      const ids = calls.map(({ turn }) => turn.callId);
      const isMany = ids.length > 1 || ids[0] !== id;
      if (isMany) callsOf.set(id, ids);
      else callsOf.delete(id);
      for (const [index, { turn, contentDigest }] of calls.entries()) {
        const isLastOfMany = isMany && index === calls.length - 1;
        update(turn.callId, (before) => ({ ...replaced(before, contentDigest), isLastOfMany }));
      }
    }
    for (const { id, contentDigest, by } of placements) {
      const isDenied = by === 'retraction';
      for (const callId of callsOf.get(id) ?? [id]) {
        update(callId, (before) => {
          const after = callsOf.has(id) ? before : replaced(before, contentDigest);
          return { ...after, isPlaced: true, isDenied };
        });
      }
    }
  }
  return known;
}

/** A content takes the place of the one that counted. */
function replaced(before: KnownContent, contentDigest: string): KnownContent {
  const { contentDigest: last, outdone } = before;
  if (last === contentDigest) return before;
  return {
    ...before,
    contentDigest,
    outdone: last === null ? outdone : withContent(outdone, last),
  };
}

function withContent(contents: ReadonlySet<string>, digest: string): ReadonlySet<string> {
  return contents.has(digest) ? contents : new Set([...contents, digest]);
}

/**
 * Why the newest line that a window read of an id is dropped; `null` where it is taken in.
 *
 * Files that were read to their end are not read again, so that the newest line of this window need not be
 * the newest there is. What counted before is therefore outdone in two ways only: by a content that was
 * never read, or, where consent was denied or the content lost before, by a line that outdoes it in this very
 * window. `outdid` are the contents that lost against the line here.
 */
export function dropReason(
  { contentDigest, consents }: { readonly contentDigest: string; readonly consents: boolean },
  outdid: ReadonlySet<string>,
  known: KnownContent = UNKNOWN,
): 'seen' | 'no-consent' | 'consent-withdrawn' | null {
  if (contentDigest === known.contentDigest) return 'seen';
  if (!consents) return known.isPlaced && !known.isDenied ? 'consent-withdrawn' : 'no-consent';
  if (known.contentDigest !== null && outdid.has(known.contentDigest)) return null;
  if (known.isDenied) return 'no-consent';
  return known.outdone.has(contentDigest) ? 'seen' : null;
}

/** Whether a content of an id was read for the chain before. */
export function wasRead(known: KnownContent | undefined, contentDigest: string): boolean {
  return known?.contentDigest === contentDigest || known?.outdone.has(contentDigest) === true;
}
