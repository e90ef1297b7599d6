import type { EarlierFold } from '../src/dedup/fold-into-earlier.js';
import type { Example } from '../src/domain/record.js';
import { readLineage } from '../src/lineage/lineage.js';
import type { StoredRelease } from '../src/release/chain.js';
import type { StepContext } from './dependencies.js';
import { carryOverFrom } from './generation.js';
import type { WindowState } from './window-state.js';
import { readReleaseFile } from './window-state.js';

/**
 * Tells which rows of history the champion was trained on, or was found to know: all of a release whose training file is
 * among its own, and of other releases those that such a file holds too, as it does once a candidate after inconclusive
 * weeks was promoted.
 */
export async function learntRows(
  context: StepContext,
  state: WindowState,
): Promise<(row: Example) => boolean> {
  const { trainingFiles } = await readLineage(context.store, state.manifest.championLineage);
  const files = trainingFiles === 'unknown' ? [] : trainingFiles;
  const digests = new Set(files.map(({ sha256 }) => sha256));
  const learnt = new Set<string>();
  for (const release of [...state.replaced, ...state.ancestors]) {
    const carried = carryOverFrom(context, state, release);
    const learn = (id: string, window: string): void => {
      learnt.add(placeOf(carried?.id(id) ?? id, window));
    };
    if (isTrainedOn(release, digests)) {
      for (const name of ['examples', 'rows'] as const) {
        const rows = await readReleaseFile<Example>(context.store, release, name);
        for (const { id, window } of rows) learn(id, window);
      }
    }
    const folds = await readReleaseFile<EarlierFold>(context.store, release, 'champion-folds');
    for (const { id, keptId } of folds) {
      const isKnown = files.some(({ key }) => keptId.startsWith(`${key}#`));
      if (isKnown) learn(id, release.manifest.window.id);
    }
  }
  return ({ id, window }) => learnt.has(placeOf(id, window));
}

function isTrainedOn({ manifest }: StoredRelease, digests: ReadonlySet<string>): boolean {
  return manifest.files.some(({ name, sha256 }) => name === 'train.jsonl' && digests.has(sha256));
}

function placeOf(id: string, window: string): string {
  return `${window}\u0000${id}`;
}
