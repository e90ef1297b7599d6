import { DataError } from '../domain/errors.js';
import type { SourceObject } from '../domain/manifest.js';
import type { SourcePosition } from '../domain/record.js';
import { decompressed } from '../formats/decompress.js';
import type { LogBytes } from './log-bytes.js';
import { isParquetFile } from './log-names.js';

/** The first bytes of a line of a log, as they were logged. Never written, hashed or logged as they are. */
export interface LineBeginning {
  readonly position: SourcePosition;
  readonly bytes: Uint8Array;
}

/**
 * Reads lines of an object again by their positions, each as far as `maximumBytes`; of a row of a table its JSON. A
 * line that is not reached, behind where an archive breaks, is left out.
 */
export async function* readLineBeginnings(
  bytes: LogBytes,
  object: SourceObject,
  positions: readonly SourcePosition[],
  maximumBytes: number,
): AsyncGenerator<LineBeginning, void, undefined> {
  if (positions.length === 0) return;
  const read = isParquetFile(object.uri) ? rowsAt : linesAt;
  try {
    yield* read(bytes, object, positions, maximumBytes);
  } catch (error) {
    if (!(error instanceof DataError) || error.code === 'source-changed') throw error;
  }
}

async function* linesAt(
  bytes: LogBytes,
  object: SourceObject,
  positions: readonly SourcePosition[],
  maximumBytes: number,
): AsyncGenerator<LineBeginning, void, undefined> {
  const wanted = [...positions].sort((a, b) => a.offset - b.offset);
  let open: { readonly position: SourcePosition; readonly bytes: Buffer; filled: number }[] = [];
  let offset = 0;
  let next = 0;
  for await (const chunk of decompressed(object.uri, bytes.read(object))) {
    const end = offset + chunk.length;
    for (let at = wanted[next]; at !== undefined && at.offset < end; at = wanted[(next += 1)]) {
      const size = Math.min(at.length, maximumBytes);
      open.push({ position: at, bytes: Buffer.alloc(size), filled: 0 });
    }
    for (const line of open) {
      const from = line.position.offset + line.filled - offset;
      line.filled += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).copy(
        line.bytes,
        line.filled,
        from,
        from + line.bytes.length - line.filled,
      );
      if (line.filled === line.bytes.length) yield { position: line.position, bytes: line.bytes };
    }
    open = open.filter(({ filled, bytes: { length } }) => filled < length);
    offset = end;
  }
}

async function* rowsAt(
  bytes: LogBytes,
  object: SourceObject,
  positions: readonly SourcePosition[],
  maximumBytes: number,
): AsyncGenerator<LineBeginning, void, undefined> {
  const wanted = new Map(positions.map((position) => [position.line, position]));
  const { isTextBroken, readParquetRows } = await import('../formats/parquet.js');
  const slice = (start: number, end: number): Promise<Uint8Array> =>
    bytes.range(object, start, end);
  let row = 0;
  for await (const value of readParquetRows({ byteLength: object.bytes, slice }, 'marked')) {
    const position = wanted.get((row += 1));
    if (position === undefined || isTextBroken(value)) continue;
    const json = JSON.stringify(value, (_name, each: unknown) =>
      typeof each === 'bigint' ? String(each) : each,
    );
    yield { position, bytes: Buffer.from(json).subarray(0, maximumBytes) };
  }
}
