import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { readJson } from '../../src/storage/objects.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { honest, startJudge } from '../support/judge-host.js';
import { measureWindow, type MeasuredWindow } from '../support/measure-window.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

/** The candidate of the second week answers well, all others do not; of questions that begin with three letters none does. */
function modelsOf(asked: Set<string>): ChatClient {
  return {
    complete: async ({ model, messages }) => {
      asked.add(model);
      const isAlike = /^[bdf]/.test(messages.at(-1)?.content ?? '');
      const content = isAlike ? 'no idea' : model === 'ft:week-2' ? 'a good answer' : 'an answer';
      return { content, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    },
  };
}

describe('a judged holdout once another champion serves', () => {
  let path: DataPath;
  let second: MeasuredWindow;
  let manifest: WindowManifest;
  const asked = new Set<string>();
  before(async () => {
    const judge = await startJudge(honest);
    path = await createDataPath({
      judge: judge.judge,
      select: { holdoutScorer: 'judge' },
      gate: { superiorityOn: 'holdout' },
    });
    const models = modelsOf(asked);
    Object.assign(path.deps, { judgeFor: () => judge.client, chatFor: () => models });
    const week = (name: string, from: string, to: string): void => {
      const lines = makeTickets(name, 240, from, to).map((ticket) =>
        toLogLine(ticket, 'the answer of then', { feedback: [] }),
      );
      path.writeLog(`${name}.jsonl`, lines);
    };
    week('w1', '2025-12-29', '2026-01-05');
    await measureWindow(path.deps, await path.build(0), 'ft:week-1');
    const previousModelId = 'champion';
    const alias = { modelId: 'ft:week-1', promotion: null, evidence: null, previousModelId };
    assert.ok(await promoteAlias(path.deps.store, 'triage', 1, alias));
    week('w2', '2026-01-05', '2026-01-12');
    const built = await path.build(1);
    manifest = await readJson<WindowManifest>(path.deps.store, built.input.manifestKey);
    asked.clear();
    second = await measureWindow(path.deps, built, 'ft:week-2');
  });
  after(() => path.close());

  test('promotes a better candidate: no check waits for an anchor that no judge compares', () => {
    const { evidence } = second;
    assert.equal(manifest.anchor?.modelId, 'champion');
    assert.deepEqual(evidence.anchor, { modelId: 'champion', suites: [] });
    assert.deepEqual(
      evidence.result.checks.filter(({ outcome }) => outcome === 'fail'),
      [],
    );
    assert.equal(evidence.result.decision, 'promote');
  });

  test('asks neither the anchor nor the champion with examples what nobody compares', () => {
    assert.deepEqual([...asked].sort(), ['ft:week-1', 'ft:week-2']);
    assert.deepEqual(
      second.answers.filter(({ role }) => role === 'anchor' || role === 'rival'),
      [],
    );
    assert.equal(second.evidence.prompting, undefined);
  });

  test('says that the anchor was not compared, in the evidence and the report', () => {
    const name = `not worse than the anchor on ${HOLDOUT_SUITE}`;
    const check = second.evidence.result.checks.find((each) => each.name === name);
    assert.equal(check?.outcome, 'warn');
    const said =
      /anchor champion is not compared on holdout: a judge compares champion and candidate only/;
    assert.match(check.reason, said);
    assert.match(second.report, said);
  });
});
