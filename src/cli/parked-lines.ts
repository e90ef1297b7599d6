import { approveCommand, waysToName } from '../domain/job.js';
import type { Parked } from '../domain/parked.js';

/** A parked run as the command line shows it. */
export interface ParkedRun {
  readonly window: string;
  readonly workflowId: string;
  readonly parked: Parked;
}

/** What `holdfast jobs list` says of a parked run, with the commands by which it goes on. */
export function parkedLines({ window, parked }: ParkedRun): readonly string[] {
  if (parked.reason === 'unpaid') {
    return [`${window}  ${parked.step}: ${parked.message}`, retryLine('is paid', window)];
  }
  const { provider, message, candidates, reason, runKey } = parked;
  if (reason === 'approval') {
    return [
      `${window}  ${provider}: ${message}`,
      `  let it   ${approveCommand(window, parked.cost)}`,
    ];
  }
  const lines = [`${window}  ${provider}: ${message}`, `  run key  ${runKey}`];
  if (reason === 'unnamed') {
    const ways = waysToName({ candidates }, window);
    return [...lines, ...ways.map(({ when, command }) => `  ${when}:\n    ${command}`)];
  }
  for (const candidate of candidates) lines.push(`  maybe    ${candidate}`);
  if (reason === 'unresolved') lines.push(`  it is    holdfast jobs adopt ${window} JOB`);
  const when = reason === 'unresolved' ? 'is none' : 'is paid';
  return [...lines, retryLine(when, window)];
}

function retryLine(when: string, window: string): string {
  return `  ${when.padEnd(9)}holdfast jobs retry ${window}`;
}
