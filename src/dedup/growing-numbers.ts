/** Numbers one behind the other, in an array that grows. */
export interface GrowingNumbers {
  readonly size: number;
  push(value: number): void;
  at(index: number): number;
}

const FIRST_CAPACITY = 1_024;

export function growingNumbers(): GrowingNumbers {
  let values = new Float64Array(FIRST_CAPACITY);
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(value) {
      if (size === values.length) {
        const wider = new Float64Array(size * 2);
        wider.set(values);
        values = wider;
      }
      values[size] = value;
      size += 1;
    },
    at: (index) => values[index] ?? 0,
  };
}
