/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const FIRST_BYTES = 16_384;
/** Up to so many units, a call of the system's encoder costs more than a loop does. */
const SHORT_TEXT = 96;

/** Gathers texts and bytes one behind the other, in memory that is used again. */
export interface ByteWriter {
  readonly length: number;
  /** Forgets what was gathered; what `part` gave is overwritten. */
  clear(): void;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** Gathers once more what stands from `start` to `end`. */
  again(start: number, end: number): void;
  /** What stands from `start` to `end`; valid until more is gathered. */
  part(start: number, end: number): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let room = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** The same memory: parts of a `Buffer` take three times as long to make. */
  let view = new Uint8Array(room.buffer);
  let length = 0;

  function need(more: number): void {
    if (length + more <= room.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(length + more, room.length * 2));
    wider.set(view.subarray(0, length));
    room = wider;
    view = new Uint8Array(room.buffer);
  }

  /** Whether a text is ASCII; then it is gathered. */
  function isShortAscii(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      view[length + index] = unit;
    }
    length += text.length;
    return true;
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
      if (text.length <= SHORT_TEXT && isShortAscii(text)) return;
      length += room.write(text, length);
    },
    bytes(bytes) {
      need(bytes.length);
      view.set(bytes, length);
      length += bytes.length;
    },
    again(start, end) {
      need(end - start);
      view.copyWithin(length, start, end);
      length += end - start;
    },
    part: (start, end) => view.subarray(start, end),
  };
}
