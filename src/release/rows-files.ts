import type { ReleaseFile, ReleaseManifest } from '../domain/manifest.js';
import { SHARD_ENDING } from '../formats/shard.js';

/** The rows that a release keeps for later windows and for who looks into it, each in a file of its own. */
export type RowsName =
  | 'rows'
  | 'examples'
  | 'holdout'
  | 'placements'
  | 'outdone'
  | 'conversations'
  | 'withheld'
  | 'findings'
  | 'folds'
  | 'champion-folds'
  | 'conflicts'
  | 'quarantine'
  | 'sources';

/** What the file of some rows is called. */
export function rowsFileName(name: RowsName): string {
  return `${name}${SHARD_ENDING}`;
}

/** The file of some rows: releases were made whose files are not compressed. */
export function findRows(
  { files }: Pick<ReleaseManifest, 'files'>,
  name: RowsName,
): ReleaseFile | undefined {
  const names = [rowsFileName(name), `${name}.jsonl`];
  return files.find((file) => names.includes(file.name));
}
