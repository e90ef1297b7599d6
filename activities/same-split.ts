import type { Configuration } from '../src/domain/configuration.js';
import { ConfigError } from '../src/domain/errors.js';
import { readChain } from '../src/release/chain.js';
import { splitKeyFingerprint } from '../src/split/place.js';
import type { StepContext } from './dependencies.js';

/**
 * Holds the split key and the holdout's share against the release that the next one is to follow.
 * @throws ConfigError where one of them is another: records would change sides.
 */
export async function assertSameSplit(
  deps: StepContext,
  configuration: Configuration,
  parentRelease: string | null,
): Promise<void> {
  const [parent] = (await readChain(deps.store, parentRelease)).slice(-1);
  if (parent === undefined) return;
  if (parent.manifest.splitKeyFingerprint !== splitKeyFingerprint(deps.splitKey)) {
    throw new ConfigError(
      'HOLDFAST_SPLIT_KEY is not the key that the chain was split with; with another key records would change sides',
    );
  }
  if (parent.manifest.holdoutFraction !== configuration.split.holdoutFraction) {
    throw new ConfigError(
      `split.holdoutFraction is ${configuration.split.holdoutFraction}, but the chain was split with ` +
        `${parent.manifest.holdoutFraction}; a side never moves`,
    );
  }
}
