import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Command } from 'commander';
import { SingleBar } from 'cli-progress';
import { ConfigError, DataError } from '../domain/errors.js';
import type { ShinglePolicy } from '../domain/shingle.js';
import { readDataset } from '../formats/dataset-file.js';
import { type DatasetText, KNOWN_SHAPES, readDatasetText } from '../formats/dataset-row.js';

/** A row as the commands on files take it: where it stands, and what it holds. */
export interface PlacedText extends DatasetText {
  readonly file: string;
  readonly index: number;
}

/** The options that the commands on files share. */
export function withFileOptions(command: Command, shingle: string): Command {
  return command
    .option('--text-field <names>', 'columns of the files to take, joined, e.g. question,context')
    .option(
      '--shingle <unit:size>',
      'what similarity is the share of, e.g. words:5, chars:5',
      shingle,
    )
    .option('--evidence <file>', 'write one JSON object per finding to this .jsonl file');
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
 * Reads every row of the files, in order, with a progress bar where a person watches.
 * @throws DataError `row-shape` for a row that has none of the known shapes, or lacks a named column.
 */
export async function* readTexts(
  files: readonly string[],
  fields: readonly string[] | null,
  isTerminal: boolean,
): AsyncGenerator<PlacedText, void, undefined> {
  const bar = isTerminal
    ? new SingleBar({
        format: '{name}  {value} rows',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : null;
  for (const file of files) {
    bar?.start(0, 0, { name: file });
    for await (const { index, row } of readDataset(file)) {
      const text = readDatasetText(row, fields);
      if (text === null) throw unknownShape(file, index, fields);
      if (index % 500 === 0) bar?.update(index);
      yield { file, index, ...text };
    }
    bar?.stop();
  }
}

function unknownShape(file: string, index: number, fields: readonly string[] | null): DataError {
  const what =
    fields === null
      ? `has none of the known shapes (${KNOWN_SHAPES}); name its columns with --text-field or --eval-field`
      : `lacks one of the columns ${fields.join(', ')}, or it holds no text`;
  return new DataError('row-shape', `${file} row ${index} (counted from 0) ${what}`);
}

/** Writes one JSON object a line. @throws PrerequisiteError-like system errors as they come. */
export async function writeEvidence(path: string, rows: readonly object[]): Promise<void> {
  const stream = createWriteStream(path);
  for (const row of rows) {
    if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
