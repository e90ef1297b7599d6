import { growingBytes, growingIntegers, growingNumbers } from '../dedup/growing-numbers.js';
import {
  joined,
  sharedBytes,
  sharedIntegers,
  sharedNumbers,
  shifted,
} from '../dedup/shared-arrays.js';

/** Where a prompt is found again. */
export const PROMPT_PLACES = {
  /** A text between quotes in the file, without escapes. */
  plain: 0,
  /** As `plain`, with escapes. */
  escaped: 1,
  /** In the row on a line of the file, which has to be parsed. */
  line: 2,
  /** In the store of prompts; `offset` is its number there. */
  store: 3,
} as const;

export type PromptPlace = (typeof PROMPT_PLACES)[keyof typeof PROMPT_PLACES];

/** Where rows and their prompts stand, and what they are called: arrays that threads can hand on. */
export interface PlaceColumns {
  readonly kinds: Uint8Array;
  /** Bytes of the file. */
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
  /** Lines from 1 on; 0 where the file has none. */
  readonly lines: Uint32Array;
  /** UTF-16 units of prompt and answer. */
  readonly lengths: Uint32Array;
  /** As `RankedRows` has them. */
  readonly ranks: Float64Array;
  /** Ids as JSON, one behind the other; none where a row has no id. */
  readonly ids: Uint8Array;
  readonly idEnds: Float64Array;
}

/** An id as a row has it. */
export type RowId = string | number | null;

export interface PlacedRow {
  readonly kind: PromptPlace;
  readonly offset: number;
  readonly size: number;
  readonly line: number;
  readonly length: number;
  readonly ranks: readonly number[];
}

export interface RowPlaces {
  readonly size: number;
  /** Adds a row; its id is what stands in `idBytes` from `idStart` to `idEnd`, as JSON. */
  add(row: PlacedRow, idBytes: Uint8Array, idStart: number, idEnd: number): void;
  /** What was added; begins from the front again. */
  taken(): PlaceColumns;
}

export function createRowPlaces(): RowPlaces {
  const kinds = growingBytes();
  const offsets = growingNumbers();
  const sizes = growingIntegers();
  const lines = growingIntegers();
  const lengths = growingIntegers();
  const ranks = growingNumbers();
  const ids = growingBytes();
  const idEnds = growingNumbers();
  return {
    get size() {
      return kinds.size;
    },
    add({ kind, offset, size, line, length, ranks: own }, idBytes, idStart, idEnd) {
      kinds.push(kind);
      offsets.push(offset);
      sizes.push(size);
      lines.push(line);
      lengths.push(length);
      for (const rank of own) ranks.push(rank);
      for (let at = idStart; at < idEnd; at += 1) ids.push(idBytes[at] ?? 0);
      idEnds.push(ids.size);
    },
    taken: () => ({
      kinds: kinds.taken(),
      offsets: offsets.taken(),
      sizes: sizes.taken(),
      lines: lines.taken(),
      lengths: lengths.taken(),
      ranks: ranks.taken(),
      ids: ids.taken(),
      idEnds: idEnds.taken(),
    }),
  };
}

/** The rows of several parts as those of one, in their order; `linesBefore` says how many lines stand before each. */
export function joinPlaces(
  parts: readonly PlaceColumns[],
  linesBefore: readonly number[],
): PlaceColumns {
  const of = <Column>(take: (part: PlaceColumns) => Column): readonly Column[] => parts.map(take);
  let idBytes = 0;
  const idsBefore = parts.map(({ ids }) => {
    idBytes += ids.length;
    return idBytes - ids.length;
  });
  return {
    kinds: joined(
      of(({ kinds }) => kinds),
      sharedBytes,
    ),
    offsets: joined(
      of(({ offsets }) => offsets),
      sharedNumbers,
    ),
    sizes: joined(
      of(({ sizes }) => sizes),
      sharedIntegers,
    ),
    lines: shifted(
      of(({ lines }) => lines),
      linesBefore,
      sharedIntegers,
    ),
    lengths: joined(
      of(({ lengths }) => lengths),
      sharedIntegers,
    ),
    ranks: joined(
      of(({ ranks }) => ranks),
      sharedNumbers,
    ),
    ids: joined(
      of(({ ids }) => ids),
      sharedBytes,
    ),
    idEnds: shifted(
      of(({ idEnds }) => idEnds),
      idsBefore,
      sharedNumbers,
    ),
  };
}

/** Reads ids of rows as their files have them, `null` where there is none. */
export function createIdReader({ ids, idEnds }: PlaceColumns): (row: number) => RowId {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.length);
  return (row) => {
    const start = row === 0 ? 0 : (idEnds[row - 1] ?? 0);
    const end = idEnds[row] ?? 0;
    return start === end ? null : (JSON.parse(bytes.toString('utf8', start, end)) as RowId);
  };
}
