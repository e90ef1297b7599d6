import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Dependencies } from '../../activities/dependencies.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import { windowLines } from '../../src/cli/run-story.js';
import type { EndCounts } from '../../src/domain/answer-end.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { readAsked } from '../../src/release/load-report.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { startLocalHost } from '../support/local-host.js';
import { measureWindow, type MeasuredWindow } from '../support/measure-window.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const TICKETS = makeTickets('w1', 500, '2025-12-29', '2026-01-05');

/** How the answer to a model's question ended, by how many it was asked before. */
type Finish = (model: string, index: number) => string | null;

const open: DataPath[] = [];
after(() => {
  for (const path of open.splice(0)) path.close();
});

/** Dependencies whose models answer with their name on a real host, and are measured. */
async function ending(deps: Dependencies, finish: Finish): Promise<Dependencies> {
  const counts = new Map<string, number>();
  const { baseURL } = await startLocalHost(({ body }) => {
    const { model } = body as { readonly model: string };
    const index = counts.get(model) ?? 0;
    counts.set(model, index + 1);
    return {
      choices: [{ message: { content: model }, finish_reason: finish(model, index) }],
      usage: { prompt_tokens: 30, completion_tokens: 5 },
    };
  });
  const now = (): number => performance.timeOrigin + performance.now();
  const client = createChatClient({ baseURL, key: 'k', sleep: async () => undefined, now });
  return { ...deps, chatFor: () => client };
}

interface Measured extends MeasuredWindow {
  readonly path: DataPath;
  readonly window: BuiltWindow;
}

async function measured(finish: Finish, gate: object = {}): Promise<Measured> {
  const path = await createDataPath({ gate: { superiorityOn: 'holdout', ...gate } });
  open.push(path);
  path.writeLog('w1.jsonl', logLines(TICKETS));
  const window = await path.build(0);
  const deps = await ending(path.deps, finish);
  return { path, window, ...(await measureWindow(deps, window, 'candidate')) };
}

/** By role and suite. */
async function endsOf(
  { deps }: DataPath,
  evidenceDigest: string,
): Promise<Readonly<Record<string, EndCounts>>> {
  const asked = await readAsked(deps.store, evidenceDigest);
  return Object.fromEntries(
    asked.flatMap(({ role, ends = {} }) =>
      Object.entries(ends).map(([suite, counts]) => [`${role} ${suite}`, counts]),
    ),
  );
}

async function cutLines({ path, window, evidenceDigest }: Measured): Promise<readonly string[]> {
  const outcome = {
    window: window.input.window.id,
    release: window.release,
    decision: 'hold',
    candidate: 'candidate',
    evidenceDigest,
    promotionId: null,
    trainRows: 1,
  } as const;
  const lines = await windowLines(outcome, 'triage', path.deps.store, null, 'claims');
  return lines
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line.startsWith('cut off'));
}

/** The candidate's every tenth answer is too long, and every fiftieth is filtered; the champion's end. */
const manyCut: Finish = (model, index) => {
  if (model !== 'candidate') return 'stop';
  return index % 10 === 1 ? 'length' : index % 50 === 0 ? 'content_filter' : 'stop';
};

describe('answers that came to no end of their own', () => {
  test('are counted by model and suite, told in the report and by the run, with what to do', async () => {
    const run = await measured(manyCut);
    const count = run.evidence.scores[HOLDOUT_SUITE]?.length ?? 0;
    assert.ok(count > 100, String(count));
    const ends = await endsOf(run.path, run.evidenceDigest);
    assert.deepEqual(Object.keys(ends).sort(), ['candidate frozen:tickets', 'candidate holdout']);
    const { answers, cut, filtered } = ends['candidate holdout'] ?? assert.fail();
    assert.equal(answers, count);
    assert.ok(Math.abs(cut - count / 10) <= 1 && filtered > 0, `${cut} ${filtered}`);
    const share = `${((cut / count) * 100).toFixed(1)} %`;
    const told = `${cut} of ${count} answers of the candidate on this window's holdout were cut off (${share})`;
    const page = run.report.replaceAll('&#39;', "'");
    assert.ok(page.includes(`${told}, ${filtered} stopped or withheld by the host’s filter`), page);
    assert.match(page, /1 of 1 answer of the candidate on tickets \(frozen\) was stopped/);
    assert.match(
      page,
      /More than 2\.0 % of the answers to a suite that decides were cut off\. .*raise chat\.maximumTokens \(512\)/,
    );
    assert.ok(page.includes(`answers of the candidate cut off ${share}`));
    const advice = 'raise chat.maximumTokens (512) and run it again with --reopen';
    assert.deepEqual(await cutLines(run), [`cut off ${told}: ${advice}`]);
  });

  test('are in no answers and no evidence: neither changes by how they end', async () => {
    const [cut, whole] = [await measured(manyCut), await measured(() => 'stop')];
    assert.equal(cut.evidenceDigest, whole.evidenceDigest);
    assert.deepEqual(cut.answers, whole.answers);
    assert.deepEqual(await endsOf(whole.path, whole.evidenceDigest), {});
    assert.doesNotMatch(whole.report, /cut off|Answers without their end/);
    const limited = await measured(manyCut, { limits: { tokens: 1.5 } });
    const pairs = limited.evidence.usage?.[HOLDOUT_SUITE] ?? [];
    assert.ok(pairs.length > 100);
    const names = ['completionTokens', 'day', 'latencyMs', 'promptTokens'];
    for (const { candidate } of pairs) assert.deepEqual(Object.keys(candidate).sort(), names);
    assert.ok('candidate holdout' in (await endsOf(limited.path, limited.evidenceDigest)));
  });

  test('that are few, or decide nothing, are told and no reason to change anything', async () => {
    // The first question is the only one of the frozen set, which is named nowhere in the gate.
    const run = await measured((_, index) => (index === 0 || index === 20 ? 'length' : null));
    const ends = await endsOf(run.path, run.evidenceDigest);
    const roles = ['candidate', 'champion'].flatMap((role) => [
      `${role} frozen:tickets`,
      `${role} holdout`,
    ]);
    assert.deepEqual(Object.keys(ends).sort(), roles);
    assert.match(run.report, /1 of \d+ answers of the champion on .* was cut off/);
    assert.doesNotMatch(run.report, /More than 2\.0 %|answers of the \w+ cut off/);
    assert.deepEqual(await cutLines(run), []);
  });

  test('are known of kept answers, too', async () => {
    const run = await measured((model) => (model === 'champion' ? 'length' : 'tool_calls'));
    const later = await ending(run.path.deps, () => assert.fail('the champion was asked again'));
    const answered = await ending(run.path.deps, () => 'stop');
    const deps: Dependencies = {
      ...later,
      chatFor: (configuration) => ({
        complete: (request, signal) =>
          (request.model === 'champion' ? later : answered)
            .chatFor(configuration)
            .complete(request, signal),
      }),
    };
    const { evidenceDigest } = await measureWindow(deps, run.window, 'candidate-2');
    const ends = await endsOf(run.path, evidenceDigest);
    const { answers, cut } = ends['champion holdout'] ?? assert.fail();
    assert.equal(cut, answers);
    assert.ok(!('candidate holdout' in ends));
  });
});
