/** How the numbers of a text and of a sample agree. */
export interface NumberAgreement {
  /** Weighted Jaccard, each number as often as it stands there. */
  readonly jaccard: number;
  /** Longest common subsequence, as a share of the longer sequence. */
  readonly order: number;
  /** Whether each side has a number that the other has not at all. */
  readonly areExchanged: boolean;
}

/** More numbers of one text are not looked at: comparing their order takes the product of both counts. */
export const MOST_NUMBERS = 64;

/** What a number of the sample is, while the text's are read. */
const FOREIGN = 0;
const WANTED = 1;
const MET = 2;

/** Compares number sequences of known terms up to `size`; what neither has is `neither`. */
export function createNumberComparison(
  weightOf: (id: number) => number,
  size: number,
  neither: number,
): (a: Int32Array, b: Int32Array) => NumberAgreement {
  const left = new Int32Array(size + 1);
  const state = new Uint8Array(size + 1);
  const row = new Int32Array(MOST_NUMBERS + 1);

  function compare(a: Int32Array, b: Int32Array): Omit<NumberAgreement, 'order'> {
    let [common, whole, foreign] = [0, 0, 0];
    for (const id of b) {
      whole += weightOf(id);
      if (id > 0) left[id] = (left[id] ?? 0) + 1;
      if (id > 0) state[id] = WANTED;
    }
    for (const id of a) {
      const isWanted = id > 0 && state[id] !== FOREIGN;
      if (isWanted && (left[id] ?? 0) > 0) {
        left[id] = (left[id] ?? 0) - 1;
        common += weightOf(id);
      } else whole += weightOf(id);
      if (isWanted) state[id] = MET;
      else foreign += 1;
    }
    const isMissing = b.some((id) => id <= 0 || state[id] === WANTED);
    for (const id of b) if (id > 0) state[id] = left[id] = 0;
    return { jaccard: common / whole, areExchanged: isMissing && foreign > 0 };
  }

  function commonSubsequence(a: Int32Array, b: Int32Array): number {
    row.fill(0, 0, b.length + 1);
    for (const own of a) {
      let diagonal = 0;
      for (let index = 1; index <= b.length; index += 1) {
        const above = row[index] ?? 0;
        const isSame = own > 0 && own === b[index - 1];
        row[index] = isSame ? diagonal + 1 : Math.max(above, row[index - 1] ?? 0);
        diagonal = above;
      }
    }
    return row[b.length] ?? 0;
  }

  return (a, b) => {
    const longer = Math.max(a.length, b.length);
    if (longer === 0) return { jaccard: neither, order: neither, areExchanged: false };
    return { ...compare(a, b), order: commonSubsequence(a, b) / longer };
  };
}
