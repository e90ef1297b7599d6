import { statSync } from 'node:fs';
import { DataError } from '../domain/errors.js';

/** Called with a file before and after each reading of it. @throws DataError `dataset-unreadable` where it changed. */
export type FileStamps = (file: string) => void;

/** Remembers what files look like from the first call on: device, inode, size and time of the last writing. */
export function createFileStamps(): FileStamps {
  const stamps = new Map<string, string>();
  return (file) => {
    const known = statSync(file, { throwIfNoEntry: false });
    const stamp =
      known === undefined ? '' : [known.dev, known.ino, known.size, known.mtimeMs].join(' ');
    const first = stamps.get(file) ?? stamp;
    stamps.set(file, first);
    if (stamp !== first) throw writtenTo(file);
  };
}

/** What is said of a file that is not as it was. */
export function writtenTo(file: string): DataError {
  return new DataError('dataset-unreadable', `${file} can't be read: it was written to meanwhile`);
}
