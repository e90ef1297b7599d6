import { readFile } from 'node:fs/promises';
import { ConfigError } from '../domain/errors.js';

/** The bytes of a file that was named. @throws ConfigError where it can't be read */
export async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`${file} cannot be read`, { cause: error });
  }
}
