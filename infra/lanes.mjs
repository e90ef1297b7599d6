import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { findOnPath } from './programs.mjs';
import { WHOLE_PROCESSOR } from './schedule.mjs';

/** A test file needs a program when it imports, through however many files of `test/`, the one that finds it. */
const FINDERS = new Map([
  ['test/support/temporal.ts', 'temporal'],
  ['test/support/chromium.ts', 'chromium'],
  ['test/support/parquet-readers.ts', 'readers'],
  ['test/support/s3-server.ts', 'versitygw'],
]);

/** What sets the seed of properties. */
const PROPERTIES = 'test/support/properties.ts';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What a file takes of a processor, in percent, where it waits for servers half of its time and more. */
const WAITS = 33;

/**
 * What the test command runs, side by side. A test file belongs to the last lane that takes it; the first one takes
 * all, so no test file can be forgotten.
 *
 * `concurrency` is the number of test files at once, at most: a dev server and a worker of its own for each is enough.
 */
export const LANES = [
  { name: 'plain', needs: [], weight: WHOLE_PROCESSOR, concurrency: Infinity, takes: () => true },
  {
    name: 'other readers',
    needs: ['readers'],
    weight: WHOLE_PROCESSOR,
    concurrency: 1,
    takes: ({ needs }) => needs.has('readers'),
  },
  {
    name: 'server',
    needs: ['temporal'],
    weight: WAITS,
    concurrency: 2,
    takes: ({ needs }) => needs.has('temporal'),
  },
  {
    name: 'end-to-end',
    needs: ['temporal'],
    weight: WAITS,
    concurrency: 2,
    takes: ({ path }) => path.startsWith('test/end-to-end/'),
  },
  {
    name: 'browser',
    needs: ['temporal', 'chromium'],
    weight: WAITS,
    concurrency: 1,
    takes: ({ needs }) => needs.has('chromium'),
  },
  {
    name: 's3',
    needs: ['versitygw'],
    weight: WAITS,
    concurrency: 2,
    takes: ({ needs }) => needs.has('versitygw'),
  },
  {
    name: 's3 end-to-end',
    needs: ['temporal', 'versitygw'],
    weight: WAITS,
    concurrency: 1,
    takes: ({ needs }) => needs.has('versitygw') && needs.has('temporal'),
  },
];

/**
 * The files that take longest, the longest first, so that none of them is begun when everything else has ended: by the
 * seconds of processors that `npm test` prints for each file, or those on the clock where it waits.
 */
export const SLOW_FILES = [
  'test/end-to-end/weeks.test.ts',
  'test/end-to-end/killed-worker.test.ts',
  'test/end-to-end/remembered-leaks.test.ts',
  'test/end-to-end/demo.test.ts',
  'test/end-to-end/own-logs.test.ts',
  'test/end-to-end/s3-loop.test.ts',
  'test/cli/loop.test.ts',
  'test/workflows/weekly.test.ts',
  'test/workflows/promotion.test.ts',
  'test/end-to-end/failing-disk.test.ts',
  'test/end-to-end/judged-loop.test.ts',
  'test/end-to-end/loop.test.ts',
  'test/contamination/sample-index.test.ts',
  'test/activities/anchor.test.ts',
  'test/chaos/job-matrix.test.ts',
  'test/storage/s3-faults.test.ts',
  'test/storage/s3-store.test.ts',
  'test/cli/wild-files.test.ts',
  'test/activities/rivals.test.ts',
  'test/contamination/spans.test.ts',
  'test/contamination/finder.test.ts',
  'test/activities/generation.test.ts',
  'test/connectors/row-shapes.test.ts',
];

/** The same files, the slow ones first. */
export function slowFirst(paths) {
  const slow = SLOW_FILES.filter((path) => paths.includes(path));
  return [...slow, ...paths.filter((path) => !slow.includes(path))];
}

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

/**
 * The test files that need no program and have properties: those that import, through however many files of `test/`,
 * the one that sets their seed.
 * @param {string} root
 * @param {string[]} paths from the root
 * @returns {Promise<readonly string[]>}
 */
export async function filesWithProperties(root, paths) {
  const { default: typescript } = await import('typescript');
  const plain = (await dealFiles(root, paths)).get('plain');
  return plain.filter((path) => filesReachedFrom(root, path, typescript).has(PROPERTIES));
}

/** The programs that a test file needs. */
function needsOf(root, path, typescript) {
  const reached = filesReachedFrom(root, path, typescript);
  return new Set([...FINDERS].filter(([file]) => reached.has(file)).map(([, need]) => need));
}

/** A test file and what it imports of `test/`, through however many files. */
function filesReachedFrom(root, path, typescript) {
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
  return reached;
}

/** Chromium by HOLDFAST_CHROMIUM or from the PATH, or `null`. */
export function findChromium(environment) {
  const configured = environment.HOLDFAST_CHROMIUM ?? '';
  return configured === '' ? findOnPath(CHROMIUM_NAMES, environment) : configured;
}

/** Why the browser lane can't run here, and what changes that. */
export const CHROMIUM_MISSING = `Chromium is missing: none of ${CHROMIUM_NAMES.join(', ')} is on the PATH; install it (Debian, Ubuntu: apt-get install chromium) or set HOLDFAST_CHROMIUM to its path`;
