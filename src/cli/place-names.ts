import { placeOf, type RowPlace } from './dataset-options.js';

/** A row's place in words. */
export type NameOf = (place: RowPlace) => string;

/**
 * Names rows with as much of their file's path as tells the files apart: of `a/train.jsonl` and `b/eval.jsonl`
 * the last parts, of `a/x.jsonl` and `b/x.jsonl` all.
 */
export function placeNames(files: readonly string[]): NameOf {
  const names = new Map(files.map((file) => [file, shortest(file, files)]));
  return ({ file, ...place }) => placeOf({ ...place, file: names.get(file) ?? file });
}

function shortest(file: string, files: readonly string[]): string {
  const parts = file.split('/');
  for (let count = 1; count < parts.length; count += 1) {
    const tail = parts.slice(-count).join('/');
    if (files.every((other) => other === file || !`/${other}`.endsWith(`/${tail}`))) return tail;
  }
  return file;
}
