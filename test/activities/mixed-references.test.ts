import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { Evidence, GateCheck } from '../../src/domain/gate.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDataPath } from '../support/data-path.js';
import { honest, startJudge } from '../support/judge-host.js';
import { measureWindow } from '../support/measure-window.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const SUITE = 'frozen:mixed';
const TICKETS = makeTickets('mixed', 130, '2025-01-01', '2025-02-01');
/** The first of them are held against references, the others are compared by a judge. */
const REFERENCES = 10;

const samples = TICKETS.map(({ id, text }, index): Sample => ({
  id,
  messages: [{ role: 'user', content: text }],
  reference: index < REFERENCES ? 'a good answer' : null,
  referenceOrigin: 'independent',
  options: [],
  cluster: id,
  ...(index < REFERENCES ? {} : { scorer: 'judge' }),
}));

/** The candidate of the second week answers well, all others do not. */
const models: ChatClient = {
  complete: async ({ model }) => {
    const content = model === 'ft:week-2' ? 'a good answer' : 'an answer';
    return { content, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
  },
};

/** The second week's evidence, once another model serves than the first, which was trained on so many of the references. */
async function secondWeek(leaked: number): Promise<Evidence> {
  const judge = await startJudge(honest);
  const store = createMemoryStore();
  const policy = DEFAULT_CONTAMINATION_POLICY;
  const { digest } = await freezeEvalSet(store, 'mixed', samples, createRedactor(), policy);
  const changes = {
    judge: judge.judge,
    evals: [{ name: 'mixed', digest }],
    gate: { superiorityOn: SUITE },
  };
  const trainedOn = TICKETS.slice(0, leaked).map(({ text }) => ({
    messages: [
      { role: 'user', content: text },
      { role: 'assistant', content: 'an answer' },
    ],
  }));
  const path = await createDataPath(changes, trainedOn, async () => store);
  Object.assign(path.deps, { judgeFor: () => judge.client, chatFor: () => models });
  const week = (name: string, from: string, to: string): void =>
    path.writeLog(
      `${name}.jsonl`,
      makeTickets(name, 20, from, to).map((ticket) => toLogLine(ticket, ticket.label)),
    );
  week('w1', '2025-12-29', '2026-01-05');
  await measureWindow(path.deps, await path.build(0), 'ft:week-1');
  const previousModelId = 'champion';
  const alias = { modelId: 'ft:week-1', promotion: null, evidence: null, previousModelId };
  assert.ok(await promoteAlias(store, 'triage', 1, alias));
  week('w2', '2026-01-05', '2026-01-12');
  const { evidence } = await measureWindow(path.deps, await path.build(1), 'ft:week-2');
  path.close();
  return evidence;
}

function anchorCheckOf({ result }: Evidence): GateCheck | undefined {
  return result.checks.find(({ name }) => name === `not worse than the anchor on ${SUITE}`);
}

describe('a suite that mixes samples with references and samples for a judge', () => {
  test('compares the anchor on the clean ones that a reference scores, and on no other', async () => {
    const evidence = await secondWeek(4);
    assert.deepEqual(evidence.anchor?.suites, [SUITE]);
    const suite = evidence.suites.find((one) => one.suite === SUITE);
    assert.equal(suite?.anchor?.count, REFERENCES - 4);
    assert.equal(suite.clean?.count, TICKETS.length - 4);
    const asked = (evidence.scores[SUITE] ?? []).filter(({ anchor }) => anchor !== undefined);
    assert.equal(asked.length, REFERENCES);
    assert.equal(anchorCheckOf(evidence)?.outcome, 'pass');
    assert.equal(evidence.result.decision, 'promote');
  });

  test('waits for no anchor where only the judge has anything clean, and says so', async () => {
    const evidence = await secondWeek(REFERENCES);
    assert.deepEqual(evidence.anchor?.suites, []);
    const suite = evidence.suites.find((one) => one.suite === SUITE);
    assert.equal(suite?.anchor, undefined);
    assert.equal(suite?.clean?.count, TICKETS.length - REFERENCES);
    const check = anchorCheckOf(evidence);
    assert.equal(check?.outcome, 'warn');
    assert.match(check.reason, /a judge compares champion and candidate only/);
    assert.equal(evidence.result.decision, 'promote');
  });
});
