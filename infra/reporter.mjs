import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';

/**
 * The test runner's reporter: a line per test file, every failure and every skip in full, and the counts as JSON in the
 * file named by HOLDFAST_COUNTS. A test file without tests and a skip without a reason count as failures.
 * @param {AsyncIterable<{ type: string, data: any }>} events
 */
export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let file = null;
  const flush = function* () {
    if (file !== null) yield fileLine(file);
    file = null;
  };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const path = relative(process.cwd(), data.file ?? data.name);
    if (file !== null && file.path !== path) yield* flush();
    file ??= { path, passed: 0, failed: 0, skipped: 0, durationMs: 0 };
    if (data.nesting === 0) file.durationMs += data.details.duration_ms;
    const outcome = judge(type, data, path);
    if (outcome === null) continue;
    file[outcome.kind] += 1;
    counts[outcome.kind] += 1;
    if (outcome.text !== undefined) yield outcome.text;
  }
  yield* flush();
  if (process.env.HOLDFAST_COUNTS !== undefined) {
    writeFileSync(process.env.HOLDFAST_COUNTS, JSON.stringify(counts));
  }
}

function judge(type, data, path) {
  const isSuite = data.details.type === 'suite';
  if (type === 'test:fail') {
    const { error } = data.details;
    // A suite, or a test with parts, fails with its parts, which have been reported.
    if (error?.failureType === 'subtestsFailed') return null;
    return { kind: 'failed', text: failure(path, data.name, error) };
  }
  if (data.skip !== undefined || data.todo !== undefined) {
    const reason = data.skip ?? data.todo;
    if (typeof reason === 'string' && reason.trim() !== '') {
      return { kind: 'skipped', text: `  skipped: ${path}: ${data.name}: ${reason}\n` };
    }
    return { kind: 'failed', text: `  FAILED: ${path}: ${data.name}: skipped without a reason\n` };
  }
  if (isSuite) return null;
  // The runner reports a file without tests as one test named after the file.
  if (data.nesting === 0 && relative(process.cwd(), data.name) === path) {
    return { kind: 'failed', text: `  FAILED: ${path}: the file has no tests\n` };
  }
  return { kind: 'passed' };
}

function failure(path, name, error) {
  const cause = error?.cause ?? error;
  const detail = cause?.stack ?? inspect(cause, { depth: 4 });
  const differs =
    cause?.code === 'ERR_ASSERTION' && cause.operator !== undefined
      ? `\nactual: ${inspect(cause.actual, { depth: 6 })}\nexpected: ${inspect(cause.expected, { depth: 6 })}`
      : '';
  const indented = `${detail}${differs}`.replace(/^/gm, '    ');
  return `  FAILED: ${path}: ${name}\n${indented}\n`;
}

function fileLine({ path, passed, failed, skipped, durationMs }) {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return `${failed > 0 ? 'not ok' : 'ok'} ${path}: ${parts.join(', ')} (${(durationMs / 1000).toFixed(1)} s)\n`;
}
