import { resolve } from 'node:path';
import type { Configuration } from '../src/domain/configuration.js';
import { ConfigError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, WindowManifest } from '../src/domain/manifest.js';
import type { Lineage } from '../src/domain/model.js';
import { findLineage, lineageKey, parseTrainingRows, readLineage } from '../src/lineage/lineage.js';
import { declareChampion as declareAlias, readDeclaredAlias } from '../src/promotion/alias.js';
import { keys } from '../src/release/layout.js';
import { sha256Hex, writeBytes, writeJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

type Champion = Pick<WindowManifest, 'champion' | 'championLineage'>;

/** A lineage as it is declared, and the content of its files. */
interface Declaration {
  readonly lineage: Lineage;
  readonly contents: readonly Uint8Array[];
}

/**
 * Declares the configuration's first champion and what it was trained on: its files are copied into the
 * store, so that every later week can scan them, also when they are gone by then. Said once; a declaration
 * that was changed afterwards is refused. A dry run declares nothing: what it takes the champion for lies below `dry-runs/`.
 * @throws ConfigError for a file that can't be read the first time, and where something else was declared first.
 */
export async function declareChampion(
  deps: Dependencies,
  configuration: Configuration,
  isDryRun: boolean,
): Promise<Champion> {
  const { store } = deps;
  const { model, champion } = configuration;
  const serving = await readDeclaredAlias(store, model, champion.modelId);
  const declared = await declareLineage(deps, configuration, isDryRun);
  if (isDryRun && serving === null) {
    return { champion: { modelId: champion.modelId, version: 1 }, championLineage: declared };
  }
  const { alias, version } =
    serving ?? (await declareAlias(store, model, champion.modelId, deps.now()));
  return {
    champion: { modelId: alias.modelId, version },
    championLineage: await findLineage(store, alias.modelId),
  };
}

/** The first champion, for the manifest of a window in which another serves, where it is to be asked. */
export async function anchorBehind(
  { store }: Pick<Dependencies, 'store'>,
  { champion: { modelId }, gate }: Configuration,
  servingId: string,
): Promise<Pick<WindowManifest, 'anchor'>> {
  if (gate.anchor !== 'ask' || modelId === servingId) return {};
  return { anchor: { modelId, lineage: await findLineage(store, modelId) } };
}

/** Where the declared champion's lineage lies, written down now where it was not before. */
async function declareLineage(
  deps: Dependencies,
  configuration: Configuration,
  isDryRun: boolean,
): Promise<ObjectReference> {
  const { store } = deps;
  const { model } = configuration;
  const { modelId } = configuration.champion;
  if ((await store.head(lineageKey(modelId))) !== null) {
    const known = await findLineage(store, modelId);
    await assertAsDeclared(deps, configuration, await readLineage(store, known));
    return known;
  }
  const keyOfFile = (sha256: string): string =>
    isDryRun ? keys.dryRunTrainingFile(model, sha256) : keys.trainingFile(sha256);
  const { lineage, contents } = await readDeclaration(deps, configuration, keyOfFile);
  for (const bytes of contents) {
    await writeBytes(store, keyOfFile(sha256Hex(bytes)), bytes, 0);
  }
  const key = isDryRun
    ? keys.dryRunLineage(model, sha256Hex(canonicalJson(lineage)))
    : lineageKey(modelId);
  return writeJson(store, key, lineage);
}

async function readDeclaration(
  deps: Dependencies,
  { champion: { modelId, trainedOn } }: Configuration,
  keyOfFile: (sha256: string) => string,
): Promise<Declaration> {
  const declared = { v: 1, modelId, baseModel: null, release: null } as const;
  if (trainedOn === 'unknown') {
    return { lineage: { ...declared, trainingFiles: trainedOn }, contents: [] };
  }
  const contents = await Promise.all(trainedOn.map((path) => readTrainingFile(deps, path)));
  const trainingFiles = contents.map((bytes, index) => {
    const sha256 = sha256Hex(bytes);
    const count = parseTrainingRows(bytes, trainedOn[index] ?? '').length;
    return { key: keyOfFile(sha256), sha256, bytes: bytes.length, count };
  });
  return { lineage: { ...declared, trainingFiles }, contents };
}

async function readTrainingFile(deps: Dependencies, path: string): Promise<Uint8Array> {
  const bytes = await readIfThere(deps, path);
  if (bytes !== null) return bytes;
  throw new ConfigError(`champion.trainedOn names ${path}, which cannot be read`);
}

async function readIfThere(deps: Dependencies, path: string): Promise<Uint8Array | null> {
  try {
    return await deps.readFile(resolve(deps.baseFolder, path));
  } catch {
    return null;
  }
}

/** What holdfast trained itself it knows better than any declaration. */
async function assertAsDeclared(
  deps: Dependencies,
  { champion: { trainedOn } }: Configuration,
  known: Lineage,
): Promise<void> {
  if (known.release !== null || (await isAsDeclared(deps, trainedOn, known))) return;
  throw new ConfigError(
    `champion.trainedOn is not what ${known.modelId} was first declared to be trained on ` +
      `(${describe(known.trainingFiles)} then, ${describe(trainedOn)} now, or other content), and what was ` +
      `measured since rests on that: declare it as it was, or begin anew with another store`,
  );
}

/** Whether the same files are declared. One that is gone since is what it was: the store has its content. */
async function isAsDeclared(
  deps: Dependencies,
  trainedOn: Configuration['champion']['trainedOn'],
  { trainingFiles }: Lineage,
): Promise<boolean> {
  if (trainedOn === 'unknown' || trainingFiles === 'unknown') return trainedOn === trainingFiles;
  if (trainedOn.length !== trainingFiles.length) return false;
  const contents = await Promise.all(trainedOn.map((path) => readIfThere(deps, path)));
  return contents.every(
    (bytes, index) => bytes === null || sha256Hex(bytes) === trainingFiles[index]?.sha256,
  );
}

function describe(files: 'unknown' | readonly unknown[]): string {
  return files === 'unknown' ? files : `${files.length} files`;
}
