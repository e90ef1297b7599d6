#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { processEnvironment } from '../config/environment.js';
import type { ExitCode } from './context.js';
import { createOutput } from './output.js';
import { runCli } from './program.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort());
}

// What reads the output may stop reading, as `head` does: the command goes on to its end and exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

let code: ExitCode = 0;
process.exitCode = await runCli(
  process.argv.slice(2),
  {
    environment: processEnvironment(),
    output: createOutput(process.stdout, process.stderr),
    now: () => new Date(),
    randomId: randomUUID,
    interrupted: interruption.signal,
    end: (exitCode) => {
      code = exitCode;
    },
  },
  () => code,
);
