/** Where things lie in the memory of the kernel, and what is said of words. */

export const LETTER: u32 = 1;
export const DIGIT: u32 = 2;
export const BETWEEN_LETTERS: u32 = 8;
export const BETWEEN_DIGITS: u32 = 16;
/** A word that the caller has to read himself: numbers with signs and points, connectors, placeholders. */
export const UNREAD: u8 = 128;
export const WORD: u8 = 0;
export const NUMBER: u8 = 1;
export const IDENTIFIER: u8 = 3;

/** Longest text in bytes, and the zeros behind it. */
export const MAXIMUM_BYTES: u32 = 1 << 20;
export const SLACK: u32 = 128;
export const MAXIMUM_WORDS: u32 = (MAXIMUM_BYTES >> 1) + 64;

export const CLASSES: usize = memory.data(256);
export const TEXT: usize = 1 << 16;
export const FOLDED: usize = TEXT + MAXIMUM_BYTES + SLACK;
export const LOWS: usize = FOLDED + MAXIMUM_BYTES + SLACK;
export const HIGHS: usize = LOWS + (MAXIMUM_WORDS << 2);
export const STARTS: usize = HIGHS + (MAXIMUM_WORDS << 2);
export const ENDS: usize = STARTS + (MAXIMUM_WORDS << 2);
export const KINDS: usize = ENDS + (MAXIMUM_WORDS << 2);
export const RUN_LOWS: usize = KINDS + MAXIMUM_WORDS;
export const RUN_HIGHS: usize = RUN_LOWS + (MAXIMUM_WORDS << 2);
export const SLOTS: usize = RUN_HIGHS + (MAXIMUM_WORDS << 2);
export const ROUNDS: usize = SLOTS + 1024;
/** What is read of a file, and a table of the members of the row that was scanned last: start, end, escapes. */
export const INPUT: usize = ROUNDS + 2048;
export const MAXIMUM_MEMBERS: u32 = 64;
export const MEMBERS: usize = INPUT + MAXIMUM_BYTES + SLACK;
export const SKELETON: usize = MEMBERS + MAXIMUM_MEMBERS * 12;
export const REFERENCE: usize = SKELETON + (1 << 12) + 256;
/** Entries of the set that others are compared with: two lanes, two stamps. */
export const SET: usize = REFERENCE + (1 << 12) + 256;
export const SET_CAPACITY: u32 = 1 << 12;
/** A bit for each slot. */
export const EMPTY_BITS: usize = SET + (SET_CAPACITY << 4);
/** Words whose hashes are put in their places last: number, low and high lane. */
export const HASHED: usize = EMPTY_BITS + 64;
/** Stretches that the caller has to read himself: first unit and the one behind the last. */
export const STRETCHES: usize = HASHED + MAXIMUM_WORDS * 12;
export const MAXIMUM_STRETCHES: u32 = 1 << 13;
/** What lies behind is the caller's. */
export const ROOM: usize = (STRETCHES + (MAXIMUM_STRETCHES << 3) + 63) & ~63;

export function maximumBytes(): u32 { return MAXIMUM_BYTES; }
export function maximumWords(): u32 { return MAXIMUM_WORDS; }
export function textAt(): usize { return TEXT; }
export function foldedAt(): usize { return FOLDED; }
export function lowsAt(): usize { return LOWS; }
export function highsAt(): usize { return HIGHS; }
export function startsAt(): usize { return STARTS; }
export function endsAt(): usize { return ENDS; }
export function kindsAt(): usize { return KINDS; }
export function runLowsAt(): usize { return RUN_LOWS; }
export function runHighsAt(): usize { return RUN_HIGHS; }
export function slotsAt(): usize { return SLOTS; }
export function roundsAt(): usize { return ROUNDS; }
export function inputAt(): usize { return INPUT; }
export function membersAt(): usize { return MEMBERS; }
export function skeletonAt(): usize { return SKELETON; }
export function stretchesAt(): usize { return STRETCHES; }
export function maximumStretches(): u32 { return MAXIMUM_STRETCHES; }
export function roomAt(): usize { return ROOM; }

/** Makes the table of classes, and room for the longest text and `bytes` more; false where there is none. */
export function initialise(bytes: u32): bool {
  const pages = <i32>((<u64>ROOM + bytes + 65535) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return false;
  for (let code: u32 = 0; code < 128; code++) {
    let kind: u32 = 0;
    if ((code | 32) >= 97 && (code | 32) <= 122) kind = LETTER;
    else if (code >= 48 && code <= 57) kind = DIGIT;
    else if (code == 95) kind = 4;
    else if (code == 58) kind = BETWEEN_LETTERS;
    else if (code == 44 || code == 59) kind = BETWEEN_DIGITS;
    else if (code == 46 || code == 39) kind = BETWEEN_LETTERS | BETWEEN_DIGITS;
    store<u8>(CLASSES + code, <u8>kind);
  }
  return true;
}
