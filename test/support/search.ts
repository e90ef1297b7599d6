import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder. */
export function allFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

/** The files that hold a text, as it stands or in base64, wherever in the encoded bytes it begins. */
export function filesWith(text: string, files: readonly string[]): readonly string[] {
  const wanted = [text, ...[0, 1, 2].map((before) => encodedAfter(before, text))];
  return files.filter((path) => {
    const bytes = readFileSync(path);
    return wanted.some((form) => bytes.includes(form));
  });
}

/** What of a text's base64 is the same whatever stands around it, `before` bytes into a group of three. */
function encodedAfter(before: number, text: string): string {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64');
  return encoded.slice(before === 0 ? 0 : 4, -4);
}
