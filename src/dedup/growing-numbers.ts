/** Numbers one behind the other, in a typed array that grows. */
export interface Growing<Values> {
  readonly size: number;
  push(value: number): void;
  at(index: number): number;
  /** Begins from the front again, in the room that there is. */
  clear(): void;
  /** What is there so far, without the room behind it; shares memory until the next `push`. */
  values(): Values;
  /** What is there so far, which is its own from then on; begins from the front again, with as much room. */
  taken(): Values;
}

export type GrowingNumbers = Growing<Float64Array>;

const FIRST_CAPACITY = 1_024;

interface Numbers<Self> {
  readonly length: number;
  [index: number]: number;
  set(values: ArrayLike<number>): void;
  subarray(from: number, to: number): Self;
}

/** Numbers of any size. */
export const growingNumbers = (): GrowingNumbers =>
  growing<Float64Array>((capacity) => new Float64Array(capacity));

/** Whole numbers from 0 to 2^32 - 1. */
export const growingIntegers = (): Growing<Uint32Array> =>
  growing<Uint32Array>((capacity) => new Uint32Array(capacity));

/** Whole numbers from 0 to 255. */
export const growingBytes = (): Growing<Uint8Array> =>
  growing<Uint8Array>((capacity) => new Uint8Array(capacity));

function growing<Values extends Numbers<Values>>(
  create: (capacity: number) => Values,
): Growing<Values> {
  let values = create(FIRST_CAPACITY);
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(value) {
      if (size === values.length) {
        const wider = create(size * 2);
        wider.set(values);
        values = wider;
      }
      values[size] = value;
      size += 1;
    },
    at: (index) => values[index] ?? 0,
    clear() {
      size = 0;
    },
    values: () => values.subarray(0, size),
    taken() {
      const all = values.subarray(0, size);
      values = create(values.length);
      size = 0;
      return all;
    },
  };
}
