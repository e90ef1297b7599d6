import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { PrerequisiteError } from '../domain/errors.js';

/** Where findings are written, one JSON object a line. */
export interface EvidenceFile {
  write(finding: object): Promise<void>;
  /** The file is there under its name after this, whole. */
  finish(): Promise<void>;
  /** Takes back what was written. */
  abandon(): Promise<void>;
}

/** Characters that are gathered before they are written. */
const BATCH_CHARACTERS = 65_536;

const NO_EVIDENCE: EvidenceFile = {
  write: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

/**
 * Opens an evidence file; without a path everything goes nowhere. It is written beside its place and
 * renamed at the end, so that a file under its name is a whole one; a pipe or device is written as it is.
 * @throws PrerequisiteError where it can't be written.
 */
export async function openEvidence(path: string | undefined): Promise<EvidenceFile> {
  if (path === undefined) return NO_EVIDENCE;
  const known = await stat(path).catch(() => null);
  const isInPlace = known !== null && !known.isFile();
  const part = isInPlace ? path : `${path}.part`;
  const handle = await guarded(path, () => open(part, 'w'));
  const writer = batched(path, handle);
  return {
    write: writer.write,
    async finish() {
      await writer.flush();
      await guarded(path, () => handle.close());
      if (!isInPlace) await guarded(path, () => rename(part, path));
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      if (!isInPlace) await rm(part, { force: true });
    },
  };
}

interface Writer {
  readonly write: (finding: object) => Promise<void>;
  readonly flush: () => Promise<void>;
}

function batched(path: string, handle: FileHandle): Writer {
  let batch = '';
  const flush = async (): Promise<void> => {
    const text = batch;
    batch = '';
    if (text !== '') await guarded(path, () => handle.appendFile(text));
  };
  return {
    flush,
    async write(finding) {
      batch += `${JSON.stringify(finding)}\n`;
      if (batch.length >= BATCH_CHARACTERS) await flush();
    },
  };
}

async function guarded<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new PrerequisiteError(`${path} can't be written${why}`, { cause: error });
  }
}
