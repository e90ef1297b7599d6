/**
 * How many letters have to be changed, added, left out or swapped with their neighbour (optimal string
 * alignment), counted in UTF-16 units.
 */
export function editDistance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const isSwap =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column - 1) + (same ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          isSwap ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(one.length, other.length);
}

/**
 * The known name that was probably meant, or `null`. Case, `_` and `-` don't count, so that `base_url`
 * finds `baseURL`; otherwise at most a third of the letters may differ.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const plain = plainName(name);
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(plain, plainName(candidate));
    if (best === null || distance < best.distance) best = { name: candidate, distance };
  }
  const allowed = Math.max(1, Math.floor(plain.length / 3));
  return best !== null && best.distance <= allowed ? best.name : null;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}
