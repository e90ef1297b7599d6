import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { startDevServer, type DevServer } from '../../src/cli/dev-server.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/workflow-names.js';
import { temporalCli } from './temporal.js';

/** A real Temporal server with a client; workers are started on it by the test. */
export interface TemporalEnvironment {
  readonly client: Client;
  readonly server: DevServer;
  readonly folder: string;
  /** What this process's workers, clients and activities have logged so far, at every level. */
  readonly logged: readonly string[];
  /** Runs a worker with these activities while `body` runs. */
  withWorker<T>(taskQueue: string, activities: object, body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

let isInstalled = false;
const logged: string[] = [];

/** Temporal's runtime is one for the process; a test may start more than one server. Errors are shown. */
function installRuntime(): void {
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger('TRACE', keep) });
  isInstalled = true;
}

function keep({ level, message, meta }: LogEntry): void {
  const entry = `${level} ${message} ${inspect(meta, { depth: 10 })}`;
  logged.push(entry);
  if (level === 'ERROR') process.stderr.write(`${entry}\n`);
}

/** Starts a dev server of the test's own, in a temporary folder. */
export async function startTemporal(): Promise<TemporalEnvironment> {
  installRuntime();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-temporal-'));
  const server = await startDevServer({
    cliPath: temporalCli(),
    databaseFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  return {
    client: new Client({ connection }),
    server,
    folder,
    logged,
    withWorker: async (taskQueue, activities, body) => {
      const worker = await Worker.create({
        connection: native,
        taskQueue,
        activities,
        ...workflowSource(),
      });
      return worker.runUntil(body());
    },
    close: async () => {
      await connection.close();
      await native.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The bundle that the build made, else the compiled workflows. */
export function workflowSource():
  { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../../workflows/index.js', import.meta.url)) };
}
