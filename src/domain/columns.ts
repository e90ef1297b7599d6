/**
 * Numbers by their index, in typed arrays of some thousands each: they take what they need, and growing copies nothing.
 * What was never set is 0.
 */
export interface Column {
  at(index: number): number;
  set(index: number, value: number): void;
}

interface Page {
  readonly length: number;
  [index: number]: number;
}

const PAGE_BITS = 14;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
const INTEGERS = 2 ** 32;

/** Numbers of any size, 8 bytes each. */
export const numberColumn = (): Column => column((length) => new Float64Array(length));

/** Whole numbers from 0 to 2^32 - 1, 4 bytes each. */
export const integerColumn = (): Column => column((length) => new Uint32Array(length));

/** Whole numbers from 0 to 2^16 - 1, 2 bytes each. */
export const shortColumn = (): Column => column((length) => new Uint16Array(length));

/** Whole numbers from 0 to 255, a byte each. */
export const byteColumn = (): Column => column((length) => new Uint8Array(length));

/** Whole numbers from 0 to 2^48 - 1, such as places in a file: 6 bytes each. */
export function placeColumn(): Column {
  const [lows, highs] = [integerColumn(), shortColumn()];
  return {
    at: (index) => highs.at(index) * INTEGERS + lows.at(index),
    set(index, value) {
      lows.set(index, value % INTEGERS);
      highs.set(index, Math.floor(value / INTEGERS));
    },
  };
}

function column(createPage: (length: number) => Page): Column {
  const pages: Page[] = [];
  return {
    at: (index) => pages[index >>> PAGE_BITS]?.[index & PAGE_MASK] ?? 0,
    set(index, value) {
      const number = index >>> PAGE_BITS;
      let page = pages[number];
      if (page === undefined) {
        while (pages.length <= number) pages.push(createPage(PAGE_SIZE));
        page = pages[number];
      }
      if (page !== undefined) page[index & PAGE_MASK] = value;
    },
  };
}
