import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { endChildren, endChildrenOnSignal, runProgram } from './programs.mjs';
import { createProgress } from './progress.mjs';
import { runProperties } from './properties.mjs';
import { runS3Server } from './s3-server.mjs';
import { SetupError } from './setup-error.mjs';
import { getTemporalCli } from './temporal-cli.mjs';
import { runTests } from './test.mjs';

const USAGE = `Usage: node infra/bootstrap.mjs COMMAND [ARGUMENT...]

  demo [ARGUMENT...]  set up, then run the demo (npm run demo -- ARGUMENT...)
  test [WORD...]      set up, then run every check and test; with words, only the test files whose path has one
  check [WORD...]     the same without installing packages (npm run check)
  properties [ROUNDS [SEED]]
                      the tests with properties, each round on new examples (npm run test:properties)
  build               compile and bundle the workflows
  setup               install packages, get the Temporal CLI and build
  s3 [PORT]           an S3 server for local development, on this machine only (npm run s3)
`;

/**
 * Runs one command of the bootstrap on the checkout it belongs to.
 * @param {string[]} commandLine the command and its arguments
 * @returns {Promise<number>} the exit code
 */
export async function main([command, ...programArguments]) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const progress = createProgress(process.stderr);
  endChildrenOnSignal();
  try {
    return await runCommand(command, {
      root,
      progress,
      environment: process.env,
      programArguments,
    });
  } catch (error) {
    console.error(error instanceof SetupError ? `\nholdfast: ${error.message}` : error);
    return 1;
  } finally {
    endChildren();
  }
}

async function runCommand(command, context) {
  switch (command) {
    case 'demo':
      return runDemo(context);
    case 'test':
      await install(context);
      return runTests(context);
    case 'check':
      return runTests(context);
    case 'properties':
      return runProperties(context);
    case 'build':
      await build(context);
      return 0;
    case 'setup':
      await setUp(context);
      return 0;
    case 's3':
      return runS3Server(context);
    default:
      console.error(USAGE);
      return command === 'help' || command === '--help' ? 0 : 2;
  }
}

async function setUp(context) {
  await install(context);
  // The first build of the CLI takes minutes and the compiler seconds: they run side by side, and both are waited for,
  // so that what failed is the last thing printed.
  const work = [getTemporalCli(context), build(context)];
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return work[0];
}

async function runDemo(context) {
  const temporalCli = await setUp(context);
  return runProgram(process.execPath, ['dist/src/demo/main.js', ...context.programArguments], {
    cwd: context.root,
    env: { ...context.environment, HOLDFAST_TEMPORAL_CLI: temporalCli },
  });
}
