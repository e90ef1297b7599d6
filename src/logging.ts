import { DefaultLogger, Runtime, type LogEntry, type LogLevel } from '@temporalio/worker';
import { pino } from 'pino';

/** Structured logs: an event's name and fields, one JSON object a line on standard error. */
export interface Logger {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/**
 * Creates the process's logger and hands Temporal's own messages to it. Called once, before any
 * connection is made. Fields hold ids and counts, never a record's text: activities throw nothing else.
 */
export function installLogging(level: LogLevel = 'INFO'): Logger {
  const logger = pino({ level: LEVELS[level], base: null }, pino.destination(2));
  const forward = ({ level: entryLevel, message, meta }: LogEntry): void =>
    logger[LEVELS[entryLevel]]({ temporal: meta }, message);
  Runtime.install({ logger: new DefaultLogger(level, forward) });
  return logger;
}
