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
