import type { StepInput } from '../src/domain/contracts.js';
import type { Example } from '../src/domain/record.js';
import type { Scorer } from '../src/domain/scorer.js';
import type { StoredRelease } from '../src/release/chain.js';
import type { Placement } from '../src/split/place.js';
import { readPlacements } from './carried-rows.js';
import type { Dependencies } from './dependencies.js';
import { carryOverFrom } from './generation.js';
import { type AskedSuite, holdoutSuite, seenHoldout } from './samples.js';
import { everyRelease } from './steps.js';
import type { WindowState } from './window-state.js';
import { readOutput, readReleaseFile } from './window-state.js';

/** A window's holdout, and what had been placed and held out before it; of other generations carried over to this one. */
export interface HeldWindow {
  readonly window: string;
  readonly placements: readonly Placement[];
  readonly holdout: readonly Example[];
  readonly earlier: readonly Placement[];
  readonly before: readonly HeldSample[];
}

/** A sample that an earlier window held out. */
export interface HeldSample {
  readonly id: string;
  readonly hasReference: boolean;
}

/** Reads holdouts of a chain, each file once. */
export interface HeldReader {
  /** The window that is being measured. */
  own(input: StepInput): Promise<HeldWindow>;
  /** One of its ancestors, as it stood when it was measured itself. */
  ancestor(release: StoredRelease): Promise<HeldWindow>;
}

/** Makes a reader for the chain behind a window. */
export function createHeldReader(deps: Dependencies, state: WindowState): HeldReader {
  const placementsOf = once((release: StoredRelease) => readPlacements(deps, state, [release]));
  const heldOf = once(async (release: StoredRelease): Promise<readonly HeldSample[]> => {
    const carry = carryOverFrom(deps, state, release);
    const samples = await readReleaseFile<Example>(deps.store, release, 'holdout');
    return samples.map(({ id, answer }) => ({
      id: carry?.id(id) ?? id,
      hasReference: answer !== null,
    }));
  });
  const behind = async (
    { ancestors, replaced }: Pick<WindowState, 'ancestors' | 'replaced'>,
    own: readonly Placement[],
  ): Promise<Pick<HeldWindow, 'earlier' | 'before'>> => {
    const placedNow = new Set(own.map(({ id }) => id));
    const earlier: Placement[] = [];
    // Of a release that was replaced it counts what the window doesn't place itself: a reopened window reads its own
    // records as fresh ones.
    for (const release of everyRelease({ ...state, ancestors, replaced })) {
      const isReplaced = replaced.includes(release);
      const placements = await placementsOf(release);
      earlier.push(...placements.filter(({ id }) => !isReplaced || !placedNow.has(id)));
    }
    return { earlier, before: (await Promise.all(ancestors.map(heldOf))).flat() };
  };
  return {
    own: async (input) => {
      const placements = await readOutput<Placement>(deps.store, input, 'split', 'placements');
      const holdout = await readOutput<Example>(deps.store, input, 'select', 'holdout');
      return { window: input.window.id, placements, holdout, ...(await behind(state, placements)) };
    },
    ancestor: async (release) => {
      const { window } = release.manifest;
      const placements = await placementsOf(release);
      const holdout = await readReleaseFile<Example>(deps.store, release, 'holdout');
      const carry = carryOverFrom(deps, state, release);
      const ancestors = state.ancestors.slice(0, state.ancestors.indexOf(release));
      const replaced = state.replaced.filter(({ manifest }) => manifest.window.from <= window.from);
      return {
        window: window.id,
        placements,
        holdout: carry === null ? holdout : holdout.map(carry.example),
        ...(await behind({ ancestors, replaced }, placements)),
      };
    },
  };
}

/** Everything that was placed up to a window, in the order of placing. */
export function everyPlacement({ earlier, placements }: HeldWindow): readonly Placement[] {
  return [...earlier, ...placements];
}

/**
 * The samples of a window that were fresh in it: near to no earlier holdout, and no new versions of samples that could be
 * asked before.
 */
export function freshHoldout(
  { holdout, placements, earlier, before }: HeldWindow,
  clusters: ReadonlyMap<string, string>,
  scorer: Scorer,
): AskedSuite {
  const asked = before.filter(({ hasReference }) => scorer === 'judge' || hasReference);
  const seen = seenHoldout(placements, earlier, new Set(asked.map(({ id }) => id)));
  return holdoutSuite(holdout, seen, clusters, scorer);
}

/** Remembers what `read` gave for each release. */
function once<T>(
  read: (release: StoredRelease) => Promise<T>,
): (release: StoredRelease) => Promise<T> {
  const known = new Map<StoredRelease, Promise<T>>();
  return (release) => {
    const found = known.get(release) ?? read(release);
    known.set(release, found);
    return found;
  };
}
