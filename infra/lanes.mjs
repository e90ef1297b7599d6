import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { findOnPath } from './programs.mjs';

/** A test file needs a program when it imports, through however many files of `test/`, the one that finds it. */
const FINDERS = new Map([
  ['test/support/temporal.ts', 'temporal'],
  ['test/support/chromium.ts', 'chromium'],
  ['test/support/parquet-readers.ts', 'readers'],
  ['test/support/s3-server.ts', 'versitygw'],
]);

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * What the test command runs, in this order: first what needs no program, while a missing one is still being built.
 * A test file belongs to the last lane that takes it; the first one takes all, so no test file can be forgotten.
 *
 * `concurrency` is the number of test files at once; those with servers and workers wait most of their time.
 */
export const LANES = [
  { name: 'plain', needs: [], concurrency: 2, takes: () => true },
  {
    name: 'other readers',
    needs: ['readers'],
    concurrency: 1,
    takes: ({ needs }) => needs.has('readers'),
  },
  {
    name: 'server',
    needs: ['temporal'],
    concurrency: 2,
    takes: ({ needs }) => needs.has('temporal'),
  },
  {
    name: 'end-to-end',
    needs: ['temporal'],
    concurrency: 2,
    takes: ({ path }) => path.startsWith('test/end-to-end/'),
  },
  {
    name: 'browser',
    needs: ['temporal', 'chromium'],
    concurrency: 1,
    takes: ({ needs }) => needs.has('chromium'),
  },
  {
    name: 's3',
    needs: ['versitygw'],
    concurrency: 2,
    takes: ({ needs }) => needs.has('versitygw'),
  },
  {
    name: 's3 end-to-end',
    needs: ['temporal', 'versitygw'],
    concurrency: 1,
    takes: ({ needs }) => needs.has('versitygw') && needs.has('temporal'),
  },
];

/**
 * Deals test files out to lanes.
 * @param {string} root
 * @param {string[]} paths from the root, e.g. `test/text/words.test.ts`
 * @returns {Promise<Map<string, string[]>>} by the lane's name; every lane is in it
 */
export async function dealFiles(root, paths) {
  // Imported late: it is not there before the packages are installed.
  const { default: typescript } = await import('typescript');
  const dealt = new Map(LANES.map((lane) => [lane.name, []]));
  for (const path of paths) {
    const needs = needsOf(root, path, typescript);
    const lane = LANES.findLast(({ takes }) => takes({ path, needs }));
    dealt.get(lane.name).push(path);
  }
  return dealt;
}

/** The programs that a test file needs. */
function needsOf(root, path, typescript) {
  const reached = new Set();
  const open = [path];
  while (open.length > 0) {
    const next = open.pop();
    if (reached.has(next) || !existsSync(join(root, next))) continue;
    reached.add(next);
    const text = readFileSync(join(root, next), 'utf8');
    for (const { fileName } of typescript.preProcessFile(text, true, true).importedFiles) {
      const target = normalize(join(next, '..', fileName.replace(/\.js$/, '.ts')));
      if (target.startsWith('test/')) open.push(target);
    }
  }
  return new Set([...FINDERS].filter(([file]) => reached.has(file)).map(([, need]) => need));
}

/** Chromium by HOLDFAST_CHROMIUM or from the PATH, or `null`. */
export function findChromium(environment) {
  const configured = environment.HOLDFAST_CHROMIUM ?? '';
  return configured === '' ? findOnPath(CHROMIUM_NAMES, environment) : configured;
}

/** Why the browser lane can't run here, and what changes that. */
export const CHROMIUM_MISSING = `Chromium is missing: none of ${CHROMIUM_NAMES.join(', ')} is on the PATH; install it (Debian, Ubuntu: apt-get install chromium) or set HOLDFAST_CHROMIUM to its path`;
