import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { Evidence, GateCheck } from '../../src/domain/gate.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import type { Message } from '../../src/domain/record.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { readJson } from '../../src/storage/objects.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { refuse, startLocalHost } from '../support/local-host.js';
import { measureWindow, type MeasuredWindow, withChat } from '../support/measure-window.js';
import { draw, makeTickets, toLogLine } from '../support/traffic.js';

const TARGET = 'frozen:target';
const GUARD = 'frozen:guard';
const TARGET_COUNT = 300;
/** Samples of the guard's that the first champion was trained on. */
const LEAKED = 5;

/** A sample's question: twelve words that stand in no other, so that it has no near-copies. */
function question(set: string, index: number): string {
  const word = (at: number): string =>
    Array.from({ length: 9 }, (_, letter) =>
      String.fromCharCode(97 + Math.floor(draw(set, index, at, letter) * 26)),
    ).join('');
  return Array.from({ length: 12 }, (_, at) => word(at)).join(' ');
}

function samplesOf(set: string, count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${set}-${index}`,
    messages: [{ role: 'user', content: question(set, index) }],
    reference: 'right',
    referenceOrigin: 'independent',
    options: [],
    cluster: `${set}-${index}`,
  }));
}

/**
 * Models by their weeks, the first champion's 0: each is right on 40 target samples more than the one before, and wrong on
 * ten of the guard's thousand more, behind those that leaked to the first.
 */
function isRight(week: number, set: string, index: number): boolean {
  if (set === 'target') return index < 100 + 40 * week;
  return set !== 'guard' || index < LEAKED || index >= LEAKED + 10 * week;
}

interface Models {
  readonly baseURL: string;
  /** Which models were asked since it was asked this before, in their order. */
  asked(): readonly string[];
  /** From now on the host knows no such model. */
  retire(model: string): void;
}

async function startModels(sets: Readonly<Record<string, number>>): Promise<Models> {
  const places = new Map<string, readonly [string, number]>();
  for (const [set, count] of Object.entries(sets)) {
    for (let index = 0; index < count; index += 1) places.set(question(set, index), [set, index]);
  }
  const retired = new Set<string>();
  let seen = 0;
  const modelOf = (body: unknown): string => (body as { model: string }).model;
  const { baseURL, asked } = await startLocalHost(({ body }, _index, response) => {
    const { messages } = body as { messages: readonly Message[] };
    if (retired.has(modelOf(body))) return refuse(response, 404);
    const week = Number(/^ft:week-(\d+)$/.exec(modelOf(body))?.[1] ?? 0);
    const [set, index] = places.get(messages.at(-1)?.content ?? '') ?? ['other', 0];
    const content = isRight(week, set, index) ? 'right' : 'wrong';
    return { choices: [{ message: { content }, finish_reason: 'stop' }] };
  });
  return {
    baseURL,
    asked: () => {
      const fresh = asked.slice(seen).map(({ body }) => modelOf(body));
      seen = asked.length;
      return [...new Set(fresh)];
    },
    retire: (model) => void retired.add(model),
  };
}

interface Weeks {
  readonly path: DataPath;
  readonly models: Models;
  /** Builds and measures the next week, whose candidate is `ft:week-N`. */
  next(): Promise<MeasuredWindow & { readonly manifest: WindowManifest }>;
  /** The candidate of the week that was measured last becomes the champion. */
  promote(): Promise<void>;
}

async function openWeeks({
  guardCount,
  guards = [{ suite: GUARD, margin: 0.02 }],
}: {
  readonly guardCount: number;
  readonly guards?: readonly object[];
}): Promise<Weeks> {
  const sets = { target: TARGET_COUNT, guard: guardCount };
  const store = createMemoryStore();
  const evals: { name: string; digest: string }[] = [];
  for (const [name, count] of Object.entries(sets)) {
    const policy = DEFAULT_CONTAMINATION_POLICY;
    const samples = samplesOf(name, count);
    const { digest } = await freezeEvalSet(store, name, samples, createRedactor(), policy);
    evals.push({ name, digest });
  }
  const trainedOn = Array.from({ length: LEAKED }, (_, index) => ({
    messages: [
      { role: 'user', content: question('guard', index) },
      { role: 'assistant', content: 'right' },
    ],
  }));
  const changes = { evals, gate: { superiorityOn: TARGET, guards } };
  const path = await createDataPath(changes, trainedOn, async () => store);
  const models = await startModels(sets);
  const deps = withChat(path.deps, models.baseURL);
  let week = 0;
  return {
    path,
    models,
    next: async () => {
      const from = new Date(Date.parse('2025-12-29T00:00:00.000Z') + week * 7 * 86_400_000);
      const to = new Date(from.getTime() + 86_400_000);
      const tickets = makeTickets(`w${week}`, 20, from.toISOString(), to.toISOString());
      path.writeLog(
        `w${week}.jsonl`,
        tickets.map((ticket) => toLogLine(ticket, ticket.label)),
      );
      const built = await path.build(week);
      week += 1;
      const measured = await measureWindow(deps, built, `ft:week-${week}`);
      const manifest = await readJson<WindowManifest>(store, built.input.manifestKey);
      return { ...measured, manifest };
    },
    promote: async () => {
      const previousModelId = week === 1 ? 'champion' : `ft:week-${week - 1}`;
      const alias = {
        modelId: `ft:week-${week}`,
        promotion: null,
        evidence: null,
        previousModelId,
      };
      assert.ok(await promoteAlias(store, 'triage', week, alias));
    },
  };
}

function outcomeOf({ result }: Evidence, name: string): GateCheck['outcome'] | undefined {
  return result.checks.find((check) => check.name === name)?.outcome;
}

describe('the first champion, where candidates lose a point a week', () => {
  let weeks: Weeks;
  const found: (Awaited<ReturnType<Weeks['next']>> & { readonly asked: readonly string[] })[] = [];
  before(async () => {
    weeks = await openWeeks({ guardCount: 1000 });
    for (const promoted of [true, true, true, false]) {
      const measured = await weeks.next();
      found.push({ ...measured, asked: weeks.models.asked() });
      if (promoted) await weeks.promote();
      weeks.models.retire('champion');
    }
  });
  after(() => weeks.path.close());

  test('stops it, though every candidate is within the margin of its champion', () => {
    assert.deepEqual(
      found.map(({ evidence }) => [
        evidence.result.decision,
        outcomeOf(evidence, `not worse on ${GUARD}`),
        outcomeOf(evidence, `not worse than the anchor on ${GUARD}`),
      ]),
      [
        ['promote', 'pass', undefined],
        ['promote', 'pass', 'pass'],
        ['inconclusive', 'pass', 'inconclusive'],
        ['hold', 'pass', 'fail'],
      ],
    );
  });

  test('is asked a frozen set once for ever: what it answered as champion counts, also when it is gone', () => {
    assert.deepEqual(
      found.map(({ asked }) => asked),
      [
        ['champion', 'ft:week-1'],
        ['ft:week-1', 'ft:week-2'],
        ['ft:week-2', 'ft:week-3'],
        ['ft:week-3', 'ft:week-4'],
      ],
    );
    const [first, second] = found;
    assert.equal(first?.manifest.anchor, undefined);
    assert.equal(first?.evidence.anchor, undefined);
    assert.equal(second?.manifest.anchor?.modelId, 'champion');
    assert.deepEqual(second.evidence.anchor, { modelId: 'champion', suites: [TARGET, GUARD] });
  });

  test('has its training files held against the samples in every week: clean is clean for it, too', () => {
    const leaked = Array.from({ length: LEAKED }, (_, index) => `guard-${index}`);
    for (const [week, { evidence, report }] of found.entries()) {
      const unclean = (evidence.scores[GUARD] ?? []).filter(({ clean }) => !clean);
      assert.deepEqual(
        unclean.map(({ sampleId, dirtyFor }) => [sampleId, dirtyFor]),
        leaked.map((id) => [id, week === 0 ? undefined : 'anchor']),
      );
      const suite = evidence.suites.find((one) => one.suite === GUARD);
      assert.equal(suite?.clean?.count, 995);
      assert.equal(suite.dirty?.count, week === 0 ? LEAKED : undefined);
      assert.match(report, /Left out of the clean part: 5 dirty samples/);
    }
  });
});

describe('the first champion, where its host does not serve it any more', () => {
  test('fails its check on samples that it was not asked before, and off leaves the check out', async () => {
    const guards = [{ suite: 'holdout', margin: 0.5 }];
    const weeks = await openWeeks({ guardCount: 10, guards });
    await weeks.next();
    await weeks.promote();
    weeks.models.retire('champion');
    const { evidence, report } = await weeks.next();
    const name = 'not worse than the anchor on holdout';
    assert.deepEqual(evidence.anchor?.refused, { holdout: 'status-404' });
    assert.equal(outcomeOf(evidence, name), 'fail');
    assert.equal(evidence.result.decision, 'hold');
    assert.match(
      report,
      /The anchor champion answered none of the clean samples of holdout \(status-404\)/,
    );
    const { configuration } = weeks.path;
    weeks.path.configuration = { ...configuration, gate: { ...configuration.gate, anchor: 'off' } };
    const off = await weeks.next();
    assert.equal(off.manifest.anchor, undefined);
    assert.equal(off.evidence.anchor, undefined);
    assert.equal(outcomeOf(off.evidence, name), undefined);
    weeks.path.close();
  });
});
