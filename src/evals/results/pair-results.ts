import { DataError } from '../../domain/errors.js';
import type { PairedScore } from '../../domain/gate.js';
import type { ExternalScore } from './result-file.js';

/** Items that a refusal names. */
const NAMED = 5;

/**
 * Pairs two models' results by their items, in the champion's order. All of them may decide, and none is known to have
 * leaked.
 * @throws DataError `eval-results-differ` where the two were not asked the same items: a comparison would compare items.
 */
export function pairResults(
  champion: readonly ExternalScore[],
  candidate: readonly ExternalScore[],
): readonly PairedScore[] {
  const others = new Map(candidate.map((score) => [score.itemId, score]));
  const ids = new Set(champion.map(({ itemId }) => itemId));
  refuse(
    champion.filter(({ itemId }) => !others.has(itemId)),
    'only the champion was asked',
  );
  refuse(
    candidate.filter(({ itemId }) => !ids.has(itemId)),
    'only the candidate was asked',
  );
  const changed = champion.filter((one) => others.get(one.itemId)?.itemDigest !== one.itemDigest);
  refuse(changed, 'the two were asked differently');
  return champion.map(({ itemId, cluster, score }) => {
    const other = others.get(itemId)?.score ?? null;
    const isMissing = score === null || other === null;
    return {
      sampleId: itemId,
      cluster,
      champion: isMissing ? null : score,
      candidate: isMissing ? null : other,
      clean: true,
      decisive: true,
    };
  });
}

function refuse(items: readonly ExternalScore[], what: string): void {
  if (items.length === 0) return;
  const named = items.slice(0, NAMED).map(({ itemId }) => itemId);
  const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : '';
  throw new DataError(
    'eval-results-differ',
    `${items.length === 1 ? '1 item' : `${items.length} items`} that ${what} (${named.join('; ')}${more}): run both ` +
      `models on the same items, with the same prompts and targets`,
  );
}
