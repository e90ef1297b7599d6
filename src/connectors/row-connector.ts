import type { ListedObject } from '../domain/manifest.js';
import type { SourcePosition } from '../domain/record.js';
import type {
  Connector,
  ConnectorOptions,
  LineBatch,
  LogLine,
  QuarantinedLine,
} from './connector.js';
import { eachLine } from './line-batches.js';
import type { LogNames } from './log-bytes.js';
import { ALL_LOGS } from './log-names.js';
import { type KnownLine, readLogRowBatches } from './log-rows.js';
import type { JsonObject, LogRow } from './log-row.js';
import { UnreadableLine } from './unreadable-line.js';

/**
 * What a row of a log means: a record, or something to pass over; several of them where a row holds several
 * calls, `position.item` telling them apart. `row` is a JSON object, whatever file it
 * came from.
 * @throws UnreadableLine for a row that can't be understood; it is then quarantined.
 */
export type ReadRow = (row: JsonObject, position: SourcePosition) => LogLine | readonly LogLine[];

/**
 * A connector for logs in which every row stands for itself: all that it has to say is what a row means. Files
 * are found by their names, and read as lines, arrays or tables, compressed or not. Lines that are `known` are not
 * read as JSON.
 */
export function createRowConnector(
  { bytes, maximumLineBytes }: ConnectorOptions,
  readRow: ReadRow,
  names: LogNames = ALL_LOGS,
  known: KnownLine<LogLine> = () => null,
): Connector {
  return {
    names,
    look: () => bytes.look(names),
    name: (listed, known) => bytes.name(listed, known),
    toRead: (_listed, fresh) => fresh,
    read: (objects) => eachLine(batchesOf(objects, false)),
    readBatches: (objects) => batchesOf(objects, true),
  };

  async function* batchesOf(
    objects: readonly ListedObject[],
    isPassing: boolean,
  ): AsyncGenerator<LineBatch> {
    for (const object of objects) {
      const batches = readLogRowBatches(bytes, object, { maximumLineBytes, isPassing }, known);
      for await (const rows of batches) {
        yield meanings(rows, readRow);
      }
    }
  }
}

function* meanings(
  rows: Iterable<LogRow | LogLine>,
  readRow: ReadRow,
): Generator<LogLine, void, undefined> {
  for (const row of rows) {
    const lines = row.kind === 'row' ? meaning(row.value, row.position, readRow) : row;
    if (isOne(lines)) yield lines;
    else yield* lines;
  }
}

/** What a row means; one that can't be understood is quarantined. */
export function understood(
  row: JsonObject,
  position: SourcePosition,
  readRow: ReadRow,
): readonly LogLine[] {
  const lines = meaning(row, position, readRow);
  return isOne(lines) ? [lines] : lines;
}

function meaning(
  row: JsonObject,
  position: SourcePosition,
  readRow: ReadRow,
): LogLine | readonly LogLine[] {
  try {
    return readRow(row, position);
  } catch (error) {
    return quarantined(position, error);
  }
}

function isOne(lines: LogLine | readonly LogLine[]): lines is LogLine {
  return !Array.isArray(lines);
}

/** What `read` gives, or what it could not understand as a quarantined line. */
export function understoodOr<T>(
  position: SourcePosition,
  read: () => T,
): { readonly kind: 'understood'; readonly value: T } | QuarantinedLine {
  try {
    return { kind: 'understood', value: read() };
  } catch (error) {
    return quarantined(position, error);
  }
}

/** @throws what is no fault of the row */
function quarantined(position: SourcePosition, error: unknown): QuarantinedLine {
  const reason = reasonOf(error);
  if (reason === null) throw error;
  return { kind: 'quarantined', position, reason };
}

/** The stack ends on values that are nested some ten thousand levels deep, and those are nobody's. */
function reasonOf(error: unknown): string | null {
  if (error instanceof UnreadableLine) return error.reason;
  return error instanceof RangeError ? 'too-deep' : null;
}
