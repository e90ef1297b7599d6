import type { Configuration } from '../src/domain/configuration.js';
import type { CloseWindowInput, CloseWindowResult } from '../src/domain/contracts.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { ConfigError, DataError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ChainEntry, WindowManifest } from '../src/domain/manifest.js';
import type { Window } from '../src/domain/window.js';
import { windowAt, windowIndex } from '../src/domain/window.js';
import { assertEvalSets, loadEvalSet } from '../src/evals/eval-set.js';
import { refuseOwnJudge } from '../src/evals/judging/judge-suite.js';
import { readChain, readChainHead, readFate, readFates } from '../src/release/chain.js';
import { assertProcessesFound } from '../src/providers/eval-command.js';
import { keys } from '../src/release/layout.js';
import { splitKeyFingerprint } from '../src/split/place.js';
import { readJson, sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { anchorBehind, declareChampion } from './declared-champion.js';
import { generationBehind, versionsFor } from './generation.js';
import { assertSameSplit } from './same-split.js';
import { closeOptOuts } from './opt-outs.js';
import { assertJudge } from './judging.js';
import { frozenSuite } from './samples.js';
import { listSources } from './source-listing.js';
import { loadStoredConfiguration } from './stored-configuration.js';

/**
 * Closes a window's input: everything after it reads only what this manifest names. Closing again gives
 * the same manifest; `reopen` closes a new one under the next attempt.
 * @throws ConfigError when the configuration, the split key or the fraction is not the one it was closed with.
 */
export async function closeWindow(
  deps: Dependencies,
  input: CloseWindowInput,
): Promise<CloseWindowResult> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { reminders } = configuration.approval;
  const closed = await closeWith(deps, input, configuration);
  return reminders === undefined ? closed : { ...closed, remindEveryHours: reminders.everyHours };
}

async function closeWith(
  deps: Dependencies,
  input: CloseWindowInput,
  configuration: Configuration,
): Promise<CloseWindowResult> {
  const { store } = deps;
  assertEvalSets(configuration);
  for (const set of configuration.evals) {
    const samples = await loadEvalSet(store, set);
    if (set.results === undefined) assertJudge(configuration, set.name, samples);
  }
  const { entry: head } = await readChainHead(store, input.model);
  if (input.mode === 'rebuild') return rebuildResult(deps, input, head);
  const decided = await decidedAlready(deps, input, head);
  if (decided !== null) return decided;
  if (configuration.evals.some(({ results }) => results !== undefined)) {
    assertProcessesFound(deps.areProcessesFound);
  }
  if (deployCommandsOf(configuration.train) !== null) {
    assertProcessesFound(deps.areProcessesFound, 'a command that puts models up (train.deploy)');
  }
  const attempts = await countAttempts(deps, input);
  if (input.mode === 'run' && attempts > 0 && !input.reopen) {
    const key = keys.windowManifest(input.model, input.window.id, attempts);
    const manifest = await readJson<WindowManifest>(store, key);
    assertSameTerms(manifest, input, deps, configuration);
    return describeClosing(key, manifest);
  }
  for (const { name } of configuration.evals) await frozenSuite(store, configuration, name);
  const manifest = await makeManifest(deps, input, configuration, head, attempts + 1);
  const digest = sha256Hex(canonicalJson(manifest));
  const key =
    input.mode === 'dry-run'
      ? keys.dryRunManifest(input.model, input.window.id, digest)
      : keys.windowManifest(input.model, input.window.id, manifest.attempt);
  const put = await store.putIfAbsent(key, Buffer.from(canonicalJson(manifest)));
  return describeClosing(key, put.created ? manifest : await readJson<WindowManifest>(store, key));
}

async function makeManifest(
  deps: Dependencies,
  input: CloseWindowInput,
  configuration: Configuration,
  head: ChainEntry | null,
  attempt: number,
): Promise<WindowManifest> {
  const { store, splitKey } = deps;
  const versions = versionsFor(deps, configuration);
  const index = windowIndex(configuration.window, input.window.id);
  const parent = await parentOf(deps, configuration, head, input.window, index);
  await assertSameSplit(deps, configuration, parent?.release ?? null);
  const { champion, championLineage } = await declareChampion(
    deps,
    configuration,
    input.mode === 'dry-run',
  );
  if (configuration.judge !== undefined) {
    refuseOwnJudge(configuration.judge.model, [champion.modelId]);
  }
  const optOuts = await closeOptOuts(deps, configuration);
  return {
    v: 1,
    model: input.model,
    window: input.window,
    attempt,
    ...(await listSources(deps, configuration, parent?.release ?? null)),
    parent,
    replacedRelease: head?.window === input.window.id ? head.release : null,
    fates: await readFates(store, input.model, parent?.release ?? null),
    champion,
    championLineage,
    ...(await anchorBehind(deps, configuration, champion.modelId)),
    evalSets: configuration.evals.map(({ name, digest }) => ({ name, digest })),
    configDigest: input.configDigest,
    ...(optOuts !== null && { optOuts }),
    versions,
    ...(await generationBehind(deps, parent?.release ?? null, versions)),
    splitKeyFingerprint: splitKeyFingerprint(splitKey),
    holdoutFraction: configuration.split.holdoutFraction,
  };
}

