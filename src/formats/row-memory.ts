/**
 * Memory that rows stand in, as bytes and as numbers: `Buffer`'s own methods for numbers, and its parts, take several
 * times as long as a view's.
 */
export interface RowMemory {
  readonly bytes: Buffer;
  readonly numbers: DataView;
  /** All of it; asking the bytes for it takes as long as making a part. */
  readonly buffer: ArrayBuffer;
}

export function rowMemory(length: number): RowMemory {
  const bytes = Buffer.allocUnsafeSlow(length);
  const { buffer } = bytes;
  return { bytes, numbers: new DataView(buffer), buffer };
}

/** The first `used` bytes in memory of another length. */
export function movedTo({ bytes }: RowMemory, used: number, length: number): RowMemory {
  const other = rowMemory(length);
  bytes.copy(other.bytes, 0, 0, used);
  return other;
}

/** A part of it, which it shares. */
export function partOf({ buffer }: RowMemory, start: number, length: number): Uint8Array {
  return new Uint8Array(buffer, start, length);
}
