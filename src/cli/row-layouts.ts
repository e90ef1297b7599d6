import { layoutOf, type RowLayout } from '../formats/dataset-layout.js';
import type { RowScanner } from '../text/row-scanner.js';

/**
 * Tells the layout of the row that a scanner has read last; `null` for a row that has to be parsed. One reader
 * serves one scanner: what that has kept for another says nothing of this one's rows.
 */
export function createLayoutReader(
  scanner: RowScanner,
  fields: readonly string[] | null,
): () => RowLayout | null {
  const layouts = new Map<string, RowLayout | null>();
  let layout: RowLayout | null = null;
  let hasKept = false;
  return () => {
    if (hasKept && scanner.isAsKept()) return layout;
    hasKept = true;
    const skeleton = scanner.keepSkeleton();
    const known = layouts.get(skeleton);
    layout = known === undefined ? layoutOf(skeleton, fields) : known;
    layouts.set(skeleton, layout);
    return layout;
  };
}
