import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDataPath } from '../support/data-path.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

test('system prompts with a part of a frozen sample are told in the books, and cost no row', async () => {
  const path = await createDataPath({});
  try {
    const system = 'Say which of the four queues does the mail go to, or: none.';
    const lines = makeTickets('w', 30, '2025-12-29', '2026-01-05').map((ticket) => ({
      ...toLogLine(ticket, ticket.label),
      request: {
        model: 'triage-v1',
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: ticket.text },
        ],
      },
    }));
    path.writeLog('w.jsonl', lines);
    const { manifest } = await path.build(0);
    const books = manifest.books.find(({ stage }) => stage === 'decontaminate') ?? assert.fail();
    assert.ok(books.read > 0);
    assert.deepEqual(books.dropped, {});
    assert.deepEqual(books.notes, { 'match-in-template': books.read });
  } finally {
    path.close();
  }
});

test('those of the training files of the champion are told apart', async () => {
  const system = 'Say which of the four queues does the mail go to, or: none.';
  const rows = makeTickets('c', 7, '2025-12-01', '2025-12-08').map(({ text, label }) => ({
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: text },
      { role: 'assistant', content: label },
    ],
  }));
  const path = await createDataPath({}, rows);
  try {
    const tickets = makeTickets('w', 30, '2025-12-29', '2026-01-05');
    path.writeLog(
      'w.jsonl',
      tickets.map((ticket) => toLogLine(ticket, ticket.label)),
    );
    const { manifest } = await path.build(0);
    const books = manifest.books.find(({ stage }) => stage === 'decontaminate') ?? assert.fail();
    assert.deepEqual(books.notes, { 'champion-match-in-template': 7 });
  } finally {
    path.close();
  }
});
