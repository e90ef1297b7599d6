import type { Books } from '../src/domain/books.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { ReleaseResult, StepInput } from '../src/domain/contracts.js';
import type { Finding } from '../src/domain/finding.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ReleaseFile, ReleaseManifest, WindowManifest } from '../src/domain/manifest.js';
import type { Example } from '../src/domain/record.js';
import { continuedModel, replayShare } from '../src/domain/start.js';
import { windowIndex } from '../src/domain/window.js';
import { writeExamplesParquet } from '../src/formats/parquet.js';
import { encodeShard } from '../src/formats/shard.js';
import { toTrainerJsonl, trainerFormatOf } from '../src/formats/trainer.js';
import { advanceChain as moveChain, readChainHead } from '../src/release/chain.js';
import { renderDatasetCard } from '../src/release/dataset-card.js';
import { keys } from '../src/release/layout.js';
import { type RowsName, rowsFileName } from '../src/release/rows-files.js';
import type { Placement } from '../src/split/place.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson, sha256Hex, writeBytes, writeJson } from '../src/storage/objects.js';
import { openComparing } from './comparing.js';
import type { StepContext } from './dependencies.js';
import { collectBooks } from './release-books.js';
import type { ConsumedObject } from './source-listing.js';
import type { WindowState } from './window-state.js';
import { openWindow, readOutput } from './window-state.js';

/** A release's file before it is stored. */
interface Content {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly count: number;
}

/**
 * Writes the release: its files, then the manifest that names them. Its digest is the manifest's, and no
 * wall-clock value is in any of its bytes.
 * @throws InvariantError when the books of a step don't balance or one step's kept is not the next one's read.
 */
export async function writeRelease(context: StepContext, input: StepInput): Promise<ReleaseResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const books = await collectBooks(context.store, input, state);
  const rows = await readOutput<Example>(store, input, 'decontaminate', 'rows');
  const holdout = await readOutput<Example>(store, input, 'select', 'holdout');
  const findings = await readOutput<Finding>(store, input, 'decontaminate', 'findings');
  const contents = await releaseContents(context, input, state, rows, holdout, findings);
  const { redactor: comparedBehind } = await openComparing(store, state);
  const manifest = manifestOf(state, contents, books, rows, comparedBehind);
  const card: Content = {
    name: 'README.md',
    bytes: new TextEncoder().encode(renderDatasetCard(manifest)),
    count: 1,
  };
  const release = await storeRelease(context, manifest, [...contents, card]);
  return {
    release,
    findings: findings.length,
    manifestKey: keys.release(release),
    trainRows: rows.length,
    freshRows: rows.filter((row) => row.window === input.window.id).length,
    holdoutSamples: holdout.length,
  };
}

async function releaseContents(
  context: StepContext,
  input: StepInput,
  state: WindowState,
  rows: readonly Example[],
  holdout: readonly Example[],
  findings: readonly Finding[],
): Promise<readonly Content[]> {
  const { store } = context;
  const examples = await readOutput<Example>(store, input, 'select', 'train');
  const placements = await readOutput<Placement>(store, input, 'split', 'placements');
  const quarantine = await readOutput<unknown>(store, input, 'ingest', 'quarantined');
  const outdone = await readOutput<unknown>(store, input, 'ingest', 'outdone');
  const conversations = await readOutput<unknown>(store, input, 'ingest', 'conversations');
  const withheld = await readOutput<unknown>(store, input, 'ingest', 'withheld');
  const folds = await readOutput<unknown>(store, input, 'dedupe', 'folds');
  const conflicts = await readOutput<unknown>(store, input, 'dedupe', 'conflicts');
  const format = trainerFormatOf(state.configuration.train);
  return [
    { name: 'train.jsonl', bytes: toTrainerJsonl(rows, format), count: rows.length },
    { name: 'train.parquet', bytes: await writeExamplesParquet(rows), count: rows.length },
    { name: 'holdout.parquet', bytes: await writeExamplesParquet(holdout), count: holdout.length },
    await stored('rows', rows),
    await stored('examples', examples),
    await stored('holdout', holdout),
    await stored('placements', placements),
    await stored('outdone', outdone),
    await stored('conversations', conversations),
    await stored('withheld', withheld),
    await stored('findings', findings),
    await stored('folds', folds),
    ...(await championFolds(store, input, state)),
    await stored('conflicts', conflicts),
    await stored('quarantine', quarantine),
    await stored('sources', await consumedObjects(context, input, state.manifest)),
  ];
}

