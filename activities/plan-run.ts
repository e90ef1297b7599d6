import type { Configuration } from '../src/domain/configuration.js';
import type { PlanRunInput, PlanRunResult } from '../src/domain/contracts.js';
import { ConfigError, DataError } from '../src/domain/errors.js';
import type { ChainEntry } from '../src/domain/manifest.js';
import type { Window } from '../src/domain/window.js';
import { lastWindowEndedBy, windowAt, windowIndex } from '../src/domain/window.js';
import { readChain, readChainHead, readFate } from '../src/release/chain.js';
import type { Dependencies } from './dependencies.js';
import { loadStoredConfiguration } from './stored-configuration.js';

/** Says which windows have to run: all that the chain lacks up to the one that is due. */
export async function planRun(deps: Dependencies, input: PlanRunInput): Promise<PlanRunResult> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const plan = configuration.window;
  const target =
    input.until.kind === 'window'
      ? windowIndex(plan, input.until.window)
      : lastWindowEndedBy(plan, Date.parse(input.until.time));
  const { entry } = await readChainHead(deps.store, input.model);
  const head = entry?.windowIndex ?? -1;
  if (target < 0) return { missing: [], existing: null };
  if (input.mode === 'dry-run') return { missing: [windowAt(plan, target)], existing: null };
  if (target > head) {
    if (input.mode === 'rebuild') {
      throw new ConfigError(
        `window ${windowAt(plan, target).id} is not in the chain, so there is nothing to rebuild`,
      );
    }
    return { missing: windowsBetween(configuration, head + 1, target), existing: null };
  }
  return planExisting(deps, input, entry, windowAt(plan, target), head === target);
}

function windowsBetween(configuration: Configuration, from: number, to: number): readonly Window[] {
  return Array.from({ length: to - from + 1 }, (_, offset) =>
    windowAt(configuration.window, from + offset),
  );
}

/** A window that the chain holds runs again only to be rebuilt, reopened, or where it was never decided. */
async function planExisting(
  deps: Dependencies,
  input: PlanRunInput,
  head: ChainEntry | null,
  window: Window,
  isHead: boolean,
): Promise<PlanRunResult> {
  if (input.mode === 'rebuild') return { missing: [window], existing: null };
  if (input.reopen && !isHead) {
    throw new ConfigError(
      `window ${window.id} cannot be reopened: later windows rest on its release; only ${head?.window ?? 'the last'} can`,
    );
  }
  const chain = await readChain(deps.store, head?.release ?? null);
  const release = chain.find(({ manifest }) => manifest.window.id === window.id)?.release;
  if (release === undefined) {
    throw new DataError(
      'chain-broken',
      `the chain of ${input.model} has no release for ${window.id}`,
    );
  }
  const fate = await readFate(deps.store, input.model, release);
  if (isHead && (input.reopen || fate === 'untrained'))
    return { missing: [window], existing: null };
  return { missing: [], existing: { window, release, fate } };
}
