import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { AuditEntry } from '../../src/domain/model.js';
import {
  aliasKey,
  declareChampion,
  promoteAlias,
  rollbackAlias,
} from '../../src/promotion/alias.js';
import { appendAudit, auditKey } from '../../src/promotion/audit.js';
import { encodeValue, versionKey } from '../../src/promotion/pointer-json.js';
import { verifyAudit } from '../../src/promotion/verify-audit.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { setUpPromotion } from '../support/promotion-set-up.js';

const at = '2026-02-16T06:00:00.000Z';

function entry(candidate: string): AuditEntry {
  return { v: 1, at, action: 'rejected', by: 'ana', reason: 'no', subject: { candidate } };
}

async function logOf(count: number): Promise<ObjectStore> {
  const store = createMemoryStore();
  for (let n = 1; n <= count; n += 1) await appendAudit(store, 'triage', entry(`ft:${n}`));
  return store;
}

/** Changes an entry behind the log's back. */
async function tamper(
  store: ObjectStore,
  number: number,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const key = versionKey(auditKey('triage'), number);
  const bytes = await readBytes(store, key);
  await store.delete(key);
  await store.putIfAbsent(key, change(bytes));
}

const renamed = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString('utf8').replace('"ana"', '"eve"'));

describe('the audit log as a chain', () => {
  test('holds the SHA-256 of the entry before, of its canonical JSON', async () => {
    const store = await logOf(3);
    const bytes = await Promise.all(
      [1, 2, 3].map((n) => readBytes(store, versionKey(auditKey('triage'), n))),
    );
    const entries = bytes.map((one) => JSON.parse(Buffer.from(one).toString('utf8')) as AuditEntry);
    assert.equal(entries[0]?.previous, null);
    assert.equal(entries[1]?.previous, sha256Hex(encodeValue(entries[0])));
    assert.equal(entries[2]?.previous, sha256Hex(encodeValue(entries[1])));
    const { head, broken, chainedFrom } = await verifyAudit(store, 'triage');
    assert.deepEqual([head, broken, chainedFrom], [sha256Hex(bytes[2] ?? ''), null, 1]);
  });

  test('that was changed in any entry but the last is broken at the one after', async () => {
    for (const number of [1, 2, 3, 4]) {
      const store = await logOf(5);
      await tamper(store, number, renamed);
      const { broken } = await verifyAudit(store, 'triage');
      assert.equal(broken?.number, number + 1);
      assert.match(broken.problem, new RegExp(`not that of entry ${number}`));
    }
  });

  test('that was changed in any byte is broken or no longer the log that was known', async () => {
    const pristine = await logOf(3);
    const { head } = await verifyAudit(pristine, 'triage');
    const cases = fc.record({
      number: fc.integer({ min: 1, max: 3 }),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ number, at: place, by }) => {
        const store = await logOf(3);
        await tamper(store, number, (bytes) => {
          const changed = Uint8Array.from(bytes);
          const index = place % changed.length;
          changed[index] = (changed[index] ?? 0) ^ by;
          return changed;
        });
        const { broken, disagreements } = await verifyAudit(store, 'triage', head);
        assert.ok(broken !== null || disagreements.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  test('with an entry missing, malformed or without its digest names it', async () => {
    const missing = await logOf(4);
    await missing.delete(versionKey(auditKey('triage'), 2));
    assert.deepEqual((await verifyAudit(missing, 'triage')).broken, {
      number: 2,
      problem: 'entry 2 is missing',
    });
    const malformed = await logOf(4);
    await tamper(malformed, 3, () => Buffer.from('{"planted":1}'));
    const { broken } = await verifyAudit(malformed, 'triage');
    assert.equal(broken?.number, 3);
    assert.match(broken.problem, /another shape/);
    const bare = await logOf(4);
    await tamper(bare, 4, () => encodeValue(entry('ft:4')));
    assert.match((await verifyAudit(bare, 'triage')).broken?.problem ?? '', /holds no digest/);
  });

  test('that was cut at its end is found by a digest that was noted before', async () => {
    const store = await logOf(4);
    const { head } = await verifyAudit(store, 'triage');
    await store.delete(versionKey(auditKey('triage'), 4));
    assert.deepEqual((await verifyAudit(store, 'triage')).disagreements, []);
    const [problem = ''] = (await verifyAudit(store, 'triage', head)).disagreements;
    assert.match(problem, /was cut or written anew/);
  });

  test('begins at the first entry that holds a digest, and binds the one before it', async () => {
    const store = createMemoryStore();
    const key = auditKey('triage');
    await store.compareAndSet(key, 0, encodeValue(entry('ft:1')));
    await store.compareAndSet(key, 1, encodeValue(entry('ft:2')));
    assert.equal((await verifyAudit(store, 'triage')).chainedFrom, null);
    assert.equal(await appendAudit(store, 'triage', entry('ft:2')), 2, 'told twice is told once');
    await appendAudit(store, 'triage', entry('ft:3'));
    await appendAudit(store, 'triage', entry('ft:4'));
    const { broken, chainedFrom, entries } = await verifyAudit(store, 'triage');
    assert.deepEqual([broken, chainedFrom, entries], [null, 3, 4]);
    await tamper(store, 2, renamed);
    assert.equal((await verifyAudit(store, 'triage')).broken?.number, 3);
  });
});

describe('the audit log beside the champion', () => {
  test('agrees after a promotion and two rollbacks', async () => {
    const { store, activities, subject, request } = await setUpPromotion();
    const { approval } = await activities.checkPromotion({ ...subject, request });
    assert.ok(approval !== undefined);
    const approvals = [approval];
    await activities.promote({ ...subject, request, approvals });
    await activities.recordPromotionEnd({ ...subject, outcome: 'promoted', request, approvals });
    await rollbackAlias(store, 'triage', { by: 'ben', reason: 'worse', at });
    const { broken, disagreements, entries } = await verifyAudit(store, 'triage');
    assert.deepEqual([broken, disagreements, entries], [null, [], 4]);
  });

  test('tells of a version that was moved without an entry, and of an entry without its move', async () => {
    const store = createMemoryStore();
    await declareChampion(store, 'triage', 'ft:a', at);
    const alias = { modelId: 'ft:evil', promotion: 'x', evidence: 'x', previousModelId: 'ft:a' };
    await promoteAlias(store, 'triage', 1, alias);
    const moved = await verifyAudit(store, 'triage');
    assert.match(moved.disagreements.join(), /version 2 of .* \(ft:evil\) has no entry/);
    const subject = { candidate: 'ft:c', champion: 'ft:a', evidence: 'y' };
    await appendAudit(store, 'triage', { ...entry('x'), action: 'promoted', subject });
    const told = await verifyAudit(store, 'triage');
    assert.match(told.disagreements.join(), /entry 2 \(promoted\) tells of a move .* never made/);
    await store.delete(versionKey(aliasKey('triage'), 1));
    assert.equal((await verifyAudit(store, 'triage')).disagreements.length, 1);
  });

  test('tells of an approval that is gone or was changed', async () => {
    const { store, activities, subject, request } = await setUpPromotion();
    const { approval } = await activities.checkPromotion({ ...subject, request });
    const key = `decisions/triage/${approval?.id ?? ''}.json`;
    const kept = await readBytes(store, key);
    await store.delete(key);
    const gone = await verifyAudit(store, 'triage');
    assert.match(gone.disagreements.join(), /entry 2: the approval of ana is not in the store/);
    const changed = Buffer.from(kept).toString('utf8').replace('read the report', 'did not look');
    await store.putIfAbsent(key, Buffer.from(changed));
    const other = await verifyAudit(store, 'triage');
    assert.match(other.disagreements.join(), /entry 2: the approval of ana .* its digest differs/);
  });
});
