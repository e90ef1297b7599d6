import type { Configuration } from '../src/domain/configuration.js';
import { describeGeneration, generationAfter } from '../src/domain/generation.js';
import type { Example } from '../src/domain/record.js';
import type { Versions, WindowManifest } from '../src/domain/manifest.js';
import { type CarryOver, createCarryOver, redactedAgain } from '../src/ingest/carry-over.js';
import { unitedRedactor } from '../src/ingest/comparison.js';
import { type Redactor, createRedactor } from '../src/ingest/redaction.js';
import { policyOfVersion } from '../src/ingest/redactor-version.js';
import { type StoredRelease, readChain } from '../src/release/chain.js';
import { keys } from '../src/release/layout.js';
import type { Dependencies, StepContext } from './dependencies.js';
import type { WindowState } from './window-state.js';

/** A chain, and what the window behind it is made by. */
export interface ChainState extends Pick<WindowState, 'configuration' | 'ancestors' | 'replaced'> {
  readonly manifest: Pick<WindowManifest, 'versions'>;
}

/** What decides bytes; the redactor's version says what it is told to leave alone. */
export function versionsFor({ versions }: Dependencies, { redaction }: Configuration): Versions {
  return { ...versions, redactor: createRedactor(redaction).version };
}

/** The generation that begins with a window behind `parent`; whoever runs the worker is told of it too. */
export async function generationBehind(
  { store, warn }: Dependencies,
  parent: string | null,
  versions: Versions,
): Promise<Pick<WindowManifest, 'generation'>> {
  const chain = await readChain(store, parent);
  const generation = generationAfter(
    chain.map(({ manifest }) => manifest),
    versions,
  );
  if (parent === null || generation === null) return {};
  const reason = describeGeneration(generation);
  warn({ event: 'generation-began', key: keys.release(parent), reason });
  return { generation };
}

/** The versions of the redactors that records of the chain went through, this window's first, each once. */
export function redactorsOf(state: ChainState): readonly string[] {
  const read = releasesRead(state).map(({ manifest }) => manifest.versions.redactor);
  return [...new Set([state.manifest.versions.redactor, ...read])];
}

/** The redactors of earlier windows whose work can be done again: same rules, another policy. */
export function earlierRedactors(state: ChainState): readonly Redactor[] {
  return redactorsOf(state)
    .slice(1)
    .flatMap((version) => {
      const policy = policyOfVersion(version);
      return policy === null ? [] : [createRedactor(policy)];
    });
}

/** What a release's rows are carried over by; `null` where they went through this window's redactor. */
export function carryOverFrom(
  { splitKey }: StepContext,
  { configuration, manifest }: ChainState,
  release: StoredRelease,
): CarryOver | null {
  if (release.manifest.versions.redactor === manifest.versions.redactor) return null;
  return createCarryOver(createRedactor(configuration.redaction), splitKey);
}

/** Whether a release was written by another redactor or normaliser than this window is. */
export function isCarriedOver({ manifest }: WindowState, release?: StoredRelease): boolean {
  if (release === undefined) return false;
  const { redactor, normaliser } = release.manifest.versions;
  return redactor !== manifest.versions.redactor || normaliser !== manifest.versions.normaliser;
}

/** Examples of this window's redactor by what they compare as, where the chain has others. */
export function comparedExamples(
  state: WindowState,
  examples: readonly Example[],
): ReadonlyMap<Example, Example> {
  const united = unitedRedactor(redactorsOf(state));
  const isOwn = united.version === state.manifest.versions.redactor;
  return new Map(
    examples.map((example) => [isOwn ? example : redactedAgain(example, united), example]),
  );
}

function releasesRead({ ancestors, replaced }: ChainState): readonly StoredRelease[] {
  return [...ancestors, ...replaced].filter(({ manifest }) => manifest.skippedBecause === null);
}
