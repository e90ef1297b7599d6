#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { isDebugging, processEnvironment } from '../config/environment.js';
import type { ExitCode } from './context.js';
import { createOutput } from './output.js';
import { endOnUncaught, outliveReaders } from './process-end.js';
import { runCli } from './program.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort());
}

const environment = processEnvironment();
outliveReaders([process.stdout, process.stderr]);
const argv = process.argv.slice(2);
const output = createOutput(process.stdout, process.stderr);
endOnUncaught(isDebugging(environment), ({ name, message }) => {
  output.useJson(argv.includes('--json'));
  output.result({ error: { name, message } });
});

let code: ExitCode = 0;
process.exitCode = await runCli(
  argv,
  {
    environment,
    output,
    now: () => new Date(),
    randomId: randomUUID,
    interrupted: interruption.signal,
    end: (exitCode) => {
      code = exitCode;
    },
  },
  () => code,
);
