import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { WeeklyOutcome } from '../../src/domain/contracts.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import { readAlias } from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import { keys } from '../../src/release/layout.js';
import { readJson } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast, type CliOptions, type CliRun } from '../support/cli.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

/** The whole of the loop from the command line, on a real Temporal server and a real worker. */
describe('the command line', () => {
  let loop: Loop;
  let worker: RunningWorker | null = null;
  let candidate = '';

  before(async () => {
    loop = await startLoop({ firstWindow: WINDOW, championRows: 10 });
    const tickets = makeTickets('w1', 240, '2025-12-29', '2026-01-05');
    loop.project.writeLog('w1.jsonl', logLines(tickets));
  });
  after(async () => {
    await worker?.stop();
    await loop.close();
  });

  function holdfast(...argv: readonly string[]): Promise<CliRun> {
    return holdfastWith({}, ...argv);
  }

  function holdfastWith(options: CliOptions, ...argv: readonly string[]): Promise<CliRun> {
    return runHoldfast([...argv, '--config', join(loop.project.folder, 'holdfast.yaml')], {
      ...options,
      environment: {
        HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
        LOCAL_KEY: SECRETS.providerKey,
        USER: 'ana',
        ...options.environment,
      },
    });
  }

  async function json<T>(
    ...argv: readonly string[]
  ): Promise<{ readonly code: number; readonly value: T }> {
    const { code, out } = await holdfast(...argv, '--json');
    return { code, value: JSON.parse(out) as T };
  }

  test('status before the first run shows an empty chain, no worker and no schedule', async () => {
    const { code, out } = await holdfast('status');
    assert.equal(code, 0);
    assert.match(out, /champion {2}.*to be declared by the first run/);
    assert.match(out, /chain {5}empty/);
    assert.match(out, /workers {3}none: start one with holdfast worker/);
    assert.match(out, /schedule {2}none/);
  });

  test('a namespace that is not there is told by its name, and status still shows the store', async () => {
    const mistyped = { environment: { TEMPORAL_NAMESPACE: 'defualt' } };
    const run = await holdfastWith(mistyped, 'run', '--window', WINDOW);
    assert.equal(run.code, 2);
    assert.match(run.err, /has no namespace defualt: correct temporal\.namespace/);
    const status = await holdfastWith(mistyped, 'status');
    assert.equal(status.code, 0);
    assert.match(status.out, /chain {5}empty.*not known\n +Temporal at .* has no namespace/s);
  });

  test('a run without a worker is refused instead of waiting without a word', async () => {
    const { code, err } = await holdfast('run', '--window', WINDOW);
    assert.equal(code, 2);
    assert.match(err, /no worker polls the task queue holdfast .*`holdfast worker`/);
  });

  test('config check looks at everything and finds nothing wrong once a worker polls', async () => {
    worker = await loop.startWorker();
    const { code, out } = await holdfast('config', 'check');
    assert.equal(code, 0, out);
    for (const name of ['secrets', 'store', 'logs', 'evals', 'champion', 'temporal', 'worker']) {
      assert.match(out, new RegExp(`ok {4}${name}`));
    }
    assert.match(out, /evals +tickets: 120 samples, as pinned/);
    assert.match(out, /training +http.* serves local-linear-1/);
    assert.match(out, /a run can start/);
  });

  test('files that will not be read are named by config check and by the manifest', async () => {
    const path = join(loop.project.folder, 'logs', 'notes.txt');
    writeFileSync(path, 'x');
    const checked = await holdfast('config', 'check');
    assert.equal(checked.code, 0, checked.out);
    assert.match(
      checked.out,
      /warn {2}logs .*\n +1 other file will not be read \(notes\.txt\): logs end/,
    );
    assert.equal((await holdfast('run', '--window', WINDOW, '--dry-run')).code, 0);
    rmSync(path);
    const { store } = loop.project;
    const manifests: WindowManifest[] = [];
    for await (const { key } of store.list('dry-runs/')) {
      if (key.endsWith('/manifest.json')) manifests.push(await readJson(store, key));
    }
    const [manifest] = manifests;
    assert.deepEqual(manifest?.unknownFiles, [{ source: 0, count: 1, first: ['notes.txt'] }]);
  });

  test('a dry run builds the release, tells the estimate and trains nothing', async () => {
    const { code, value } = await json<WeeklyOutcome>('run', '--window', WINDOW, '--dry-run');
    assert.equal(code, 0);
    const [outcome] = value.windows;
    assert.equal(outcome?.decision, 'dry-run');
    assert.equal(outcome.candidate, null);
    assert.ok(outcome.estimate !== undefined && outcome.estimate.tokens > 0);
    assert.match((await holdfast('status')).out, /chain {5}empty/);
  });

  test('a run tells its story and names the command that approves', async () => {
    const { code, out } = await holdfast('run', '--window', WINDOW);
    assert.equal(code, 0, out);
    assert.match(out, /2026-W01 {2}promote/);
    assert.match(out, /ingest +240 -> \d+/);
    assert.match(out, /measured +tickets \(frozen\): clean \+\d/);
    candidate = /waits for +holdfast approve (\S+) --reason/.exec(out)?.[1] ?? '';
    assert.notEqual(candidate, '');
    assert.match(out, /--reason .*\n +identities are claims: no approver has a key/);
    const page = /report +(\S+\.html)/.exec(out)?.[1] ?? '';
    assert.ok(existsSync(page));
    assert.ok(readFileSync(page, 'utf8').includes(`holdfast approve ${candidate}`));
  });

  test('who started the run is told to the promotion, so that it can be kept from approving', async () => {
    const { workflow } = loop.client;
    const listed = workflow.list({ query: "WorkflowType = 'promotion'" })[Symbol.asyncIterator]();
    const found = ((await listed.next()) as { readonly value?: { readonly workflowId: string } })
      .value;
    const { events } = await workflow.getHandle(found?.workflowId ?? '').fetchHistory();
    const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const { submitter } = JSON.parse(Buffer.from(input?.data ?? []).toString('utf8')) as {
      readonly submitter: string;
    };
    assert.equal(submitter, 'ana');
  });

  test('the same run again is not run twice', async () => {
    const { code, out } = await holdfast('run', '--window', WINDOW);
    assert.equal(code, 0);
    assert.match(out, /2026-W01 {2}is in the chain already: pending/);
  });

  test('a rebuild comes to the same digest', async () => {
    const { code, out } = await holdfast('run', '--window', WINDOW, '--rebuild');
    assert.equal(code, 0);
    assert.match(out, /rebuilt to the same digest/);
  });

  test('status lists what waits, with its approve command', async () => {
    const { out } = await holdfast('status');
    assert.match(out, /chain {5}2026-W01 {2}release [0-9a-f]{12} {2}pending/);
    assert.ok(out.includes(`holdfast approve ${candidate} --reason`));
    assert.match(out, /approval {2}by anyone; identities are claims/);
    assert.match(out, /waiting .*\n.*approve.*\n +identities are claims/);
    const { value } = await json<{
      readonly temporal: { readonly waiting: readonly { readonly candidate: string }[] };
    }>('status');
    assert.deepEqual(
      value.temporal.waiting.map((one) => one.candidate),
      [candidate],
    );
  });

  test('a decision on an unknown candidate names what waits', async () => {
    const { code, err } = await holdfast('approve', 'someone-else', '--reason', 'why not');
    assert.equal(code, 2);
    assert.ok(err.includes(`waiting: ${candidate}`));
  });

  test('a decision on other evidence is refused with exit code 1, and nothing moves', async () => {
    const refused = await json<{ readonly refused: string }>(
      ...['approve', candidate, '--reason', 'looks right', '--evidence', 'f'.repeat(64)],
    );
    assert.equal(refused.code, 1);
    assert.match(refused.value.refused, /^stale: the evidence under review is/);
    assert.equal((await readAlias(loop.project.store, MODEL))?.version, 1);
  });

  test('an approval moves the champion, once, in the name of who sits at the terminal', async () => {
    const approved = await holdfast('approve', candidate, '--reason', 'read the report');
    assert.equal(approved.code, 0, approved.err);
    assert.match(approved.out, /was promoted by ana\nidentities are claims: no approver has a key/);
    assert.equal((await readAlias(loop.project.store, MODEL))?.alias.modelId, candidate);
    const again = await holdfast('approve', candidate, '--reason', 'read the report');
    assert.equal(again.code, 1);
    assert.match(again.err, /refused: already decided: the candidate was promoted by ana/);
  });

  test('the report is made anew from the store, with the decision recomputed and who decided', async () => {
    type Summary = {
      readonly evidence: {
        readonly digest: string;
        readonly decision: string;
        readonly recomputed: boolean;
      };
      readonly promotion: { readonly stage: string; readonly decidedBy: string };
      readonly report: string;
      readonly modelCard: string;
    };
    const { code, value } = await json<Summary>('report');
    assert.equal(code, 0);
    assert.deepEqual([value.evidence.decision, value.evidence.recomputed], ['promote', true]);
    assert.deepEqual([value.promotion.stage, value.promotion.decidedBy], ['promoted', 'ana']);
    assert.ok(
      readFileSync(value.report, 'utf8').includes('The promotion was <b>promoted</b> by ana'),
    );
    const card = readFileSync(value.modelCard, 'utf8');
    assert.ok(card.startsWith(`# ${candidate}\n`));
    // Samples and answers are read back from the store, not only counted.
    assert.match(card, /### (Better|Wrong) [^]*- reference: \S[^]*- candidate: \S/);
    const stored = await loop.project.store.head(
      keys.modelCard(MODEL, '2026-W01', value.evidence.digest),
    );
    assert.ok(stored !== null, 'the run itself wrote no model card');
    const absent = await holdfast('report', '2026-W30');
    assert.equal(absent.code, 2);
    assert.match(absent.err, /the chain has no window 2026-W30; it has 2026-W01/);
  });

  test('a rollback turns the champion back, with an audit entry, and no further than there is', async () => {
    const { code, out } = await holdfast(
      'rollback',
      '--reason',
      'misfiles invoices',
      '--by',
      'ben',
    );
    assert.equal(code, 0);
    assert.ok(out.includes(`${loop.project.championId} (was ${candidate}), by ben`));
    const audit = await readAudit(loop.project.store, MODEL);
    assert.deepEqual(
      audit.map(({ entry }) => [entry.action, entry.by]),
      [
        ['champion-declared', 'configuration'],
        ['approved', 'ana'],
        ['promoted', 'ana'],
        ['rolled-back', 'ben'],
      ],
    );
    const again = await holdfast('rollback', '--reason', 'once more');
    assert.equal(again.code, 2);
    assert.match(again.err, /nothing before it/);
  });

  test('a window is skipped with a reason only, and stands in the chain', async () => {
    const without = await holdfast('run', '--skip', '2026-W02');
    assert.equal(without.code, 2);
    assert.match(without.err, /--skip needs --reason/);
    const { code } = await holdfast('run', '--skip', '2026-W02', '--reason', 'no logs were kept');
    assert.equal(code, 0);
    assert.match((await holdfast('status')).out, /2026-W02 {2}release [0-9a-f]{12} {2}skipped/);
  });

  test('Ctrl-C leaves a run to the worker, and the same command joins it again', async () => {
    const interruption = new AbortController();
    const left = await holdfastWith(
      { interrupted: interruption.signal, onOutput: () => interruption.abort() },
      ...['run', '--window', '2026-W03'],
    );
    assert.equal(left.code, 0);
    assert.match(left.err, /left run\/triage\/2026-W03 to the worker/);
    const leftAgain = await holdfastWith(
      { interrupted: AbortSignal.abort() },
      ...['run', '--window', '2026-W03', '--json'],
    );
    assert.deepEqual(JSON.parse(leftAgain.out), { workflowId: 'run/triage/2026-W03', left: true });
    const { code, out } = await holdfast('run', '--window', '2026-W03');
    assert.equal(code, 0);
    assert.match(
      out,
      /2026-W03 {2}(nothing to train on|is in the chain already|inconclusive|hold)/,
    );
    const detached = await holdfast('run', '--window', '2026-W03', '--detach');
    assert.equal(detached.code, 0);
    assert.match(detached.out, /^triage 2026-W03: run\/triage\/2026-W03\n$/);
  });

  test('the schedule is made, brought up to date, paused, resumed and taken away', async () => {
    const made = await json<{ readonly did: string; readonly next: readonly string[] }>('schedule');
    assert.equal(made.value.did, 'created');
    assert.equal(new Date(made.value.next[0] ?? '').getUTCDay(), 1, 'fires on a Monday');
    assert.equal(new Date(made.value.next[0] ?? '').getUTCHours(), 6);
    assert.match((await holdfast('schedule')).out, /updated/);
    assert.match((await holdfast('status')).out, /schedule {2}next \d{4}-/);
    await holdfast('schedule', '--pause');
    assert.match((await holdfast('status')).out, /schedule {2}paused/);
    await holdfast('schedule', '--resume');
    assert.match((await holdfast('schedule', '--delete')).out, /deleted/);
    const gone = await holdfast('schedule', '--pause');
    assert.equal(gone.code, 2);
    assert.match(gone.err, /has no schedule/);
  });

  test('a schedule made before the configuration changed is told apart', async () => {
    await holdfast('schedule');
    await loop.project.configure({ maximumQuarantined: 0.2 });
    assert.match((await holdfast('status')).out, /runs with an older configuration/);
  });
});
