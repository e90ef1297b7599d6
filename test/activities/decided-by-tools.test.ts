import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { detectBeforeTraining } from '../../activities/detecting.js';
import { loadStoredConfiguration } from '../../activities/stored-configuration.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { DetectableDifference } from '../../src/domain/detectable.js';
import type { GateCheck } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Message } from '../../src/domain/record.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { parseEvalFile } from '../../src/evals/parse-eval-file.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { startLocalHost } from '../support/local-host.js';
import { measureWindow, type MeasuredWindow, withChat } from '../support/measure-window.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const HARNESS = fileURLToPath(new URL('../support/eval-harness.js', import.meta.url));
const SUITE = 'frozen:golden';
const LEAKED = 5;
const tickets = makeTickets('golden', 200, '2025-01-01', '2025-02-01');
const evalFile = tickets
  .map(({ id, text }, index) => {
    // Without a reference of ours, or with a scorer, for some: a harness needs and heeds neither.
    const reference = index < 20 ? { scorer: 'judge' } : { reference: 'right' };
    return `${JSON.stringify({ id, input: text, slices: [`half:${index % 2}`], ...reference })}\n`;
  })
  .join('');
const places = new Map(tickets.map(({ text }, index) => [text, index]));

/** The first champion is right on a half, each candidate on a twentieth more. */
const models = await startLocalHost(({ body }) => {
  const { model, messages } = body as { model: string; messages: readonly Message[] };
  const week = Number(/^ft:week-(\d+)$/.exec(model)?.[1] ?? 0);
  const index = places.get(messages.at(-1)?.content ?? '') ?? 0;
  const content = index < 100 + 10 * week ? 'right' : 'wrong';
  return { choices: [{ message: { content }, finish_reason: 'stop' }] };
});