/** What was left out since the champion knows it; a file of releases that train it further, and of no other. */
async function championFolds(
  store: ObjectStore,
  input: StepInput,
  { configuration }: WindowState,
): Promise<readonly Content[]> {
  if (configuration.train.from !== 'champion') return [];
  const name = 'champion-folds';
  return [await stored(name, await readOutput<unknown>(store, input, 'dedupe', name))];
}

/** What this window read of each object, so that later windows need not read it again. */
async function consumedObjects(
  context: StepContext,
  input: StepInput,
  manifest: WindowManifest,
): Promise<readonly ConsumedObject[]> {
  type Line = { readonly source: number; readonly uri: string; readonly deferred: number };
  const lines = await readOutput<Line>(context.store, input, 'ingest', 'objects');
  const deferred = new Map(
    lines.map((line) => [canonicalJson([line.source, line.uri]), line.deferred]),
  );
  return manifest.sources.map((source) => ({
    ...source,
    deferred: deferred.get(canonicalJson([source.source, source.uri])) ?? 0,
  }));
}

async function stored(of: RowsName, rows: readonly unknown[]): Promise<Content> {
  const name = rowsFileName(of);
  return { name, bytes: await encodeShard(name, rows), count: rows.length };
}

function manifestOf(
  state: WindowState,
  contents: readonly Content[],
  books: readonly Books[],
  rows: readonly Example[],
  comparedBehind: string | null,
): ReleaseManifest {
  const { manifest, configuration } = state;
  const rowsByWindow: Record<string, number> = {};
  for (const row of rows) rowsByWindow[row.window] = (rowsByWindow[row.window] ?? 0) + 1;
  return {
    v: 1,
    model: manifest.model,
    window: manifest.window,
    windowManifestDigest: sha256Hex(canonicalJson(manifest)),
    parentRelease: manifest.parent?.release ?? null,
    replacedRelease: manifest.replacedRelease,
    configDigest: manifest.configDigest,
    versions: manifest.versions,
    ...(manifest.generation !== undefined && { generation: manifest.generation }),
    ...(comparedBehind !== null && { comparedBehind }),
    evalSets: manifest.evalSets,
    files: contents.map(describeFile),
    books,
    splitKeyFingerprint: manifest.splitKeyFingerprint,
    holdoutFraction: manifest.holdoutFraction,
    rowsByWindow,
    ...(configuration.train.method !== undefined && { method: configuration.train.method }),
    ...continuationOf(manifest, configuration),
    skippedBecause: null,
  };
}

/** What the release's rows are for, where they train the champion further. */
function continuationOf(
  { champion }: WindowManifest,
  { train }: Configuration,
): Pick<ReleaseManifest, 'continues'> {
  const modelId = continuedModel(train, champion.modelId);
  const replay = replayShare(train);
  return modelId === null || replay === null ? {} : { continues: { modelId, replay } };
}

function describeFile({ name, bytes, count }: Content): ReleaseFile {
  return { name, sha256: sha256Hex(bytes), bytes: bytes.length, count };
}

/** Stores a release's files, then the manifest that names them; its digest is the release. */
export async function storeRelease(
  context: StepContext,
  manifest: ReleaseManifest,
  contents: readonly Content[],
): Promise<string> {
  const digest = sha256Hex(canonicalJson(manifest));
  for (const { name, bytes, count } of contents) {
    await writeBytes(context.store, keys.releaseFile(digest, name), bytes, count);
  }
  await writeJson(context.store, keys.release(digest), manifest);
  return digest;
}

/** Moves the chain pointer to the release, from its parent or from the release that it replaces. */
export async function advanceChain(
  context: StepContext,
  input: StepInput & { readonly release: string },
): Promise<void> {
  const { manifest, configuration } = await openWindow(context.store, input);
  const entry = {
    window: input.window.id,
    windowIndex: windowIndex(configuration.window, input.window.id),
    release: input.release,
    parentRelease: manifest.parent?.release ?? null,
  };
  await moveChain(context.store, input.model, entry, manifest.replacedRelease);
}

/** Whether a rebuilt release is the one that the chain holds for this window. */
export async function compareRelease(
  context: StepContext,
  input: StepInput & { readonly release: string },
): Promise<{ readonly same: boolean }> {
  const { entry } = await readChainHead(context.store, input.model);
  for (let digest = entry?.release ?? null; digest !== null;) {
    if (digest === input.release) return { same: true };
    const manifest: ReleaseManifest = await readJson(context.store, keys.release(digest));
    digest = manifest.parentRelease;
  }
  return { same: false };
}
