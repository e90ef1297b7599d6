import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { freePorts, LOOPBACK, takenPorts } from './free-ports.js';

/** A search attribute as `defineSearchAttributeKey` makes it. */
export interface SearchAttribute {
  readonly name: string;
  /** `KEYWORD`, `KEYWORD_LIST`, `TEXT`, `INT`, `DOUBLE`, `BOOL` or `DATETIME`. */
  readonly type: string;
}

export interface DevServerOptions {
  /** The `temporal` program. */
  readonly cliPath: string;
  /** Where workflow histories are kept (SQLite); its folder is made. */
  readonly databaseFile: string;
  /** What the server prints is appended here; its folder is made. */
  readonly logFile: string;
  /** Made at start; `default` always exists too. */
  readonly namespace: string;
  /** Registered at start: a workflow that sets one that is not registered can't go on. */
  readonly searchAttributes: readonly SearchAttribute[];
  /** Port of the gRPC service on 127.0.0.1; a free one where absent. */
  readonly port?: number;
  /** Port of the web UI on 127.0.0.1; a free one where absent. */
  readonly uiPort?: number;
  /** How long the server may take until it answers; 30 s where absent. */
  readonly startTimeoutMs?: number;
}

export interface DevServer {
  /** `127.0.0.1:PORT`, for a Temporal connection. */
  readonly address: string;
  /** `http://127.0.0.1:PORT`, for a browser. */
  readonly uiAddress: string;
  readonly pid: number;
  /** Settles when the server has ended, by `stop` or by itself: `exit code 1`, `signal SIGTERM`. */
  readonly ended: Promise<string>;
  /** Asks the server to end (SIGTERM), insists after 5 s (SIGKILL), and waits until it has. */
  readonly stop: () => Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 5_000;
const POLL_MS = 25;
const PORT_ATTEMPTS = 3;

/**
 * Replaces itself by the server (`exec`, so the pid is the server's) and leaves a watcher that reads the pipe from
 * holdfast: a line means that the server has ended, an end of file that holdfast has, however it ended.
 */
const SUPERVISE =
  'exec 3<&0; ( read -r _ <&3 || kill -TERM "$$" ) 2>/dev/null & exec "$0" "$@" 3<&- </dev/null';

const CLI_ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  KEYWORD: 'Keyword',
  KEYWORD_LIST: 'KeywordList',
  TEXT: 'Text',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
};

/**
 * Starts Temporal's dev server with its web UI on loopback and waits until both answer.
 *
 * The server runs in a process group of its own, so Ctrl-C reaches only the caller, which stops it after its workers.
 * It ends with the caller even when that is killed with SIGKILL.
 *
 * @throws PrerequisiteError when the program can't be run, a chosen port is taken, or it ends at once or does not
 * answer in time.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  assertRunnable(options.cliPath);
  await refuseTakenPorts(options);
  const isPortChosen = options.port !== undefined || options.uiPort !== undefined;
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0, uiPort = 0] = await choosePorts(options);
    const running = launch(options, port, uiPort);
    const failure = await untilHealthy(running, options);
    if (failure === null) return running.server;
    await running.server.stop();
    // A free port can be taken by another program between looking and listening; the server looks for some itself.
    const isPortTaken = /address already in use|panic/.test(readFileSync(options.logFile, 'utf8'));
    if (isPortTaken && !isPortChosen && attempt < PORT_ATTEMPTS) continue;
    throw new PrerequisiteError(failure);
  }
}

function assertRunnable(cliPath: string): void {
  try {
    accessSync(cliPath, constants.X_OK);
  } catch (error) {
    throw new PrerequisiteError(
      `the Temporal CLI ${cliPath} can't be run; give the path of the \`temporal\` program`,
      { cause: error },
    );
  }
}

/** Looked at first: another Temporal that listens there would answer in this one's place, with its own runs. */
async function refuseTakenPorts({ port, uiPort }: DevServerOptions): Promise<void> {
  const chosen = [port, uiPort].filter((one) => one !== undefined);
  const [taken] = await takenPorts(chosen);
  if (taken === undefined) return;
  const how = taken === port ? 'set another in temporal.address' : 'give another with --ui-port';
  throw new PrerequisiteError(
    `port ${taken} on ${LOOPBACK} is taken by another program, or can't be listened on: end that, or ${how}`,
  );
}

async function choosePorts(options: DevServerOptions): Promise<readonly number[]> {
  const chosen = [options.port, options.uiPort];
  const free = [...(await freePorts(chosen.filter((port) => port === undefined).length))];
  return chosen.map((port) => port ?? free.shift() ?? 0);
}

interface Running {
  readonly server: DevServer;
  readonly hasEnded: () => boolean;
}

function launch(options: DevServerOptions, port: number, uiPort: number): Running {
  mkdirSync(dirname(options.databaseFile), { recursive: true });
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn(
    '/bin/sh',
    ['-c', SUPERVISE, options.cliPath, ...serverArguments(options, port, uiPort)],
    { detached: true, stdio: ['pipe', log, log] },
  );
  closeSync(log);
  let hasEnded = false;
  const ended = endOf(child).then((how) => {
    hasEnded = true;
    return how;
  });
  const server: DevServer = {
    address: `${LOOPBACK}:${port}`,
    uiAddress: `http://${LOOPBACK}:${uiPort}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => stop(child, ended),
  };
  return { server, hasEnded: () => hasEnded };
}

function serverArguments(options: DevServerOptions, port: number, uiPort: number): string[] {
  const { namespace } = options;
  return [
    ...['server', 'start-dev', '--headless=false', '--ip', LOOPBACK],
    ...['--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', options.databaseFile, '--log-level', 'error'],
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...options.searchAttributes.flatMap((attribute) => [
      '--search-attribute',
      `${attribute.name}=${cliAttributeType(attribute)}`,
    ]),
  ];
}

function cliAttributeType(attribute: SearchAttribute): string {
  const type = CLI_ATTRIBUTE_TYPES[attribute.type];
  if (type === undefined) {
    throw new ConfigError(
      `search attribute ${attribute.name} has the type ${attribute.type}; known are ${Object.keys(CLI_ATTRIBUTE_TYPES).join(', ')}`,
    );
  }
  return type;
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      child.stdin?.on('error', () => undefined);
      child.stdin?.end('\n');
      resolve(code === null ? `signal ${String(signal)}` : `exit code ${code}`);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(insist);
}

/** `null` once the UI's API names the namespace, which needs the UI, the gRPC service and the database; else what went wrong. */
async function untilHealthy(running: Running, options: DevServerOptions): Promise<string | null> {
  const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  const url = `${running.server.uiAddress}/api/v1/namespaces/${encodeURIComponent(options.namespace)}`;
  while (performance.now() < deadline) {
    if (running.hasEnded()) {
      const how = await running.server.ended;
      return `Temporal's dev server ended while it started (${how}): ${lastLine(options.logFile)}; its log is ${options.logFile}`;
    }
    if (await answers(url)) return null;
    await delay(POLL_MS);
  }
  return `Temporal's dev server did not answer at ${running.server.uiAddress} within ${timeoutMs / 1000} s; its log is ${options.logFile}`;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nothing listens yet: the caller asks again until its deadline.
    return false;
  }
}

function lastLine(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return lines.findLast((line) => line.trim() !== '')?.trim() ?? 'it printed nothing';
}
