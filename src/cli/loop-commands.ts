import type { Command } from './command-line.js';
import { registerAudit } from './audit.js';
import { registerConfig } from './config-check.js';
import type { CliContext } from './context.js';
import { registerDecide } from './decide.js';
import { registerDev } from './dev.js';
import { registerEvals } from './evals-freeze.js';
import { registerIngest } from './ingest.js';
import { registerInit } from './init.js';
import { registerKeys } from './keys.js';
import { registerJobs } from './jobs.js';
import { registerOptOut } from './opt-out.js';
import { registerReport } from './report-command.js';
import { registerRollback } from './rollback.js';
import { registerRun } from './run.js';
import { registerSchedule } from './schedule.js';
import { registerSendDecision } from './send-decision.js';
import { registerStatus } from './status.js';
import { registerWorker } from './worker-command.js';

/** The commands of the weekly loop, in the order in which a newcomer meets them. */
export function registerLoop(program: Command, context: CliContext): void {
  program.commandsGroup('Set the loop up:');
  registerInit(program, context);
  registerEvals(program, context);
  registerConfig(program, context);
  registerKeys(program, context);
  registerIngest(program, context);
  program.commandsGroup('Run it:');
  registerDev(program, context);
  registerWorker(program, context);
  registerRun(program, context);
  registerSchedule(program, context);
  registerOptOut(program, context);
  program.commandsGroup('Look and decide:');
  registerStatus(program, context);
  registerReport(program, context);
  registerDecide(program, context);
  registerSendDecision(program, context);
  registerJobs(program, context);
  registerRollback(program, context);
  registerAudit(program, context);
}
