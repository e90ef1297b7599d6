import { pino, type Level } from 'pino';
import { ConfigError } from '../domain/errors.js';

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error'];
const STANDARD_ERROR = 2;

/** Gives Temporal's runtime a structured log on standard error. Once per process, before any worker. */
export async function installRuntime(level: string): Promise<void> {
  if (!LEVELS.includes(level)) throw new ConfigError(`--log-level takes ${LEVELS.join(', ')}`);
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: STANDARD_ERROR, sync: true }),
  );
  const { DefaultLogger, Runtime } = await import('@temporalio/worker');
  const threshold = level.toUpperCase() as Uppercase<Exclude<Level, 'fatal'>>;
  Runtime.install({
    logger: new DefaultLogger(threshold, ({ level: at, message, meta }) => {
      log[at.toLowerCase() as Level]({ ...meta }, message);
    }),
  });
}
