import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';

/** Where findings are written, one JSON object a line. */
export interface EvidenceFile {
  write(finding: object): Promise<void>;
}

interface OpenEvidence extends EvidenceFile {
  /** The file is there under its name after this, whole. */
  finish(): Promise<void>;
  /** Takes back what was written. */
  abandon(): Promise<void>;
}

/** Characters that are gathered before they are written. */
const BATCH_CHARACTERS = 65_536;

const NO_EVIDENCE: EvidenceFile = { write: () => Promise.resolve() };

/**
 * Does some work with an evidence file; without a path what it writes goes nowhere. The file is written beside
 * its place and renamed when the work is done, so that a file under its name is a whole one; a pipe or device
 * is written as it is. When the work fails, nothing is left of it.
 * @throws PrerequisiteError where it can't be written.
 */
export async function withEvidence<Result>(
  path: string | undefined,
  work: (evidence: EvidenceFile) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work(NO_EVIDENCE);
  const evidence = await openEvidence(path);
  try {
    const result = await work(evidence);
    await evidence.finish();
    return result;
  } catch (error) {
    await evidence.abandon();
    throw error;
  }
}

/**
 * Asked before anything is read: the file that the evidence goes to is none of those that are read, by
 * whatever name or link it is called.
 * @throws ConfigError naming the input that it would replace.
 */
export async function requireOtherFile(
  path: string | undefined,
  inputs: readonly string[],
): Promise<void> {
  if (path === undefined) return;
  const own = await identityOf(path);
  if (own === null) return;
  for (const input of inputs) {
    if ((await identityOf(input)) !== own) continue;
    throw new ConfigError(
      `--evidence ${path} is ${input}, which is read; name another file for it`,
    );
  }
}

/** Device and inode of a regular file, or `null` where there is none. */
async function identityOf(path: string): Promise<string | null> {
  const known = await stat(path, { bigint: true }).catch(() => null);
  return known?.isFile() === true ? `${known.dev} ${known.ino}` : null;
}

async function openEvidence(path: string): Promise<OpenEvidence> {
  const known = await stat(path).catch(() => null);
  const isInPlace = known !== null && !known.isFile();
  const part = isInPlace ? path : `${path}.${randomUUID()}.part`;
  // A file that somebody put there first, or a link to elsewhere, is not written to.
  const handle = await guarded(path, () => open(part, isInPlace ? 'w' : 'wx'));
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
