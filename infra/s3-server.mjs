import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './programs.mjs';
import { SetupError } from './setup-error.mjs';
import { getVersitygw } from './versitygw.mjs';

const USUAL_PORT = 7070;
const BUCKET = 'holdfast';
/** Known to everyone: the server listens on this machine only. */
const ACCESS_KEY = 'holdfast';
const SECRET_KEY = 'holdfast-on-this-machine';

/**
 * Runs an S3 server for local development until Ctrl-C, over `.holdfast/s3` of the checkout, and prints how to use it.
 * @param {{ root: string, progress: object, environment: NodeJS.ProcessEnv, programArguments: string[] }} context
 *   the only argument is the port
 * @returns {Promise<number>} the server's exit code
 */
export async function runS3Server(context) {
  const port = portOf(context.programArguments);
  const program = await getVersitygw(context);
  const folder = join(context.root, '.holdfast', 's3');
  mkdirSync(join(folder, BUCKET), { recursive: true });
  const address = `127.0.0.1:${port}`;
  console.log(`S3 at http://${address}, objects in ${join(folder, BUCKET)}; Ctrl-C ends it. In another terminal:

  export AWS_ACCESS_KEY_ID=${ACCESS_KEY} AWS_SECRET_ACCESS_KEY=${SECRET_KEY} AWS_REGION=us-east-1

and in holdfast.yaml:

  store: s3://${BUCKET}?endpoint=http://${address}
`);
  return runProgram(program, ['--port', address, '--keep-alive', '--quiet', 'posix', folder], {
    cwd: context.root,
    env: { ...context.environment, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY },
  });
}

function portOf([text, ...rest]) {
  const port = text === undefined ? USUAL_PORT : Number(text);
  if (rest.length === 0 && Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetupError('The S3 server takes one argument, a port from 1 to 65535.');
}
