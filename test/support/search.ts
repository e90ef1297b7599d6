import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../src/domain/errors.js';
import { decompressed } from '../../src/formats/decompress.js';
import { readParquetRows } from '../../src/formats/parquet.js';

/** Every file below a folder. */
export function allFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/**
 * Where a text stands in a file, as `TEXT in PATH`: as it is or in base64, wherever in the encoded bytes it begins, and
 * of what is compressed or a table also in what it holds. A file that has gone away holds nothing.
 */
export async function findTexts(
  texts: readonly string[],
  files: readonly string[],
): Promise<readonly string[]> {
  const wanted = texts.map((text) => ({
    text,
    forms: [text, ...[0, 1, 2].map((before) => encodedAfter(before, text))],
  }));
  const found: string[] = [];
  for (const path of files) {
    const contents = await contentsOf(path);
    for (const { text, forms } of wanted) {
      const holds = forms.some((form) => contents.some((content) => content.includes(form)));
      if (holds) found.push(`${text} in ${path}`);
    }
  }
  return found;
}

/** A file's bytes, and what they hold where they are packed. */
async function contentsOf(path: string): Promise<readonly Buffer[]> {
  const bytes = readIfThere(path);
  if (bytes === null) return [];
  if (/\.(gz|zst)$/.test(path)) return [bytes, await readable(decompressed(path, once(bytes)))];
  if (path.endsWith('.parquet')) return [bytes, await readable(rowTexts(bytes))];
  return [bytes];
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What can be read, as far as it goes. */
async function readable(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  try {
    for await (const piece of pieces) read.push(Uint8Array.from(piece));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
  }
  return Buffer.concat(read);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* rowTexts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for await (const row of readParquetRows(bytes)) yield Buffer.from(`${JSON.stringify(row)}\n`);
}

/** What of a text's base64 is the same whatever stands around it, `before` bytes into a group of three. */
function encodedAfter(before: number, text: string): string {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
  return encoded.slice(before === 0 ? 0 : 4, -4);
}
