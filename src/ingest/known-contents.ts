import type { Placement } from '../split/place.js';

/** What the chain holds of an id. */
export interface KnownContent {
  /** Of its latest line, one without consent included. */
  readonly contentDigest: string;
  /** Where that line withdrew consent: the contents that it was withdrawn from, which give none back. */
  readonly withdrawn: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** What the chain holds of every id that it has placed; `placements` in the chain's order. */
export function knownContents(placements: readonly Placement[]): ReadonlyMap<string, KnownContent> {
  const retracted = new Map(
    placements
      .filter(({ by }) => by === 'retraction')
      .map(({ id }) => [id, new Set<string>()] as const),
  );
  const known = new Map<string, KnownContent>();
  for (const { id, contentDigest, by } of placements) {
    const contents = retracted.get(id);
    contents?.add(contentDigest);
    const withdrawn = by === 'retraction' ? contents : undefined;
    known.set(id, { contentDigest, withdrawn: withdrawn ?? NOTHING });
  }
  return known;
}
