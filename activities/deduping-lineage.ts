import { type EarlierFold, foldIntoEarlier } from '../src/dedup/fold-into-earlier.js';
import type { Example } from '../src/domain/record.js';
import { type TrainerFormat, trainerFormatOf } from '../src/formats/trainer.js';
import { redactedAgain } from '../src/ingest/carry-over.js';
import { unitedRedactor } from '../src/ingest/comparison.js';
import { readLineageExamples, underLineDigest } from '../src/lineage/lineage-examples.js';
import { isOfRelease, readLineage } from '../src/lineage/lineage.js';
import { readPlacements } from './carried-rows.js';
import type { StepContext } from './dependencies.js';
import { redactorsOf } from './generation.js';
import type { WindowState } from './window-state.js';

/** What of a window's own rows the champion knows already. */
export interface KnownToChampion {
  readonly folds: readonly EarlierFold[];
  readonly cappedCount: number;
}

/**
 * Holds a window's own rows against all that the champion was trained on, where it is to be trained further: what it
 * is shown again is for replay to say. `compared` are the rows by what they compare as; `null` where candidates are
 * trained from the base model.
 */
export async function knownToChampion(
  context: StepContext,
  state: WindowState,
  compared: ReadonlyMap<Example, Example>,
  kept: readonly Example[],
): Promise<KnownToChampion | null> {
  const { configuration, manifest } = state;
  if (configuration.train.from !== 'champion') return null;
  const own = kept.filter(({ window }) => window === manifest.window.id);
  const before = new Set(
    (await readPlacements(context, state, state.ancestors)).map(({ id }) => id),
  );
  const format = trainerFormatOf(configuration.train);
  return foldIntoEarlier(
    own.map((row) => underLineDigestOf(row, compared.get(row) ?? row, format)),
    await championExamples(context, state),
    configuration.dedupe,
    ({ id, recordId = id }) => before.has(recordId),
  );
}

/** A row by what it compares as, and by its own line: the same line is the same whoever redacts it again. */
function underLineDigestOf(row: Example, original: Example, format: TrainerFormat): Example {
  const { contentDigest } = underLineDigest(original, format);
  return { ...row, contentDigest };
}

/** Rows of releases are redacted again where the chain has several redactors, declared ones always. */
async function championExamples(
  { store }: StepContext,
  state: WindowState,
): Promise<readonly Example[]> {
  const { trainingFiles } = await readLineage(store, state.manifest.championLineage);
  const redactors = redactorsOf(state);
  const united = unitedRedactor(redactors);
  const examples: Example[] = [];
  for (const file of trainingFiles === 'unknown' ? [] : trainingFiles) {
    const rows = await readLineageExamples(store, file);
    const isAsCompared = isOfRelease(file) && redactors.length === 1;
    examples.push(...(isAsCompared ? rows : rows.map((row) => againUnderItsDigest(row))));
  }
  return examples;

  function againUnderItsDigest(row: Example): Example {
    return { ...redactedAgain(row, united), contentDigest: row.contentDigest };
  }
}
