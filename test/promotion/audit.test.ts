import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { AuditEntry } from '../../src/domain/model.js';
import { appendAudit, auditKey, readAudit } from '../../src/promotion/audit.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';

function entry(candidate: string, at = '2026-02-16T06:00:00.000Z'): AuditEntry {
  return { v: 1, at, action: 'rejected', by: 'ana', reason: 'no', subject: { candidate } };
}

describe('the audit log', () => {
  test('numbers entries from 1 in the order they came, and reads the last ones', async () => {
    const store = createMemoryStore();
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      assert.equal(await appendAudit(store, 'triage', entry(id)), index + 1);
    }
    const last = await readAudit(store, 'triage', { last: 2 });
    assert.deepEqual(
      last.map(({ number, entry: { subject } }) => [number, subject['candidate']]),
      [
        [2, 'b'],
        [3, 'c'],
      ],
    );
    assert.deepEqual(await readAudit(store, 'other'), []);
  });

  test('holds one entry for an act that was told twice, whatever the second clock said', async () => {
    const store = createMemoryStore();
    await appendAudit(store, 'triage', entry('a'));
    await appendAudit(store, 'triage', entry('b'));
    assert.equal(await appendAudit(store, 'triage', entry('a', '2026-02-17T00:00:00.000Z')), 1);
    assert.equal((await readAudit(store, 'triage')).length, 2);
  });

  test('loses nothing when many write at once', async () => {
    const store = createMemoryStore();
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const numbers = await Promise.all(names.map((id) => appendAudit(store, 'triage', entry(id))));
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      names.map((_, index) => index + 1),
    );
    const kept = (await readAudit(store, 'triage')).map(({ entry: e }) => e.subject['candidate']);
    assert.deepEqual([...kept].sort(), [...names].sort());
  });

  test('with an entry of another shape is refused, without quoting it', async () => {
    const store = createMemoryStore();
    await store.compareAndSet(auditKey('triage'), 0, Buffer.from('{"planted":1}'));
    await assert.rejects(
      appendAudit(store, 'triage', entry('a')),
      (error: Error) =>
        error.message.includes('another shape') && !error.message.includes('planted'),
    );
  });
});
