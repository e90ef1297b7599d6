import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { processorSeconds } from './processor-time.mjs';

/**
 * The reporter of one test file: every failure and every skip in full, and the counts as JSON in the file named by
 * HOLDFAST_COUNTS, with the names of what failed. A skip without a reason counts as a failure. What the file took of
 * processors is left in the file named by HOLDFAST_PROCESSOR_TIME when its process ends.
 * @param {AsyncIterable<{ type: string, data: any }>} events
 */
export default async function* report(events) {
  leaveProcessorTime(process.env.HOLDFAST_PROCESSOR_TIME);
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for await (const { type, data } of events) {
    // Told apart by their text only: counts and times come the same way.
    if (type === 'test:diagnostic' && /^(Warning|Error): /.test(data.message)) {
      yield `  ${data.message}\n`;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const outcome = type === 'test:fail' ? judgeFailure(data) : judgePass(data);
    if (outcome === null) continue;
    counts[outcome.kind] += 1;
    if (outcome.kind === 'failed') counts.failures.push(data.name);
    if (outcome.text !== undefined) yield outcome.text;
  }
  if (process.env.HOLDFAST_COUNTS !== undefined) {
    writeFileSync(process.env.HOLDFAST_COUNTS, JSON.stringify(counts));
  }
}

function leaveProcessorTime(path) {
  if (path === undefined) return;
  process.once('exit', () => writeFileSync(path, JSON.stringify(processorSeconds())));
}

function judgeFailure({ name, details }) {
  // A suite, or a test with parts, fails with its parts, which have been reported.
  if (details.error?.failureType === 'subtestsFailed') return null;
  return { kind: 'failed', text: `  FAILED: ${name}\n${describeError(details.error)}\n` };
}

function judgePass({ name, skip, todo, details }) {
  const reason = skip ?? todo;
  if (reason === undefined) return details.type === 'suite' ? null : { kind: 'passed' };
  if (typeof reason !== 'string' || reason.trim() === '') {
    return { kind: 'failed', text: `  FAILED: ${name}: skipped without a reason\n` };
  }
  return { kind: 'skipped', text: `  skipped: ${name}: ${reason}\n` };
}

function describeError(error) {
  const cause = error?.cause ?? error;
  const detail = cause?.stack ?? inspect(cause, { depth: 4 });
  const differs =
    cause?.code === 'ERR_ASSERTION' && cause.operator !== undefined
      ? `\nactual: ${inspect(cause.actual, { depth: 6 })}\nexpected: ${inspect(cause.expected, { depth: 6 })}`
      : '';
  return `${detail}${differs}`.replace(/^/gm, '    ');
}
