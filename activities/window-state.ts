import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput, StepResult } from '../src/domain/contracts.js';
import { DataError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, WindowManifest } from '../src/domain/manifest.js';
import type { Rows } from '../src/formats/encoded-rows.js';
import { SHARD_ENDING } from '../src/formats/shard.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import {
  readJson,
  readJsonl,
  readJsonlBatches,
  writeJson,
  writeJsonl,
} from '../src/storage/objects.js';
import type { StoredRelease } from '../src/release/chain.js';
import { readChain, readReplaced } from '../src/release/chain.js';
import type { Step } from '../src/release/layout.js';
import type { RowsName } from '../src/release/rows-files.js';
import { findRows } from '../src/release/rows-files.js';
import { keys, stepKey } from '../src/release/layout.js';

/** What a step reads: its configuration, its closed input, and the releases before it, oldest first. */
export interface WindowState {
  readonly configuration: Configuration;
  readonly manifest: WindowManifest;
  /** The chain's own: what it holds, and what history and freshness are about. */
  readonly ancestors: readonly StoredRelease[];
  /** Those that reopened windows replaced, this one included: their sides and their holdout count for ever. */
  readonly replaced: readonly StoredRelease[];
}

/** Opens a window as its manifest closed it. */
export async function openWindow(store: ObjectStore, input: StepInput): Promise<WindowState> {
  const configuration = await readJson<Configuration>(
    store,
    keys.configuration(input.configDigest),
  );
  const manifest = await readJson<WindowManifest>(store, input.manifestKey);
  const ancestors = await readChain(store, manifest.parent?.release ?? null);
  const replaced: StoredRelease[] = [];
  for (const each of [...ancestors.map((ancestor) => ancestor.manifest), manifest]) {
    replaced.push(...(await readReplaced(store, each.replacedRelease)));
  }
  return { configuration, manifest, ancestors, replaced };
}

/** What an earlier step of this window left behind. */
export function readStep(store: ObjectStore, input: StepInput, step: Step): Promise<StepResult> {
  return readJson<StepResult>(store, stepKey(input.manifestKey, step, 'result.json'));
}

/** The rows of one output of an earlier step. @throws DataError `step-output-missing` */
export async function readOutput<T>(
  store: ObjectStore,
  input: StepInput,
  step: Step,
  name: string,
): Promise<readonly T[]> {
  const output = (await readStep(store, input, step)).outputs[name];
  if (output === undefined) {
    throw new DataError(
      'step-output-missing',
      `step ${step} of ${input.window.id} left no ${name}`,
    );
  }
  return readJsonl<T>(store, output);
}

/** Writes a step's outputs as compressed JSON Lines and then its result, which is what says that the step is done. */
export async function finishStep(
  store: ObjectStore,
  input: StepInput,
  step: Step,
  outputs: Outputs,
  books: StepResult['books'],
): Promise<StepResult> {
  const result = { outputs: await writeOutputs(store, input, step, outputs), books };
  await writeJson(store, stepKey(input.manifestKey, step, 'result.json'), result);
  return result;
}

/**
 * As `finishStep`, for a step that asks models, whose outputs may differ from one attempt to the next: `version`
 * names the files, and the first result that is written counts.
 */
export async function finishStepOnce(
  store: ObjectStore,
  input: StepInput,
  step: Step,
  outputs: Outputs,
  { books, version }: { readonly books: StepResult['books']; readonly version: string },
): Promise<StepResult> {
  const references = await writeOutputs(store, input, step, outputs, `-${version}`);
  const result = Buffer.from(canonicalJson({ outputs: references, books }));
  await store.putIfAbsent(stepKey(input.manifestKey, step, 'result.json'), result);
  return readStep(store, input, step);
}

/** The result of a step that is done, or `null`. */
export async function findStep(
  store: ObjectStore,
  input: StepInput,
  step: Step,
): Promise<StepResult | null> {
  const isDone = (await store.head(stepKey(input.manifestKey, step, 'result.json'))) !== null;
  return isDone ? readStep(store, input, step) : null;
}

type Outputs = Readonly<Record<string, Rows>>;

async function writeOutputs(
  store: ObjectStore,
  { manifestKey }: StepInput,
  step: Step,
  outputs: Outputs,
  suffix = '',
): Promise<Record<string, ObjectReference>> {
  const references: Record<string, ObjectReference> = {};
  for (const [name, rows] of Object.entries(outputs)) {
    const key = stepKey(manifestKey, step, `${name}${suffix}${SHARD_ENDING}`);
    references[name] = await writeJsonl(store, key, rows);
  }
  return references;
}

/** The rows that an earlier release holds by this name; none where it has no such file. */
export async function readReleaseFile<T>(
  store: ObjectStore,
  { release, manifest }: StoredRelease,
  name: RowsName,
): Promise<readonly T[]> {
  const file = findRows(manifest, name);
  if (file === undefined) return [];
  return readJsonl<T>(store, { ...file, key: keys.releaseFile(release, file.name) });
}

/** The same, some at a time. */
export async function* readReleaseBatches<T>(
  store: ObjectStore,
  { release, manifest }: StoredRelease,
  name: RowsName,
): AsyncGenerator<readonly T[], void, undefined> {
  const file = findRows(manifest, name);
  if (file === undefined) return;
  yield* readJsonlBatches<T>(store, { ...file, key: keys.releaseFile(release, file.name) });
}
