/** Rows that are canonical JSON already, so that writing them takes no more than copying. */
export interface EncodedRows {
  /** One row after the other, without a line feed; each is valid until the next one is asked for. */
  lines(): Iterable<Uint8Array>;
  /** The same as the frames of a shard, where they are made already. */
  readonly packed?: () => PackedRows | null;
}

/** Rows as the frames of a shard, which have only to be written. */
export interface PackedRows {
  readonly count: number;
  /** Each is valid until the next one is asked for. */
  frames(): Iterable<Uint8Array>;
}

/** Rows as values, or as the JSON that they are written as. */
export type Rows = Iterable<unknown> | EncodedRows;

export function areEncoded(rows: Rows): rows is EncodedRows {
  return 'lines' in rows;
}

/** The frames of a shard with these rows, where they are made already. */
export function packedOf(rows: Rows): PackedRows | null {
  return areEncoded(rows) ? (rows.packed?.() ?? null) : null;
}
