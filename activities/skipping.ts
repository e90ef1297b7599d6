import type { Configuration } from '../src/domain/configuration.js';
import type { ReleaseResult, SkipInput } from '../src/domain/contracts.js';
import { ConfigError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ChainEntry, ReleaseManifest } from '../src/domain/manifest.js';
import { windowAt, windowIndex } from '../src/domain/window.js';
import { appendAudit } from '../src/promotion/audit.js';
import { advanceChain, readChainHead, recordFate } from '../src/release/chain.js';
import { keys } from '../src/release/layout.js';
import { splitKeyFingerprint } from '../src/split/place.js';
import { sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { versionsFor } from './generation.js';
import { storeRelease } from './releasing.js';
import { assertSameSplit } from './same-split.js';
import { loadStoredConfiguration } from './stored-configuration.js';

/**
 * Puts an empty release in the place of the next window, and then writes down who skipped it and why.
 * Doing it again finds the chain moved by this very skip, and completes what is missing.
 * @throws ConfigError when the window is not the next one, or the split key or fraction is another.
 */
export async function skipWindow(deps: Dependencies, input: SkipInput): Promise<ReleaseResult> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const index = windowIndex(configuration.window, input.window);
  const { entry: head } = await readChainHead(deps.store, input.model);
  const isLast = head?.windowIndex === index;
  const parentRelease = (isLast ? head.parentRelease : head?.release) ?? null;
  const manifest = emptyRelease(deps, input, configuration, parentRelease);
  const isDone = isLast && head.release === sha256Hex(canonicalJson(manifest));
  if (!isDone && index !== (head?.windowIndex ?? -1) + 1) throw notNext(input.window, head);
  await assertSameSplit(deps, configuration, parentRelease);
  const release = await storeRelease(deps, manifest, []);
  await recordFate(deps.store, input.model, release, 'skipped');
  const entry = { window: input.window, windowIndex: index, release, parentRelease };
  await advanceChain(deps.store, input.model, entry, null);
  await appendAudit(deps.store, input.model, {
    v: 1,
    at: deps.now(),
    action: 'window-skipped',
    by: input.by,
    reason: input.reason,
    subject: { window: input.window, release },
  });
  return {
    release,
    findings: 0,
    manifestKey: keys.release(release),
    trainRows: 0,
    freshRows: 0,
    holdoutSamples: 0,
  };
}

function emptyRelease(
  deps: Dependencies,
  input: SkipInput,
  configuration: Configuration,
  parentRelease: string | null,
): ReleaseManifest {
  const plan = configuration.window;
  return {
    v: 1,
    model: input.model,
    window: windowAt(plan, windowIndex(plan, input.window)),
    windowManifestDigest: '',
    parentRelease,
    replacedRelease: null,
    configDigest: input.configDigest,
    versions: versionsFor(deps, configuration),
    evalSets: configuration.evals.map(({ name, digest }) => ({ name, digest })),
    files: [],
    books: [],
    splitKeyFingerprint: splitKeyFingerprint(deps.splitKey),
    holdoutFraction: configuration.split.holdoutFraction,
    rowsByWindow: {},
    skippedBecause: input.reason,
  };
}

function notNext(window: string, head: ChainEntry | null): ConfigError {
  return new ConfigError(
    `window ${window} can't be skipped: the chain ends with ${head?.window ?? 'none'}, ` +
      `and only the window after that can be`,
  );
}