describe('weeks of which a harness of one’s own measures the set that decides', () => {
  let path: DataPath;
  const found: MeasuredWindow[] = [];
  let card = '';
  let visible: readonly DetectableDifference[] = [];

  before(async () => {
    const store = createMemoryStore();
    const { digest } = await freezeEvalSet(
      store,
      'golden',
      parseEvalFile(Buffer.from(evalFile), 'golden.jsonl'),
      createRedactor(),
      DEFAULT_CONTAMINATION_POLICY,
    );
    const trainedOn = tickets.slice(0, LEAKED).map(({ text }) => ({
      messages: [
        { role: 'user', content: text },
        { role: 'assistant', content: 'right' },
      ],
    }));
    const changes = {
      evals: [
        {
          name: 'golden',
          digest,
          results: { tool: 'promptfoo', command: [process.execPath, HARNESS, 'promptfoo'] },
        },
      ],
      chat: { baseURL: models.baseURL },
      select: { completeSignals: ['filing'] },
      gate: {
        superiorityOn: SUITE,
        guards: [{ suite: 'holdout', margin: 0.9 }],
        limits: { tokens: 3 },
        anchorMargin: 0.05,
        finerMargins: 'tell',
      },
    };
    path = await createDataPath(changes, trainedOn, async () => store);
    const deps = withChat(
      {
        ...path.deps,
        sleep: (ms, signal) => delay(ms, undefined, { signal }),
        toolEnvironment: { PATH: '/usr/bin:/bin' },
      },
      models.baseURL,
    );
    for (const week of [0, 1]) {
      const from = Date.parse('2025-12-29T00:00:00.000Z') + week * 7 * 86_400_000;
      const [begin = '', end = ''] = [from, from + 86_400_000].map((at) =>
        new Date(at).toISOString(),
      );
      const lines = makeTickets(`w${week}`, 30, begin, end);
      path.writeLog(
        `w${week}.jsonl`,
        lines.map((ticket) => toLogLine(ticket, ticket.label)),
      );
      const built = await path.build(week);
      visible = await detectBeforeTraining(deps, path.configuration, built.input);
      const measured = await measureWindow(deps, built, `ft:week-${week + 1}`);
      found.push(measured);
      const cardKey = keys.modelCard('triage', built.input.window.id, measured.evidenceDigest);
      card = Buffer.from(await readBytes(store, cardKey)).toString();
      const alias = {
        modelId: `ft:week-${week + 1}`,
        promotion: null,
        evidence: null,
        previousModelId: 'champion',
      };
      assert.ok(await promoteAlias(store, 'triage', week + 1, alias));
    }
  });
  after(() => path.close());

  test('rest on its scores, from the clean samples, and recompute', () => {
    for (const { evidence } of found) {
      const suite = evidence.suites.find((one) => one.suite === SUITE);
      assert.equal(suite?.clean?.count, tickets.length - LEAKED);
      assert.equal(suite.dirtyCount, LEAKED);
      assert.deepEqual(
        suite.slices?.map(({ slice }) => slice),
        ['half:0', 'half:1'],
      );
      assert.equal(outcomeOf(evidence.result.checks, `superiority on ${SUITE}`), 'pass');
      assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    }
  });

  test('name the tool and the digests of its results, in evidence, report and model card', () => {
    const [first, second] = found;
    const record = second?.evidence.tools?.[SUITE];
    assert.equal(record?.tool, 'promptfoo');
    const roles = Object.keys(record.results).sort();
    assert.deepEqual(roles, ['anchor', 'candidate', 'champion']);
    const without = Object.keys(first?.evidence.tools?.[SUITE]?.results ?? {}).sort();
    assert.deepEqual(without, ['candidate', 'champion']);
    for (const { answers } of found.slice(1)) {
      const measured = answers.filter(({ suite }) => suite === SUITE);
      assert.deepEqual(
        Object.fromEntries(measured.map((each) => [each.role, each.answers?.sha256])),
        record.results,
      );
    }
    const sentence = /golden \(frozen\) was asked and scored by promptfoo/;
    for (const { report } of found) assert.match(report, sentence);
    assert.match(card.replaceAll('\\', ''), sentence);
  });

  test('can see as much as all of its clean samples show, whatever references these have', () => {
    const seen = visible.find(({ suite }) => suite === SUITE);
    assert.equal(seen?.count, tickets.length - LEAKED);
  });

  test('hold the first champion against it, which it measures, too', () => {
    const [, second] = found;
    const checks = second?.evidence.result.checks ?? [];
    assert.equal(outcomeOf(checks, `not worse than the anchor on ${SUITE}`), 'pass');
    const suite = second?.evidence.suites.find((one) => one.suite === SUITE);
    assert.ok(Math.abs((suite?.anchor?.difference ?? 0) - 20 / 195) < 1e-9);
  });

  test('say that it is held to no limit, and hold what is asked from here to them', () => {
    for (const { evidence } of found) {
      assert.equal(outcomeOf(evidence.result.checks, `limits on ${SUITE}`), 'warn');
      assert.equal(outcomeOf(evidence.result.checks, `tokens on ${SUITE}`), undefined);
      assert.notEqual(outcomeOf(evidence.result.checks, 'tokens on holdout'), undefined);
    }
  });

  test('show in the model card what it was answered', () => {
    assert.match(card, /### [^#]*golden[^#]*right[^#]*wrong|### [^#]*golden[^#]*wrong[^#]*right/);
  });

  test('are refused by a worker that started with another command', async () => {
    const [set] = path.configuration.evals;
    assert.ok(set?.results !== undefined);
    const results = { ...set.results, command: ['/bin/true'] };
    const other: Configuration = parseConfiguration({
      ...path.configuration,
      store: 'file:store',
      evals: [{ ...set, results }],
    });
    const text = canonicalJson(other);
    const digest = sha256Hex(text);
    await path.deps.store.putIfAbsent(keys.configuration(digest), Buffer.from(text));
    await assert.rejects(
      loadStoredConfiguration(path.deps, digest),
      /evals golden: results is not what this worker started with.*nor is another program run/,
    );
  });
});

function outcomeOf(checks: readonly GateCheck[], name: string): GateCheck['outcome'] | undefined {
  return checks.find((check) => check.name === name)?.outcome;
}
