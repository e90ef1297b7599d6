import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(start: string): string {
  if (existsSync(join(start, 'package.json')) && existsSync(join(start, 'infra'))) return start;
  const parent = dirname(start);
  if (parent === start) return process.env['HOLDFAST_REPOSITORY'] ?? process.cwd();
  return findRoot(parent);
}

/** The checkout that the running tests belong to, wherever they were compiled to. */
export const repositoryRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));