/** The release of the window before; that of the same window when it is reopened at the chain's end. */
async function parentOf(
  deps: Dependencies,
  configuration: Configuration,
  head: ChainEntry | null,
  window: Window,
  index: number,
): Promise<WindowManifest['parent']> {
  const reopened = head?.window === window.id;
  const release = reopened ? head.parentRelease : (head?.release ?? null);
  const expected = index === 0 ? null : windowAt(configuration.window, index - 1).id;
  if (release === null) {
    if (expected === null) return null;
    throw missingBefore(window, expected, 'none');
  }
  const [last] = (await readChain(deps.store, release)).slice(-1);
  const found = last?.manifest.window.id ?? 'none';
  if (found !== expected) throw missingBefore(window, expected ?? 'none', found);
  return { window: found, release };
}

function missingBefore(window: Window, expected: string, found: string): ConfigError {
  return new ConfigError(
    `window ${window.id} follows ${expected}, but the chain ends with ${found}: run the windows in order, ` +
      `or put an audited empty release in the gap with "holdfast run --skip WINDOW --reason …"`,
  );
}

async function decidedAlready(
  deps: Dependencies,
  input: CloseWindowInput,
  head: ChainEntry | null,
): Promise<CloseWindowResult | null> {
  if (input.mode !== 'run' || input.reopen || head === null) return null;
  const chain = await readChain(deps.store, head.release);
  const found = chain.find(({ manifest }) => manifest.window.id === input.window.id);
  if (found === undefined) return null;
  const fate = await readFate(deps.store, input.model, found.release);
  if (fate === 'untrained') return null;
  const key = await manifestKeyOf(deps, input, found.manifest.windowManifestDigest);
  const manifest = await readJson<WindowManifest>(deps.store, key);
  return { ...describeClosing(key, manifest), decided: { release: found.release, fate } };
}

async function rebuildResult(
  deps: Dependencies,
  input: CloseWindowInput,
  head: ChainEntry | null,
): Promise<CloseWindowResult> {
  const chain = await readChain(deps.store, head?.release ?? null);
  const found = chain.find(({ manifest }) => manifest.window.id === input.window.id);
  if (found === undefined) {
    throw new ConfigError(`window ${input.window.id} is not in the chain of ${input.model}`);
  }
  if (found.manifest.skippedBecause !== null) {
    throw new ConfigError(`window ${input.window.id} was skipped; there is nothing to rebuild`);
  }
  const key = await manifestKeyOf(deps, input, found.manifest.windowManifestDigest);
  const manifest = await readJson<WindowManifest>(deps.store, key);
  const configuration = await loadStoredConfiguration(deps, manifest.configDigest);
  const terms = { ...input, configDigest: manifest.configDigest };
  assertSameTerms(manifest, terms, deps, configuration);
  return describeClosing(key, manifest);
}

/** The key of the attempt whose manifest has this digest. */
async function manifestKeyOf(
  deps: Dependencies,
  input: CloseWindowInput,
  digest: string,
): Promise<string> {
  const attempts = await countAttempts(deps, input);
  for (let attempt = attempts; attempt >= 1; attempt -= 1) {
    const key = keys.windowManifest(input.model, input.window.id, attempt);
    const manifest = await readJson<WindowManifest>(deps.store, key);
    if (sha256Hex(canonicalJson(manifest)) === digest) return key;
  }
  throw new DataError(
    'manifest-missing',
    `no manifest of ${input.window.id} has the digest ${digest}`,
  );
}

async function countAttempts(deps: Dependencies, input: CloseWindowInput): Promise<number> {
  let attempts = 0;
  while (
    (await deps.store.head(keys.windowManifest(input.model, input.window.id, attempts + 1))) !==
    null
  ) {
    attempts += 1;
  }
  return attempts;
}

function assertSameTerms(
  manifest: WindowManifest,
  input: CloseWindowInput,
  deps: Dependencies,
  configuration: Configuration,
): void {
  if (manifest.splitKeyFingerprint !== splitKeyFingerprint(deps.splitKey)) {
    throw new ConfigError(
      `HOLDFAST_SPLIT_KEY is not the key that window ${input.window.id} was closed with`,
    );
  }
  const differs =
    manifest.configDigest !== input.configDigest
      ? 'the configuration'
      : canonicalJson(manifest.versions) !== canonicalJson(versionsFor(deps, configuration))
        ? "holdfast's version"
        : null;
  if (differs !== null) {
    throw new ConfigError(
      `window ${input.window.id} was closed before ${differs} changed; ` +
        `"holdfast run --window ${input.window.id} --reopen" closes it anew`,
    );
  }
}

function describeClosing(manifestKey: string, manifest: WindowManifest): CloseWindowResult {
  return {
    manifestKey,
    manifestDigest: sha256Hex(canonicalJson(manifest)),
    configDigest: manifest.configDigest,
    attempt: manifest.attempt,
    sourceCount: manifest.sources.length,
    sourceBytes: manifest.sources.reduce((sum, source) => sum + source.bytes, 0),
    unknownFileCount: manifest.unknownFiles.reduce((sum, { count }) => sum + count, 0),
    parentRelease: manifest.parent?.release ?? null,
    replacedRelease: manifest.replacedRelease,
    championId: manifest.champion.modelId,
    decided: null,
    ...(manifest.generation !== undefined && { generation: manifest.generation }),
  };
}
