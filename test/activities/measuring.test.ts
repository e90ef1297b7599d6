import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { decide } from '../../activities/deciding.js';
import { evaluate } from '../../activities/evaluating.js';
import { readUsage } from '../../activities/measuring.js';
import { writeReport } from '../../activities/reporting.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateResult } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { startLocalHost } from '../support/local-host.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const NEVER = new AbortController().signal;
const TICKETS = makeTickets('w1', 500, '2025-12-29', '2026-01-05');
const SLOW_MS = 40;

const open: DataPath[] = [];
after(() => {
  for (const path of open.splice(0)) path.close();
});

async function windowWith(chat: ChatClient, gate: object = {}): Promise<[DataPath, BuiltWindow]> {
  const path = await createDataPath({ gate: { superiorityOn: 'holdout', ...gate } });
  open.push(path);
  Object.assign(path.deps, { chatFor: () => chat });
  path.writeLog('w1.jsonl', logLines(TICKETS));
  return [path, await path.build(0)];
}

async function answersTo(
  path: DataPath,
  { input, release }: BuiltWindow,
): Promise<readonly EvaluateResult[]> {
  const answers: EvaluateResult[] = [];
  for (const suite of ['frozen:tickets', HOLDOUT_SUITE]) {
    for (const role of ['champion', 'candidate'] as const) {
      const asked = { ...input, release, candidate: 'candidate', role, suite };
      answers.push(await evaluate(path.deps, asked, NEVER));
    }
  }
  return answers;
}

async function decidedOn(path: DataPath, window: BuiltWindow): Promise<[Evidence, string]> {
  const { input, release } = window;
  const answers = await answersTo(path, window);
  const asked = { ...input, release, candidate: 'candidate', answers };
  const { evidenceKey, evidenceDigest } = await decide(path.deps, asked);
  return [await readJson<Evidence>(path.deps.store, evidenceKey), evidenceDigest];
}

/** A client whose every answer takes as long as `latencyOf` says of the model, on a day. */
function clientTaking(latencyOf: (model: string) => number, day: string): ChatClient {
  return {
    complete: async ({ model }) => ({
      content: model,
      finishReason: 'stop',
      promptTokens: 100,
      completionTokens: model === 'candidate' ? 60 : 20,
      measured: { latencyMs: latencyOf(model), day },
    }),
  };
}

describe('what answers take', () => {
  test('is measured at the host, with its count of tokens, and stands beside the answers', async () => {
    const { baseURL } = await startLocalHost(({ body }, _, response) => {
      const { model } = body as { readonly model: string };
      const answer = JSON.stringify({
        choices: [{ message: { content: model } }],
        usage: { prompt_tokens: 30, completion_tokens: model === 'candidate' ? 9 : 5 },
      });
      setTimeout(() => response.end(answer), model === 'candidate' ? SLOW_MS : 0);
    });
    const now = (): number => performance.timeOrigin + performance.now();
    const sleep = async (): Promise<void> => undefined;
    const [path, window] = await windowWith(createChatClient({ baseURL, key: 'k', sleep, now }));
    const { store } = path.deps;
    const answers = await answersTo(path, window);
    const [frozen] = await readUsage(store, answers, 'frozen:tickets', [
      {
        id: 'frozen-1',
        messages: [],
        reference: null,
        referenceOrigin: 'independent',
        options: [],
        cluster: 'c',
      },
    ]);
    assert.ok(frozen !== undefined);
    assert.ok(frozen.candidate.latencyMs >= SLOW_MS - 2, String(frozen.candidate.latencyMs));
    assert.ok(frozen.champion.latencyMs < 5_000);
    const { promptTokens, completionTokens, day } = frozen.candidate;
    assert.deepEqual([promptTokens, completionTokens], [30, 9]);
    assert.match(day, /^\d{4}-\d{2}-\d{2}$/);
    for (const { answers: reference } of answers) {
      const text = Buffer.from(await readBytes(store, reference?.key ?? '')).toString();
      assert.doesNotMatch(text, /usage|latency|Tokens/);
    }
  });

  test('is in no digest: other latencies give the same answers and the same evidence', async () => {
    const [one, other] = [100, 300].map((ms) => clientTaking(() => ms, '2026-11-27'));
    assert.ok(one !== undefined && other !== undefined);
    const [path, window] = await windowWith(one);
    const [evidence, digest] = await decidedOn(path, window);
    const [path2, window2] = await windowWith(other);
    const [, digest2] = await decidedOn(path2, window2);
    assert.equal(evidence.usage, undefined);
    assert.equal(digest2, digest);
    assert.deepEqual(await answersTo(path2, window2), await answersTo(path, window));
    const [kept, kept2] = await Promise.all(
      [path, path2].map(({ deps }) => readJson<object>(deps.store, keys.usage(digest))),
    );
    assert.notDeepEqual(kept2, kept);
  });

  test('is told in the report, and where the champion’s answers are of another day', async () => {
    const [path, window] = await windowWith(clientTaking(() => 100, '2026-11-20'));
    const { input, release } = window;
    await answersTo(path, window);
    // Another candidate on another day; the champion's answers are kept.
    const later = clientTaking((model) => (model === 'candidate-2' ? 250 : 9_999), '2026-11-27');
    Object.assign(path.deps, { chatFor: () => later });
    const suite = HOLDOUT_SUITE;
    const asked = { ...input, release, candidate: 'candidate-2', suite };
    const roles = ['champion', 'candidate'] as const;
    const answers = [];
    for (const each of ['frozen:tickets', suite]) {
      for (const role of roles) {
        answers.push(await evaluate(path.deps, { ...asked, suite: each, role }, NEVER));
      }
    }
    const { evidenceKey } = await decide(path.deps, { ...asked, answers });
    const { key } = await writeReport(path.deps, { ...input, release, evidenceKey });
    const page = Buffer.from(await readBytes(path.deps.store, key)).toString();
    const text = page
      .replace(/<style>.*?<\/style>/gs, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    assert.match(text, /What answers take/);
    assert.match(text, /champion \d+ 100 ms 100 ms 120\.0 candidate \d+ 250 ms 250 ms/);
    assert.match(text, /2\.50 \(2\.50 to 2\.50\)/);
    assert.match(text, /the champion was measured on 2026-11-20, .* the candidate on 2026-11-27/);
    assert.doesNotMatch(text, /9,999/);
  });

  test('is part of the evidence where a limit rests on it, and recomputes', async () => {
    const limits = { latencyP95: 1.2, tokens: 1.2 };
    const slow = clientTaking((model) => (model === 'candidate' ? 100 : 95), '2026-11-27');
    const [path, window] = await windowWith(slow, { limits });
    const [evidence] = await decidedOn(path, window);
    const count = evidence.scores[HOLDOUT_SUITE]?.length ?? 0;
    assert.ok(count >= 59, String(count));
    assert.equal(evidence.usage?.[HOLDOUT_SUITE]?.length, count);
    const outcomes = new Map(evidence.result.checks.map(({ name, outcome }) => [name, outcome]));
    assert.equal(outcomes.get('latency on holdout'), 'pass');
    // 160 tokens where the champion takes 120.
    assert.equal(outcomes.get('tokens on holdout'), 'fail');
    assert.equal(evidence.result.decision, 'hold');
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    const { usage, ...without } = evidence;
    assert.ok(usage !== undefined);
    assert.notDeepEqual(recomputeDecision(without), evidence.result);
  });
});
