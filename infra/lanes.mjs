import { findOnPath } from './programs.mjs';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * What the test command runs, in this order. A test file belongs to the first lane with a folder that holds it;
 * the lane without folders takes the rest, so no test file can be forgotten.
 *
 * `concurrency` is the number of test files at once: those that start servers and workers of their own use both cores.
 */
export const LANES = [
  { name: 'workflows', folders: ['test/workflows'], needs: ['temporal'], concurrency: 2 },
  { name: 'end-to-end', folders: ['test/end-to-end'], needs: ['temporal'], concurrency: 1 },
  { name: 'browser', folders: ['test/browser'], needs: ['temporal', 'chromium'], concurrency: 1 },
  { name: 'plain', folders: [], needs: [], concurrency: 2 },
];

/** Lanes in the order they run: what needs no program first, while a missing one is still being built. */
export function lanesInOrder() {
  return [...LANES].sort((a, b) => a.needs.length - b.needs.length);
}

/**
 * Deals test files out to lanes.
 * @param {string[]} files paths from the root, e.g. `test/text/words.test.ts`
 * @returns {Map<string, string[]>} by the lane's name; every lane is in it
 */
export function dealFiles(files) {
  const dealt = new Map(LANES.map((lane) => [lane.name, []]));
  for (const file of files) {
    const lane = LANES.find(({ folders }) =>
      folders.some((folder) => file.startsWith(`${folder}/`)),
    );
    dealt.get(lane?.name ?? 'plain').push(file);
  }
  return dealt;
}

/** The programs that lanes need: how to find each, the variable that tells the tests, and how to get it. */
export function findChromium(environment) {
  const configured = environment.HOLDFAST_CHROMIUM ?? '';
  return configured === '' ? findOnPath(CHROMIUM_NAMES, environment) : configured;
}

/** Why the browser lane can't run here, and what changes that. */
export const CHROMIUM_MISSING = `Chromium is missing: none of ${CHROMIUM_NAMES.join(', ')} is on the PATH; install it (Debian, Ubuntu: apt-get install chromium) or set HOLDFAST_CHROMIUM to its path`;
