import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Example } from '../../src/domain/record.js';
import { renderBooks } from '../../src/release/report/books.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const week1 = makeTickets('w1', 60, '2025-12-29', '2026-01-05');
const week2 = makeTickets('w2', 60, '2026-01-05', '2026-01-12');

function booksOf({ manifest }: BuiltWindow, stage: string): BuiltWindow['manifest']['books'][0] {
  return manifest.books.find((each) => each.stage === stage) ?? assert.fail(stage);
}

describe('feedback over weeks', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath();
  });
  afterEach(() => path.close());

  test('leaves answers that nobody confirmed to their share of every release', async () => {
    const { select } = path.configuration;
    path.configuration = {
      ...path.configuration,
      select: { ...select, unconfirmed: { maximumShare: 0.2 } },
    };
    const half = (tickets: typeof week1): readonly object[] => [
      ...logLines(tickets.slice(0, 30)),
      ...tickets.slice(30).map((ticket) => toLogLine(ticket, 'login', { feedback: [] })),
    ];
    path.writeLog('w1.jsonl', half(week1));
    const first = await path.build(0);
    path.writeLog('w2.jsonl', half(week2));
    const second = await path.build(1);
    for (const built of [first, second]) {
      const rows = await built.read<Example>('rows');
      const unconfirmed = rows.filter(({ answerOrigin }) => answerOrigin === 'model').length;
      assert.ok(
        unconfirmed > 0 && unconfirmed <= 0.2 * rows.length,
        `${unconfirmed} of ${rows.length}`,
      );
      assert.ok(unconfirmed + 1 > 0.2 * (rows.length + 1), 'there was room for one more');
      const { dropped } = booksOf(built, 'decontaminate');
      assert.ok((dropped['unconfirmed-over-cap'] ?? 0) > 5);
    }
    const kept = (await first.read<Example>('rows')).map(({ id }) => id);
    const later = new Set((await second.read<Example>('rows')).map(({ id }) => id));
    assert.ok(kept.filter((id) => later.has(id)).length > kept.length / 2);
  });

  test('that gives one prompt several labels is a conflict in books, files and report', async () => {
    const again = week1
      .slice(0, 20)
      .map((ticket) => ({ ...ticket, id: `${ticket.id}-again`, label: 'returns' }));
    path.writeLog('w1.jsonl', logLines([...week1, ...again]));
    const built = await path.build(0);
    const conflicts = await built.read<{ readonly ids: readonly string[] }>('conflicts');
    assert.ok(conflicts.length > 3);
    for (const { ids } of conflicts) {
      const [one = '', other] = ids;
      assert.equal(other, `${one}-again`);
    }
    assert.equal(booksOf(built, 'dedupe').notes?.['conflict'], conflicts.length);
    assert.match(
      String(renderBooks(built.manifest)?.html),
      new RegExp(`conflict ${conflicts.length}`),
    );
  });

  test('from staging, or about a call that was made there, labels nothing', async () => {
    const staged = week1
      .slice(0, 20)
      .map((ticket) => toLogLine(ticket, 'x', { environment: 'staging' }));
    const given = week1.slice(20, 40).map((ticket) =>
      toLogLine(ticket, 'x', {
        feedback: [{ name: 'filing', surface: 'staging', correction: ticket.label }],
      }),
    );
    path.writeLog('w1.jsonl', [...staged, ...given, ...logLines(week1.slice(40))]);
    const built = await path.build(0);
    const labelled = [
      ...(await built.read<Example>('rows')),
      ...(await built.read<Example>('holdout')).filter(({ answer }) => answer !== null),
    ];
    const silent = new Set(week1.slice(0, 40).map(({ id }) => id));
    assert.deepEqual(
      labelled.filter(({ id }) => silent.has(id)),
      [],
    );
    assert.ok(labelled.length > 10);
    const { dropped } = booksOf(built, 'select');
    assert.ok((dropped['not-production'] ?? 0) > 5 && (dropped['unconfirmed'] ?? 0) > 5);
  });

  test('that comes late corrects the row, keeps its side, and takes a rejected one out', async () => {
    path.writeLog('w1.jsonl', logLines(week1));
    const first = await path.build(0);
    const [one, other] = await first.read<Example>('rows');
    assert.ok(one !== undefined && other !== undefined);
    const late = { at: '2026-01-08T00:00:00.000Z' };
    const lineOf = (id: string, feedback: object): object => {
      const ticket = week1.find((each) => each.id === id) ?? assert.fail(id);
      return toLogLine(ticket, 'login', { feedback: [{ ...feedback, ...late }] });
    };
    path.writeLog('w2.jsonl', [
      lineOf(one.id, { kind: 'edit', correction: 'elsewhere' }),
      lineOf(other.id, { verdict: 'rejected' }),
    ]);
    const second = await path.build(1);
    const rows = await second.read<Example>('rows');
    const corrected = rows.filter(({ id }) => id === one.id);
    assert.deepEqual(
      corrected.map(({ answer, answerOrigin, side }) => [answer, answerOrigin, side]),
      [['elsewhere', 'edited', 'train']],
    );
    assert.ok(!rows.some(({ id }) => id === other.id));
    assert.equal(booksOf(second, 'ingest').notes?.['revision'], 2);
    assert.equal(booksOf(second, 'assemble').dropped['revised'], 2);
  });
});
