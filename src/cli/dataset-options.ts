import { ConfigError, DataError, PrerequisiteError } from '../domain/errors.js';
import type { ShinglePolicy } from '../domain/shingle.js';
import { datasetBytes, readDataset } from '../formats/dataset-file.js';
import { type DatasetText, KNOWN_SHAPES, readDatasetText } from '../formats/dataset-row.js';
import type { Command } from './command-line.js';
import { createFileStamps } from './file-stamps.js';
import { startProgress } from './progress.js';

/** Where a row stands. */
export interface RowPlace {
  readonly file: string;
  /** Counts from 0. */
  readonly index: number;
  /** Counts from 1; `null` where the file has no lines. */
  readonly line: number | null;
}

/** A row as the commands on files take it: where it stands, and what it holds. */
export interface PlacedText extends DatasetText, RowPlace {}

/** What of a row counts beside its texts, where rows are compared with each other. */
export interface RowRest {
  /** What it is ranked by among others. */
  readonly ranks: readonly number[];
  /** As `besidesOf` gives it. */
  readonly besides: string;
  /** As `expectedOf` gives it. */
  readonly expected: string;
}

/** Takes of a row what is wanted beside its texts. */
export type RestOf<Rest> = (
  row: Readonly<Record<string, unknown>>,
  place: RowPlace,
  text: DatasetText,
) => Rest;

/** The options that the commands on files share. */
export function withFileOptions(command: Command, shingle: string): Command {
  return command
    .option('--text-field <names>', 'columns of the files to take, joined, e.g. question,context')
    .option(
      '--shingle <unit:size>',
      'what similarity is the share of, e.g. words:5, chars:5',
      shingle,
    )
    .option('--evidence <file>', 'write every finding to this file, .jsonl, .ndjson or .parquet');
}

/** @throws ConfigError for what is no `words:N` or `chars:N`. */
export function parseShingle(text: string): ShinglePolicy {
  const match = /^(words|chars):([1-9]\d?)$/u.exec(text);
  if (match === null) {
    throw new ConfigError(`--shingle ${text} is not understood; write it like words:3 or chars:5`);
  }
  return { unit: match[1] === 'words' ? 'words' : 'chars', size: Number(match[2]) };
}

/** `a, b` as names; `null` where nothing was given. */
export function parseFields(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new ConfigError(`"${text}" names no columns`);
  return names;
}

/**
 * Reads every row of the files, in order and many at a time, with a progress bar where a person watches.
 * @throws DataError `row-shape` for a row that has none of the known shapes, or lacks a named column;
 * `dataset-unreadable` for a file that is written to meanwhile; PrerequisiteError when `interrupted` is aborted.
 */
export async function* readTexts<Rest extends object>(
  files: readonly string[],
  fields: readonly string[] | null,
  interrupted: AbortSignal,
  restOf: RestOf<Rest>,
): AsyncGenerator<readonly (PlacedText & Rest)[], void, undefined> {
  const stamps = createFileStamps();
  for (const file of files) {
    stamps(file);
    const progress = await startProgress(file, await datasetBytes(file));
    try {
      for await (const rows of readDataset(file, (bytes) => progress.advance(bytes))) {
        if (interrupted.aborted) throw stopped();
        yield rows.map(({ index, line, row }) => {
          const place = { file, index, line };
          const text = datasetTextOf(row, fields, place);
          return { ...place, ...text, ...restOf(row, place, text) };
        });
      }
      stamps(file);
    } finally {
      progress.stop();
    }
  }
}

/** What `readTexts` takes where nothing else of a row is wanted. */
export function nothingElse(): object {
  return {};
}

/** What a row holds. @throws DataError `row-shape` as `readTexts` does. */
export function datasetTextOf(
  row: Readonly<Record<string, unknown>>,
  fields: readonly string[] | null,
  place: RowPlace,
): DatasetText {
  const text = readDatasetText(row, fields);
  if (text === null) throw unknownShape(placeOf(place), fields);
  return text;
}

/** `train.jsonl:12` by the line, `train.parquet[11]` by the index where there are no lines. */
export function placeOf({ file, index, line }: RowPlace): string {
  return line === null ? `${file}[${index}]` : `${file}:${line}`;
}

/** What Ctrl-C ends a command on files with. */
export function stopped(): PrerequisiteError {
  return new PrerequisiteError(
    'stopped before the end, so nothing can be said; nothing is written',
  );
}

/** Nothing was looked at, which says nothing. */
export function noRows(files: readonly string[]): DataError {
  return new DataError(
    'dataset-empty',
    `${files.join(', ')}: there are no rows; there is nothing to look at`,
  );
}

function unknownShape(place: string, fields: readonly string[] | null): DataError {
  const what =
    fields === null
      ? `has none of the known shapes (${KNOWN_SHAPES}); name its columns with --text-field or --eval-field`
      : `lacks one of the columns ${fields.join(', ')}, or it holds no text`;
  return new DataError('row-shape', `${place} ${what}`);
}
