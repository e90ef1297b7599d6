/** Arrays of zeros that threads can have in common. */
export const sharedBytes = (length: number): Uint8Array =>
  new Uint8Array(new SharedArrayBuffer(length));

export const sharedIntegers = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));

export const sharedNumbers = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));

interface Numbers<Self> {
  readonly length: number;
  set(values: Self, at: number): void;
}

/** Arrays one behind the other, in one of `create`. */
export function joined<Values extends Numbers<Values>>(
  parts: readonly Values[],
  create: (length: number) => Values,
): Values {
  const whole = create(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface ShiftableNumbers<Self> extends Numbers<Self> {
  [index: number]: number;
}

/** As `joined`, with a number of its own added to each element of a part. */
export function shifted<Values extends ShiftableNumbers<Values>>(
  parts: readonly Values[],
  shifts: readonly number[],
  create: (length: number) => Values,
): Values {
  const whole = joined(parts, create);
  let at = 0;
  parts.forEach(({ length }, part) => {
    const shift = shifts[part] ?? 0;
    const end = at + length;
    if (shift === 0) at = end;
    for (; at < end; at += 1) whole[at] = (whole[at] ?? 0) + shift;
  });
  return whole;
}
