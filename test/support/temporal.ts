import { findTemporalCli } from '../../src/cli/temporal-cli.js';

/**
 * The Temporal CLI that this run of the tests uses: what the test command passes on, else what is installed.
 * @throws PrerequisiteError where there is none; a test that needs a server fails then, it is not skipped.
 */
export function temporalCli(): string {
  return findTemporalCli({
    HOLDFAST_TEMPORAL_CLI: process.env['HOLDFAST_TEMPORAL_CLI'],
    PATH: process.env['PATH'],
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
  });
}
