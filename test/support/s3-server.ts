import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../src/cli/free-ports.js';

const READY_POLL_MS = 20;
const START_TIMEOUT_MS = 20_000;

/** What the server of the tests is signed in to with. */
export const S3_KEYS = {
  AWS_ACCESS_KEY_ID: 'HOLDFASTTESTKEY',
  AWS_SECRET_ACCESS_KEY: 'a-secret-key-of-the-tests',
  AWS_REGION: 'us-east-1',
  // Without it, a machine with no credentials asks the network for a role.
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const;

/** A real S3 server (versitygw), on this machine only, over a folder of its own. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  /** Where the bucket `holdfast` keeps its objects as files. */
  readonly folder: string;
  /** The address of a store in a prefix that nothing else uses. */
  address(): string;
  stop(): Promise<void>;
}

interface S3ServerOptions {
  readonly hasVersions?: boolean;
  readonly hasUsers?: boolean;
}

/**
 * Starts one, and signs this process in to it. The bucket `holdfast` is there; `hasVersions` keeps old versions,
 * which Object Lock needs; with `hasUsers` there can be others beside its owner (`s3-users.ts`).
 * @throws where versitygw is not there; a test that needs it fails then, it is not skipped
 */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-s3-'));
  const folder = join(root, 'data', 'holdfast');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'versions'));
  mkdirSync(join(root, 'users'));
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const child = start(root, port, options);
  await untilReady(child, endpoint, join(root, 'log'));
  Object.assign(process.env, S3_KEYS);
  let stores = 0;
  return {
    endpoint,
    port,
    folder,
    address: () => {
      stores += 1;
      return `s3://holdfast/store-${process.pid}-${stores}?endpoint=${endpoint}`;
    },
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function start(
  root: string,
  port: number,
  { hasVersions = false, hasUsers = false }: S3ServerOptions,
): ChildProcess {
  const args = ['--port', `127.0.0.1:${port}`, '--keep-alive', '--health', '/health', '--quiet'];
  const versions = hasVersions ? ['--versioning-dir', join(root, 'versions')] : [];
  const users = hasUsers ? ['--iam-dir', join(root, 'users')] : [];
  return spawn(versitygw(), [...args, ...users, 'posix', ...versions, join(root, 'data')], {
    stdio: ['ignore', 'ignore', openSync(join(root, 'log'), 'w')],
    env: {
      ROOT_ACCESS_KEY: S3_KEYS.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: S3_KEYS.AWS_SECRET_ACCESS_KEY,
    },
  });
}

async function untilReady(child: ChildProcess, endpoint: string, log: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`versitygw ended with code ${child.exitCode}: ${readFileSync(log, 'utf8')}`);
    }
    const answer = await fetch(`${endpoint}/health`).catch(() => null);
    if (answer?.ok === true) return;
    await delay(READY_POLL_MS);
  }
  throw new Error(`versitygw did not answer at ${endpoint} within ${START_TIMEOUT_MS} ms`);
}

/** The program that the test command passes on, else the one in the bootstrap's cache. */
export function versitygw(): string {
  const configured = process.env['HOLDFAST_VERSITYGW'] ?? '';
  if (configured !== '') return configured;
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const cached = join(cache, 'holdfast', 'versitygw-1.8.0', 'versitygw');
  accessSync(cached, constants.X_OK);
  return cached;
}
