import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Example } from '../../src/domain/record.js';
import type { Placement } from '../../src/split/place.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { makeTickets, type Ticket } from '../support/traffic.js';

const week1 = makeTickets('w1', 40, '2025-12-29', '2026-01-05');
const week2 = makeTickets('w2', 40, '2026-01-05', '2026-01-12');

function observation(ticket: Ticket): object {
  return {
    id: ticket.id,
    trace_id: `trace of ${ticket.id}`,
    session_id: ticket.conversation,
    type: 'GENERATION',
    start_time: ticket.time.replace('T', ' ').replace('Z', '000'),
    input: ticket.text,
    output: ticket.label,
  };
}

function thumb(ticket: Ticket, isUp: boolean, timestamp: string): object {
  return {
    id: `thumb of ${ticket.id} at ${timestamp}`,
    timestamp,
    observation_id: ticket.id,
    name: 'thumbs',
    source: 'API',
    data_type: 'BOOLEAN',
    value: isUp ? 1 : 0,
  };
}

async function rowIds(built: BuiltWindow): Promise<ReadonlySet<string>> {
  return new Set((await built.read<Example>('rows')).map(({ id }) => id));
}

describe('feedback that comes in files of its own', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath({ sources: [{ path: 'logs', connector: 'langfuse' }] });
    path.writeLog('observations-2026-01-05.jsonl', week1.map(observation));
    path.writeLog(
      'scores-2026-01-05.jsonl',
      week1.map((ticket) => thumb(ticket, true, '2026-01-04 23:00:00')),
    );
  });
  afterEach(() => path.close());

  test('revises a record of an earlier week, which keeps its side and its older feedback', async () => {
    const first = await path.build(0);
    const trained = [...(await rowIds(first))];
    const [taken, kept] = trained;
    const ticketOf = (id: string | undefined): Ticket =>
      week1.find((ticket) => ticket.id === id) ?? assert.fail();
    assert.ok(trained.length > 10);
    path.writeLog('observations-2026-01-12.jsonl', week2.map(observation));
    path.writeLog('scores-2026-01-12.jsonl', [
      ...week2.map((ticket) => thumb(ticket, true, '2026-01-11 00:00:00')),
      thumb(ticketOf(taken), false, '2026-01-10 00:00:00'),
      thumb(ticketOf(kept), true, '2026-01-10 00:00:00'),
    ]);
    const second = await path.build(1);
    const rows = await rowIds(second);
    assert.ok(taken !== undefined && !rows.has(taken), 'a late thumbs-down takes the row out');
    assert.ok(kept !== undefined && rows.has(kept), 'a late thumbs-up leaves it');
    const sideOf = async (built: BuiltWindow): Promise<string | null | undefined> =>
      (await built.read<Placement>('placements')).find(({ id }) => id === taken)?.side;
    assert.equal(await sideOf(first), 'train');
    assert.equal(await sideOf(second), 'train');
    const { books } = second.manifest;
    const ingest = books.find(({ stage }) => stage === 'ingest');
    assert.equal(ingest?.notes?.['revision'], 2);
    assert.equal(ingest?.dropped['seen'], week1.length - 2);
    assert.equal(ingest?.dropped['feedback'], week1.length + week2.length + 2);
  });

  test('is read again with nothing new, and changes nothing', async () => {
    await path.build(0);
    const second = await path.build(1);
    const ingest = second.manifest.books.find(({ stage }) => stage === 'ingest');
    assert.equal(ingest?.read, 0);
  });
});
