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

/** Numbers of any size. */
export const numberColumn = (): Column => column((length) => new Float64Array(length));

/** Whole numbers from 0 to 2^32 - 1. */
export const integerColumn = (): Column => column((length) => new Uint32Array(length));

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
