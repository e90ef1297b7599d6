import { readSync } from 'node:fs';
import { DataError } from '../domain/errors.js';
import { promptText } from '../domain/record.js';
import { jsonRow } from '../formats/json-row.js';
import type { PromptStore } from '../dedup/duplicate-search.js';
import type { RowScanner } from '../text/row-scanner.js';
import type { Shingler } from '../text/shingler.js';
import { datasetTextOf } from './dataset-options.js';
import { PROMPT_PLACES, type PlaceColumns } from './row-places.js';

/** A file of JSON Lines that stays open. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
}

export interface PromptSources {
  /** The file that a row is from, or `null` where its prompt is in the store. */
  readonly fileOf: (row: number) => OpenFile | null;
  /** `null` where no prompt is in it. */
  readonly store: PromptStore | null;
  readonly fields: readonly string[] | null;
  readonly scanner: RowScanner | null;
}

/**
 * Reads prompts again, from where they stand, into the shingler.
 * @throws DataError `dataset-unreadable` where the file no longer has what it had.
 */
export function createPromptReader(
  places: PlaceColumns,
  { fileOf, store, fields, scanner }: PromptSources,
  shingler: Shingler,
): (row: number) => void {
  let large = new Uint8Array(0);

  /** Scanned rows fit in the scanner's own memory. */
  function bufferFor(size: number): Uint8Array {
    if (scanner !== null && size <= scanner.capacity) return scanner.input;
    if (size > large.length) large = new Uint8Array(size);
    return large;
  }

  function bytesOf(row: number, { path, descriptor }: OpenFile): Uint8Array {
    const size = places.sizes[row] ?? 0;
    const scratch = bufferFor(size);
    const read = readSync(descriptor, scratch, 0, size, places.offsets[row] ?? 0);
    if (read === size) return scratch;
    throw new DataError('dataset-unreadable', `${path} can't be read: it has become shorter`);
  }

  function readLine(row: number, file: OpenFile): void {
    const size = places.sizes[row] ?? 0;
    const line = places.lines[row] ?? 0;
    const found = jsonRow(bytesOf(row, file).subarray(0, size), file.path, `line ${line}`);
    const text = datasetTextOf(found ?? {}, fields, { file: file.path, index: line - 1, line });
    shingler.read(promptText(text.messages).toWellFormed());
  }

  return (row) => {
    const kind = places.kinds[row];
    const file = fileOf(row);
    if (kind === PROMPT_PLACES.store || file === null) {
      shingler.readUtf8(store?.at(places.offsets[row] ?? 0) ?? new Uint8Array(0));
    } else if (kind === PROMPT_PLACES.line || scanner === null) readLine(row, file);
    else {
      bytesOf(row, file);
      const size = places.sizes[row] ?? 0;
      shingler.readTaken(scanner.take(0, size, kind === PROMPT_PLACES.escaped));
    }
  };
}
