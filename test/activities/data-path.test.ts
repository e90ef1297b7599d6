import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { closeWindow } from '../../activities/closing.js';
import { decide } from '../../activities/deciding.js';
import { suiteSamples } from '../../activities/suite-samples.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Evidence } from '../../src/domain/gate.js';
import type { Example } from '../../src/domain/record.js';
import { stepKey } from '../../src/release/layout.js';
import type { Placement } from '../../src/split/place.js';
import type { StepResult } from '../../src/domain/contracts.js';
import { readJson, readJsonl, writeJsonl } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets, toLogLine, type Ticket } from '../support/traffic.js';

const week1 = makeTickets('w1', 60, '2025-12-29', '2026-01-05');
const week2 = makeTickets('w2', 60, '2026-01-05', '2026-01-12');
const week3 = makeTickets('w3', 60, '2026-01-12', '2026-01-19');

const idsOf = (rows: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(rows.map(({ id }) => id));

async function findPlacement(built: BuiltWindow, side: string): Promise<Placement> {
  const placements = await built.read<Placement>('placements');
  const found = placements.find((placement) => placement.side === side);
  assert.ok(found, `nothing was placed on ${side}`);
  return found;
}

function ticketOf(tickets: readonly Ticket[], id: string): Ticket {
  return tickets.find((ticket) => ticket.id === id) ?? assert.fail(id);
}

/** A near-copy of each, in a conversation of its own. */
function copiesOf(tickets: readonly Ticket[]): readonly Ticket[] {
  return tickets.map((ticket) => ({
    ...ticket,
    id: `${ticket.id}-copy`,
    conversation: `${ticket.conversation}-copy`,
    text: `${ticket.text} again`,
  }));
}

describe('the data path over weeks', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath();
  });
  afterEach(() => path.close());

  test('a row whose consent is withdrawn leaves later training files, also where its old line is read again', async () => {
    path.writeLog('w1.jsonl', logLines(week1));
    const first = await path.build(0);
    const [row] = await first.read<Example>('rows');
    assert.ok(row);
    const withdrawn = toLogLine(ticketOf(week1, row.id), 'x', { consent: false });
    path.writeLog('w2.jsonl', [...logLines(week2), withdrawn]);
    const second = await path.build(1);
    assert.ok(!idsOf(await second.read<Example>('rows')).has(row.id));
    const placements = await second.read<Placement>('placements');
    const retraction = placements.find(({ id }) => id === row.id);
    assert.deepEqual(
      [retraction?.by, retraction?.side, retraction?.prompt],
      ['retraction', 'train', ''],
    );
    path.writeLog('w1.jsonl', [...logLines(week1), ...logLines(week3)]);
    const third = await path.build(2);
    assert.ok(!idsOf(await third.read<Example>('rows')).has(row.id));
  });

  test('a denial outlives the week that read it, also of records that were never placed', async () => {
    const denied = week1.slice(0, 10);
    path.writeLog('log.jsonl', logLines(week1));
    path.writeLog(
      'opted-out.jsonl',
      denied.map((ticket) => toLogLine(ticket, 'x', { consent: false })),
    );
    await path.build(0);
    path.writeLog('log.jsonl', logLines([...week1, ...week2]));
    const placed = idsOf(await (await path.build(1)).read<Placement>('placements'));
    assert.ok(placed.has('w2-0'));
    assert.deepEqual(
      denied.filter(({ id }) => placed.has(id)),
      [],
    );
  });

  test('a line that lost against one in another file stays lost when only its own file grows', async () => {
    path.writeLog('a.jsonl', logLines(week1));
    const mended = week1.map((ticket) => toLogLine({ ...ticket, label: 'mended' }, 'login'));
    path.writeLog('b.jsonl', mended);
    const first = await path.build(0);
    const answers = (await first.read<Example>('rows')).map(({ answer }) => answer);
    assert.deepEqual([...new Set(answers)], ['mended']);
    path.writeLog('a.jsonl', logLines([...week1, ...week2]));
    const second = await path.build(1);
    const placed = idsOf(await second.read<Placement>('placements'));
    assert.deepEqual(
      [...placed].filter((id) => id.startsWith('w1-')),
      [],
    );
  });

  test('a reopened window keeps every side that the release it replaces has given', async () => {
    path.writeLog('w1.jsonl', logLines(week1));
    const first = await path.build(0);
    const held = await findPlacement(first, 'holdout');
    path.writeLog('w1.jsonl', logLines(week1.filter(({ id }) => id !== held.id)));
    const reopened = await path.build(0, true);
    assert.equal(reopened.manifest.replacedRelease, first.release);
    // Whoever goes on with it later is told as well.
    const completing = { ...reopened.input, mode: 'run', reopen: false } as const;
    const { replacedRelease } = await closeWindow(path.deps, completing);
    assert.equal(replacedRelease, first.release);
    const gone = ticketOf(week1, held.id);
    const copy = {
      ...gone,
      id: 'copy',
      conversation: 'another',
      time: '2026-01-06T00:00:00.000Z',
    };
    path.writeLog('w2.jsonl', logLines([copy, ...week2]));
    const second = await path.build(1);
    const placements = await second.read<Placement>('placements');
    const placed = placements.find(({ id }) => id === 'copy');
    assert.deepEqual([placed?.side, placed?.nearTo], ['holdout', held.id]);
    // Its original is in no release of the chain any more, and was looked at all the same.
    const { samples } = await holdoutOf(second);
    assert.ok(samples.length > 0 && samples.every(({ sample }) => sample.id !== 'copy'));
  });

  test('a row near to holdout of a replaced release is taken out', async () => {
    path.writeLog('w1.jsonl', logLines(week1));
    const first = await path.build(0);
    const held = await findPlacement(first, 'holdout');
    const gone = ticketOf(week1, held.id);
    path.writeLog('w1.jsonl', logLines(week1.filter(({ id }) => id !== held.id)));
    // The whole sample with twice as many other words around it: no near-copy, and a leak.
    const quoting = week3.map((ticket, n) => ({
      ...ticket,
      time: '2026-01-02T00:00:00.000Z',
      text: `${ticket.text} ${gone.text} ${week2[n]?.text}`,
    }));
    path.writeLog('quoting.jsonl', logLines(quoting));
    const reopened = await path.build(0, true);
    const placed = await reopened.read<Placement>('placements');
    assert.ok(placed.some(({ id, side }) => id.startsWith('w3-') && side === 'train'));
    const rows = await reopened.read<Example>('rows');
    assert.deepEqual(
      rows.filter(({ id }) => id.startsWith('w3-')),
      [],
    );
  });

  test('a reopened window reads its own records as fresh ones, near-copies among them too', async () => {
    path.writeLog('w1.jsonl', logLines([...week1, ...copiesOf(week1)]));
    const first = await path.build(0);
    const reopened = await path.build(0, true);
    assert.deepEqual(await reopened.read<Example>('rows'), await first.read<Example>('rows'));
    assert.deepEqual(
      await reopened.read<Finding>('findings'),
      await first.read<Finding>('findings'),
    );
    const [asked, again] = [await holdoutOf(first), await holdoutOf(reopened)];
    assert.equal(again.samples.length, asked.samples.length);
  });

  async function holdoutOf({ input }: BuiltWindow): ReturnType<typeof suiteSamples> {
    return suiteSamples(path.deps, path.configuration, input, HOLDOUT_SUITE);
  }

  test('near-copies in the holdout share a cluster', async () => {
    path.writeLog('w1.jsonl', logLines([...week1, ...copiesOf(week1)]));
    const { samples } = await holdoutOf(await path.build(0));
    const clusters = new Map(samples.map(({ sample }) => [sample.id, sample.cluster]));
    const pairs = [...clusters].filter(([id]) => clusters.has(`${id}-copy`));
    assert.ok(pairs.length >= 5);
    for (const [id, cluster] of pairs) assert.equal(clusters.get(`${id}-copy`), cluster, id);
  });

  test('holdout that is not asked is counted: seen before, or without a reference', async () => {
    path.writeLog('w1.jsonl', logLines(week1));
    const first = await path.build(0);
    const asked = await holdoutOf(first);
    const revised = asked.samples.slice(0, 3).map(({ sample }) => {
      const ticket = ticketOf(week1, sample.id);
      return toLogLine({ ...ticket, label: 'returns' }, 'login');
    });
    const silent = week2.map((ticket) => toLogLine(ticket, 'login', { feedback: [] }));
    path.writeLog('w2.jsonl', [...silent, ...revised]);
    const second = await path.build(1);
    const holdout = await second.read<Example>('holdout');
    const { samples, notCompared } = await holdoutOf(second);
    assert.equal(notCompared['seen'], 3);
    assert.equal(notCompared['no-reference'], holdout.length - 3);
    assert.deepEqual(samples, []);
    const { suites } = await evidenceOf(second);
    const suite = suites.find((each) => each.suite === HOLDOUT_SUITE);
    assert.deepEqual([suite?.all, suite?.missing], [null, notCompared]);
  });

  /** What is decided where both models answer the frozen sample alike and nothing else was asked. */
  async function evidenceOf({ input, release }: BuiltWindow): Promise<Evidence> {
    const { store } = path.deps;
    const answer = { sampleId: 'frozen-1', output: 'shipping', error: null };
    const answers = await writeJsonl(store, 'answers', [answer]);
    const { evidenceKey } = await decide(path.deps, {
      ...input,
      release,
      candidate: 'candidate',
      answers: (['champion', 'candidate'] as const).map((role) => ({
        suite: 'frozen:tickets',
        role,
        answers,
        missing: 0,
      })),
    });
    return readJson<Evidence>(store, evidenceKey);
  }
});

