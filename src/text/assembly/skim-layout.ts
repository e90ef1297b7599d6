/** Where the skimming of lines has what in its memory. */

export const MAXIMUM_LINE: u32 = 1 << 20;
export const SLACK: u32 = 64;
export const MAXIMUM_VALUES: u32 = 1 << 12;
export const LONGEST_NAME: usize = 31;
export const MAXIMUM_NAMES: u32 = 64;
export const NAME_BYTES: u32 = 32;

/** Of each length where the names of that length begin, and how many there are: a byte each. */
export const LENGTHS: usize = 1 << 14;
/** Names in the order of their lengths: what is left out under each, and its bytes. */
export const NAMES: usize = LENGTHS + 64;
export const LINE: usize = 1 << 16;
export const SHAPE: usize = LINE + MAXIMUM_LINE + SLACK;
/** Of each value that is left out where it begins and ends in the line, its quotes left out, and what it is. */
export const VALUES: usize = SHAPE + MAXIMUM_LINE + SLACK;
export const VALUE_BYTES: u32 = 12;
/** Where a text goes whose escapes are resolved. */
export const RESOLVED: usize = VALUES + MAXIMUM_VALUES * VALUE_BYTES;
/** Where shapes are kept. */
export const SHAPES: usize = RESOLVED + MAXIMUM_LINE + SLACK;

export const MOST_SHAPES: u32 = 1000;
/** What all that are kept may have together. */
export const SHAPES_BYTES: u32 = 1 << 22;
export const SLOT_COUNT: u32 = 1 << 11;
/** Of each shape where it begins, how long it is, and its hash. */
export const ENTRY_BYTES: u32 = 12;

/** One more than a shape's number; 0 where there is none. */
export const SLOTS: usize = SHAPES;
export const ENTRIES: usize = SLOTS + SLOT_COUNT * 2;
export const KEPT: usize = ENTRIES + MOST_SHAPES * ENTRY_BYTES;
export const END: usize = KEPT + SHAPES_BYTES;
