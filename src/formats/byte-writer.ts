/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const FIRST_BYTES = 16_384;

/** Gathers texts and bytes one behind the other, in memory that is used again. */
export interface ByteWriter {
  readonly length: number;
  /** Forgets what was gathered; what `part` gave is overwritten. */
  clear(): void;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What stands from `start` to `end`; valid until more is written. */
  part(start: number, end: number): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let room = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let length = 0;

  function need(more: number): void {
    if (length + more <= room.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(length + more, room.length * 2));
    wider.set(room.subarray(0, length));
    room = wider;
  }

  return {
    get length() {
      return length;
    },
    clear() {
      length = 0;
    },
    text(text) {
      need(text.length * BYTES_PER_UNIT);
      length += room.write(text, length);
    },
    bytes(bytes) {
      need(bytes.length);
      room.set(bytes, length);
      length += bytes.length;
    },
    part: (start, end) => room.subarray(start, end),
  };
}
