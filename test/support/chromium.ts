import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that the test command found, else the first on the PATH. @throws Error where there is none. */
export function chromiumPath(): string {
  const configured = process.env['HOLDFAST_CHROMIUM'] ?? '';
  if (configured !== '') return configured;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(
    isProgram,
  );
  if (found === undefined) throw new Error(`none of ${NAMES.join(', ')} is on the PATH`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
