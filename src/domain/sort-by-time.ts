const INTEGERS = 2 ** 32;

/**
 * Puts numbers in the order of their times, and those of one time in that of `compare`, which sees few of them: sorting
 * whole numbers without a comparison of its own takes a tenth of the time.
 *
 * Each becomes 64 bits, its time above its place, where times are as far apart as 32 bits tell; `compare` has the last
 * word on those that are nearer.
 */
export function sortByTime(
  numbers: readonly number[],
  timeOf: (number: number) => number,
  compare: (a: number, b: number) => number,
): readonly number[] {
  const times = Float64Array.from(numbers, timeOf);
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  const last = times.reduce((most, time) => Math.max(most, time), -Infinity);
  const unit = Math.max(1, Math.ceil((last - first + 1) / INTEGERS));
  const keys = new BigUint64Array(numbers.length);
  const halves = new Uint32Array(keys.buffer);
  for (const [index, time] of times.entries()) {
    halves[index * 2 + PLACE] = index;
    halves[index * 2 + TIME] = Math.floor((time - first) / unit);
  }
  keys.sort();
  const sorted = numbers.map((_number, index) => numbers[halves[index * 2 + PLACE] ?? 0] ?? 0);
  for (let start = 0; start < sorted.length;) {
    const time = halves[start * 2 + TIME];
    let end = start + 1;
    while (end < sorted.length && halves[end * 2 + TIME] === time) end += 1;
    if (end - start > 1) {
      const near = sorted.slice(start, end).sort(compare);
      for (const [index, number] of near.entries()) sorted[start + index] = number;
    }
    start = end;
  }
  return sorted;
}

/** Which of the two halves of 64 bits counts more is the processor's affair. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const [PLACE, TIME] = IS_LITTLE_ENDIAN ? [0, 1] : [1, 0];
