import type { OpenFile } from './row-prompts.js';

/** A file whose rows begin at a number; `open` is `null` where prompts are in the store. */
export interface FileRows {
  readonly path: string;
  readonly firstRow: number;
  readonly open: OpenFile | null;
}

/** The file that a row is from. */
export function fileOf(files: readonly FileRows[], row: number): FileRows | undefined {
  return files.length === 1 ? files[0] : files.findLast(({ firstRow }) => firstRow <= row);
}
