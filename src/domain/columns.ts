/**
 * Numbers by their index, in typed arrays of some thousands each: they take what they need, and growing copies no more
 * than the first of these. What was never set is 0.
 */
export interface Column {
  at(index: number): number;
  set(index: number, value: number): void;
}

interface Page {
  readonly length: number;
  [index: number]: number;
  set(values: ArrayLike<number>): void;
}

const PAGE_BITS = 14;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
/** A column of few numbers takes little. */
const FIRST_PAGE_SIZE = 256;
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

  /** The page of this number, long enough for an index on it; the first one is as long as it has to be. */
  function grow(number: number, index: number): Page {
    while (pages.length <= number) {
      pages.push(createPage(pages.length === 0 ? FIRST_PAGE_SIZE : PAGE_SIZE));
    }
    const page = pages[number] ?? createPage(PAGE_SIZE);
    if (index < page.length) return page;
    let size = page.length;
    while (size <= index) size *= 2;
    const wider = createPage(size);
    wider.set(page);
    pages[number] = wider;
    return wider;
  }

  return {
    at: (index) => pages[index >>> PAGE_BITS]?.[index & PAGE_MASK] ?? 0,
    set(index, value) {
      const number = index >>> PAGE_BITS;
      const place = index & PAGE_MASK;
      let page = pages[number];
      if (page === undefined || place >= page.length) page = grow(number, place);
      page[place] = value;
    },
  };
}