test('what the champion was trained on is scanned as widely as the rows: other turns and tool calls', async () => {
  const ticket = week1.map(({ text }) => text);
  const called = (text: string): object => ({
    id: 'c',
    type: 'function',
    function: { name: 'file', arguments: JSON.stringify({ text }) },
  });
  const path = await createDataPath({}, [
    {
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: ticket[0] },
        { role: 'user', content: 'go on' },
        { role: 'assistant', content: 'done' },
      ],
    },
    {
      messages: [
        { role: 'user', content: 'file it' },
        { role: 'assistant', content: null, tool_calls: [called(ticket[1] ?? '')] },
      ],
    },
  ]);
  try {
    path.configuration = {
      ...path.configuration,
      split: { ...path.configuration.split, holdoutFraction: 0.9 },
    };
    path.writeLog('w1.jsonl', logLines(week1.slice(0, 8)));
    const { input } = await path.build(0);
    const key = stepKey(input.manifestKey, 'decontaminate', 'result.json');
    const { outputs } = await readJson<StepResult>(path.deps.store, key);
    assert.ok(outputs['championFindings']);
    const findings = await readJsonl<Finding>(path.deps.store, outputs['championFindings']);
    assert.deepEqual(findings.map(({ sampleId, level }) => [sampleId, level]).sort(), [
      ['w1-0', 'verbatim'],
      ['w1-1', 'verbatim'],
    ]);
  } finally {
    path.close();
  }
});
