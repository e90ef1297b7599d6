import type { Example } from '../domain/record.js';
import type { DedupePolicy } from '../domain/shingle.js';
import { itemOf } from './dedupe-examples.js';
import { foldDuplicates } from './fold.js';

/** A new row that a model has been trained on already, and the row of its files that it repeats. */
export interface EarlierFold {
  readonly id: string;
  readonly keptId: string;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

/**
 * Which of the rows repeat one that a model was trained on before, exactly or nearly, as `dedupeExamples` means it.
 * A revision is there to replace its older row, and repeats it only where it is the same. Sorted by id.
 */
export function foldIntoEarlier(
  rows: readonly Example[],
  earlier: readonly Example[],
  policy: DedupePolicy,
  isRevision: (row: Example) => boolean,
): { readonly folds: readonly EarlierFold[]; readonly cappedCount: number } {
  const known = new Set(earlier);
  const rank = ({ example }: { readonly example: Example }): number => (known.has(example) ? 0 : 1);
  const { dropped, cappedCount } = foldDuplicates(
    [...earlier, ...rows].map(itemOf),
    policy,
    (a, b) => rank(a) - rank(b),
  );
  const folds = dropped
    .filter(({ item, kept }) => !known.has(item.example) && known.has(kept.example))
    .filter(({ item, rule }) => rule === 'exact' || !isRevision(item.example))
    .map(({ item, kept, similarity, rule }) => ({
      id: item.id,
      keptId: kept.id,
      similarity,
      rule,
    }));
  return { folds: folds.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)), cappedCount };
}
