import type { Fold } from '../src/dedup/dedupe-examples.js';
import type { Example } from '../src/domain/record.js';
import type {
  Conversation,
  RememberedConversations,
  WithheldCall,
} from '../src/ingest/conversation-history.js';
import type { OutdoneContent, RememberedLines } from '../src/ingest/known-contents.js';
import type { HistoryRelease } from '../src/release/assemble.js';
import type { StoredRelease } from '../src/release/chain.js';
import type { Placement } from '../src/split/place.js';
import type { StepContext } from './dependencies.js';
import { type ChainState, carryOverFrom } from './generation.js';
import type { PlacedRelease } from './near-index-files.js';
import { readReleaseBatches, readReleaseFile } from './window-state.js';

/**
 * What the chain remembers of the lines that were read for it, under the ids that they have in this window: one release
 * after the other, each in pieces of about a megabyte.
 */
export async function* readRemembered(
  context: StepContext,
  state: ChainState,
): AsyncGenerator<RememberedLines, void, undefined> {
  for (const release of state.ancestors) {
    const carried = carryOverFrom(context, state, release);
    const contents = readReleaseBatches<OutdoneContent>(context.store, release, 'outdone');
    for await (const each of contents) {
      const outdone = carried === null ? each : each.map((one) => withId(one, carried.id));
      yield { ...NOTHING_REMEMBERED, outdone };
    }
    for await (const conversations of conversationsOf(context, state, release)) {
      yield { ...NOTHING_REMEMBERED, conversations };
    }
    const placed = readReleaseBatches<Placement>(context.store, release, 'placements');
    for await (const each of placed) {
      const placements =
        carried === null ? each : each.map((placement) => placedAgain(placement, carried.id));
      yield { ...NOTHING_REMEMBERED, placements };
    }
  }
}

const NOTHING_REMEMBERED: RememberedLines = { placements: [], outdone: [], conversations: [] };

/** What the chain remembers of conversations: one release after the other, each in such pieces. */
export async function* readConversations(
  context: StepContext,
  state: ChainState,
): AsyncGenerator<RememberedConversations, void, undefined> {
  for (const release of state.ancestors) {
    for await (const conversations of conversationsOf(context, state, release)) {
      yield { conversations, withheld: [] };
    }
    const withheld = await readReleaseFile<WithheldCall>(context.store, release, 'withheld');
    const carried = carryOverFrom(context, state, release);
    yield {
      conversations: [],
      withheld:
        carried === null
          ? withheld
          : withheld.map(({ callId, ...each }) => {
              return { ...each, callId: callId === null ? null : carried.id(callId) };
            }),
    };
  }
}

async function* conversationsOf(
  context: StepContext,
  state: ChainState,
  release: StoredRelease,
): AsyncGenerator<readonly Conversation[], void, undefined> {
  const carried = carryOverFrom(context, state, release);
  const batches = readReleaseBatches<Conversation>(context.store, release, 'conversations');
  for await (const batch of batches) {
    yield carried === null ? batch : batch.map(carried.conversation);
  }
}

/** What releases have placed, in their order. */
export async function readPlacedReleases(
  context: StepContext,
  state: ChainState,
  releases: readonly StoredRelease[],
): Promise<readonly PlacedRelease[]> {
  const placed: PlacedRelease[] = [];
  for (const release of releases) placed.push(await readPlaced(context, state, release));
  return placed;
}

/** Everything that releases have placed, in their order. */
export async function readPlacements(
  context: StepContext,
  state: ChainState,
  releases: readonly StoredRelease[],
): Promise<readonly Placement[]> {
  return (await readPlacedReleases(context, state, releases)).flatMap(
    ({ placements }) => placements,
  );
}

async function readPlaced(
  context: StepContext,
  state: ChainState,
  stored: StoredRelease,
): Promise<PlacedRelease> {
  const placements = await readReleaseFile<Placement>(context.store, stored, 'placements');
  const carried = carryOverFrom(context, state, stored);
  return {
    release: stored.release,
    redactor: stored.manifest.versions.redactor,
    placements:
      carried === null ? placements : placements.map((each) => placedAgain(each, carried.id)),
  };
}

/** The training rows of the chain's releases; those of other generations are redacted as this window's are. */
export async function readHistory(
  context: StepContext,
  state: ChainState,
): Promise<readonly HistoryRelease[]> {
  const history: HistoryRelease[] = [];
  for (const ancestor of state.ancestors) {
    const { release, manifest } = ancestor;
    const rows = await readReleaseFile<Example>(context.store, ancestor, 'examples');
    const folds = await readReleaseFile<Fold>(context.store, ancestor, 'folds');
    const carried = carryOverFrom(context, state, ancestor);
    history.push({
      window: manifest.window.id,
      release,
      rows: carried === null ? rows : rows.map(carried.example),
      folds:
        carried === null
          ? folds
          : folds.map((fold) => ({ id: carried.id(fold.id), keptId: carried.id(fold.keptId) })),
    });
  }
  return history;
}

function placedAgain(placement: Placement, carry: (id: string) => string): Placement {
  const { calls, nearTo } = placement;
  return {
    ...placement,
    id: carry(placement.id),
    nearTo: nearTo === null ? null : carry(nearTo),
    ...(calls !== undefined && { calls: calls.map(carry) }),
  };
}

function withId<T extends { readonly id: string }>(row: T, carry: (id: string) => string): T {
  const id = carry(row.id);
  return id === row.id ? row : { ...row, id };
}
