/** All chunks as one array. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** What an async iterable yields, and what it throws at the end (`null` where it ends well). */
export async function collectUntilError<T>(
  values: AsyncIterable<T>,
): Promise<{ readonly values: readonly T[]; readonly error: unknown }> {
  const collected: T[] = [];
  try {
    for await (const value of values) collected.push(value);
  } catch (error) {
    return { values: collected, error };
  }
  return { values: collected, error: null };
}

/** `bytes` cut after every position in `cuts` (any order, repeated ones give empty chunks). */
export async function* chunked(
  bytes: Uint8Array,
  cuts: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const sorted = cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b);
  let start = 0;
  for (const cut of sorted) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
  yield bytes.subarray(start);
}

/** The same chunks, each overwritten when the next one is asked for. */
export async function* passing(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    const passed = new Uint8Array(chunk);
    yield passed;
    passed.fill(0xff);
  }
}

/** Deterministic bytes that don't compress (a 32-bit linear congruential generator's high byte). */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
