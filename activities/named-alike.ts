import type { Example } from '../src/domain/record.js';
import { hashedIdentifier } from '../src/ingest/record.js';
import type { Placement } from '../src/split/place.js';
import { everyPlacement, type HeldWindow } from './fresh-holdout.js';

/** A hash that stands for an id, or the digest that is the id of a record without one: neither is hashed again. */
const DIGEST = /^[0-9a-f]{64}$/;

/** What a record is called under one redactor or another: its id, and the hash that stands for it. */
export function namesOf(id: string, key: string): readonly string[] {
  return [id, hashedIdentifier('id', id, key)];
}

/**
 * Windows with one name for each record. Where ids like a record's were kept, then masked and are kept again, the chain has
 * it by its id and by the hash that stood for it meanwhile: it is by the hash from the first window on, or it would be two
 * samples. `key` is what ids are hashed with.
 */
export function namedAlike(windows: readonly HeldWindow[], key: string): readonly HeldWindow[] {
  const own = windows.at(-1);
  const placed = own === undefined ? [] : everyPlacement(own);
  const ids = new Set(
    [...placed, ...windows.flatMap(({ holdout }) => holdout)].map(({ id }) => id),
  );
  const hashes = new Map<string, string>();
  for (const id of ids) {
    if (DIGEST.test(id)) continue;
    const hash = hashedIdentifier('id', id, key);
    if (ids.has(hash)) hashes.set(id, hash);
  }
  return hashes.size === 0 ? windows : windows.map((window) => renamed(window, hashes));
}

function renamed(window: HeldWindow, hashes: ReadonlyMap<string, string>): HeldWindow {
  const nameOf = (id: string): string => hashes.get(id) ?? id;
  const placed = (placement: Placement): Placement => {
    const { id, nearTo } = placement;
    return { ...placement, id: nameOf(id), nearTo: nearTo === null ? null : nameOf(nearTo) };
  };
  const held = (example: Example): Example => {
    const { id, recordId } = example;
    return {
      ...example,
      id: nameOf(id),
      ...(recordId !== undefined && { recordId: nameOf(recordId) }),
    };
  };
  return {
    window: window.window,
    placements: window.placements.map(placed),
    holdout: window.holdout.map(held),
    earlier: window.earlier.map(placed),
    before: window.before.map((sample) => ({ ...sample, id: nameOf(sample.id) })),
  };
}
