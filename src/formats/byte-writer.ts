/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const FIRST_BYTES = 16_384;
/** Up to so many units, a call of the system's encoder costs more than a loop does. */
const SHORT_TEXT = 32;
/** The same of one that has to be looked through, or to be turned into JSON first. */
const SHORT_JSON = 96;
/** Up to so many bytes, making a part of others takes longer than copying one by one. */
const SHORT_RANGE = 32;
/** A tenth of a number of more digits may be rounded up to the next whole one. */
const MOST_DIGITS = 15;
const FIRST_LONG = 10 ** MOST_DIGITS;
const [SPACE, TILDE, QUOTATION_MARK, BACKSLASH, DIGIT_0] = [0x20, 0x7e, 0x22, 0x5c, 0x30];

/** Gathers texts and bytes one behind the other, in memory that is used again. */
export interface ByteWriter {
  /** How many bytes were gathered. No getter: V8 looks up all members of an object that has one, each time. */
  length(): number;
  /** Forgets what was gathered; what `part` gave is overwritten. */
  clear(): void;
  text(text: string): void;
  /** A text as JSON, as `JSON.stringify` writes it. */
  json(text: string): void;
  /** The same of a text that JSON has no escapes for, such as a digest. */
  quoted(text: string): void;
  /** The digits of a whole number that is not below 0. */
  whole(number: number): void;
  bytes(bytes: Uint8Array): void;
  /** What of some bytes stands from `start` to `end`. */
  range(bytes: Uint8Array, start: number, end: number): void;
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

  /** Whether a text is ASCII that JSON has no escapes for; then it is gathered in quotation marks. */
  function isPlain(text: string): boolean {
    let to = length;
    view[to] = QUOTATION_MARK;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      const isOther = unit === QUOTATION_MARK || unit === BACKSLASH;
      if (unit < SPACE || unit > TILDE || isOther) return false;
      to += 1;
      view[to] = unit;
    }
    view[to + 1] = QUOTATION_MARK;
    length = to + 2;
    return true;
  }

  function write(text: string): void {
    need(text.length * BYTES_PER_UNIT);
    if (text.length <= SHORT_TEXT && isShortAscii(text)) return;
    length += room.write(text, length);
  }

  return {
    length: () => length,
    clear() {
      length = 0;
    },
    text: write,
    json(text) {
      need(text.length + 2);
      if (text.length <= SHORT_JSON && isPlain(text)) return;
      write(JSON.stringify(text));
    },
    quoted(text) {
      need(text.length * BYTES_PER_UNIT + 2);
      view[length] = QUOTATION_MARK;
      length += 1;
      write(text);
      view[length] = QUOTATION_MARK;
      length += 1;
    },
    whole(number) {
      if (number >= FIRST_LONG) return write(String(number));
      need(MOST_DIGITS);
      let digits = 1;
      for (let bound = 10; bound <= number; bound *= 10) digits += 1;
      let rest = number;
      for (let at = length + digits - 1; at >= length; at -= 1) {
        const tenth = Math.floor(rest / 10);
        view[at] = DIGIT_0 + rest - tenth * 10;
        rest = tenth;
      }
      length += digits;
    },
    bytes(bytes) {
      need(bytes.length);
      view.set(bytes, length);
      length += bytes.length;
    },
    range(bytes, start, end) {
      need(end - start);
      if (end - start > SHORT_RANGE) view.set(bytes.subarray(start, end), length);
      else {
        for (let at = start; at < end; at += 1) view[length + at - start] = bytes[at] ?? 0;
      }
      length += end - start;
    },
    again(start, end) {
      need(end - start);
      view.copyWithin(length, start, end);
      length += end - start;
    },
    part: (start, end) => view.subarray(start, end),
  };
}
