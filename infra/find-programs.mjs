import { CHROMIUM_MISSING, findChromium, LANES } from './lanes.mjs';
import { getPythonReaders } from './python-readers.mjs';
import { SetupError } from './setup-error.mjs';
import { getTemporalCli } from './temporal-cli.mjs';
import { getVersitygw } from './versitygw.mjs';

/**
 * What a lane needs, once it has been looked for: the variable that tells the tests where it is, or why it is not there.
 * @typedef {{ variable: string, path: string } | { reason: string, isFailure: boolean }} Found
 */

/**
 * Starts looking for what every run needs; what is missing is built meanwhile.
 * @returns {Record<string, Promise<Found>>} by the names that lanes have for it
 */
export function findPrograms(context) {
  const chromium = findChromium(context.environment);
  const temporal = getTemporalCli(context).then(
    (path) => ({ variable: 'HOLDFAST_TEMPORAL_CLI', path }),
    (error) => {
      if (!(error instanceof SetupError)) throw error;
      // Without Temporal nothing that holdfast promises can be tested: that is a failure.
      return { reason: error.message, isFailure: true };
    },
  );
  return {
    temporal,
    chromium: Promise.resolve(
      chromium === null
        ? { reason: CHROMIUM_MISSING, isFailure: false }
        : { variable: 'HOLDFAST_CHROMIUM', path: chromium },
    ),
  };
}

/**
 * Starts looking for what only these files need, too. Without Go there is no S3 server to test on, and without Python
 * its readers can't be asked; that is said, and the rest of the tests stands for itself.
 * @param {ReadonlyMap<string, readonly string[]>} files by lane
 */
export function findRest(context, programs, files) {
  const isNeeded = (program) =>
    LANES.some(({ name, needs }) => needs.includes(program) && files.get(name).length > 0);
  return {
    ...programs,
    // After the Temporal CLI, which more tests wait for; the build overlaps with their lanes.
    ...(isNeeded('versitygw') && {
      versitygw: programs.temporal.then(() =>
        findOrSay('HOLDFAST_VERSITYGW', () => getVersitygw(context)),
      ),
    }),
    ...(isNeeded('readers') && {
      readers: findOrSay('HOLDFAST_PYTHON_READERS', () => getPythonReaders(context)),
    }),
  };
}

async function findOrSay(variable, find) {
  try {
    return { variable, path: await find() };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { reason: error.message, isFailure: false };
  }
}
