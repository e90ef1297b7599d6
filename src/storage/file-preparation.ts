import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PrerequisiteError } from '../domain/errors.js';
import { flushFolders } from './flush.js';
import { asRefusal, systemCode } from './medium.js';

const STALE_AFTER_MS = 86_400_000;
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/**
 * Makes the folder of a store and that of its unfinished writes, tries a hard link, and removes
 * unfinished writes that are older than a day.
 * @throws PrerequisiteError where the folder can't be written or has no hard links.
 */
export async function prepareFolder(
  root: string,
  temporary: string,
  uri: string,
  linkFile: typeof link = link,
): Promise<void> {
  const probe = join(temporary, `probe-${randomUUID()}`);
  try {
    const firstMade = await mkdir(temporary, { recursive: true });
    await flushFolders(root, nearerToTop(dirname(root), dirname(firstMade ?? temporary)));
    await writeFile(probe, 'probe', { flag: 'wx' });
  } catch (error) {
    throw (
      notAFolder(error, root) ?? asRefusal(error, uri, 'making the folder of unfinished writes')
    );
  }
  try {
    await assertHardLinks(probe, uri, linkFile);
    await sweep(temporary, (await stat(probe)).mtimeMs - STALE_AFTER_MS);
  } finally {
    await unlink(probe);
  }
}

/** Of two folders of which one lies in the other, that other. */
function nearerToTop(one: string, other: string): string {
  return one.length < other.length ? one : other;
}

async function assertHardLinks(probe: string, uri: string, linkFile: typeof link): Promise<void> {
  const linked = `${probe}-link`;
  try {
    await linkFile(probe, linked);
  } catch (error) {
    if (!NO_LINKS.includes(systemCode(error) ?? '')) throw asRefusal(error, uri, 'a hard link');
    throw new PrerequisiteError(
      `the store ${uri} lies on a file system without hard links, which holdfast needs to create ` +
        'objects once only; choose a folder on a local file system',
      { cause: error },
    );
  }
  await unlink(linked);
}

/** Ages are measured by the file system's own clock, as the probe's time shows it. */
async function sweep(temporary: string, olderThanMs: number): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    try {
      if ((await stat(path)).mtimeMs < olderThanMs) await unlink(path);
    } catch (error) {
      // Another process may sweep, or finish its write, at the same time.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

function notAFolder(error: unknown, root: string): PrerequisiteError | null {
  const code = systemCode(error);
  if (code !== 'ENOTDIR' && code !== 'EEXIST') return null;
  return new PrerequisiteError(`the store's folder ${root} can't be made: a file is in its place`, {
    cause: error,
  });
}
