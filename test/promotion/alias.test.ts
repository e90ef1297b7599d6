import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  aliasKey,
  declareChampion,
  promoteAlias,
  readAlias,
  rollbackAlias,
} from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import type { Alias } from '../../src/domain/model.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';

const at = '2026-02-16T06:00:00.000Z';
const rollback = { by: 'ana', reason: 'answers got worse', at };

function promotionOf(modelId: string, previousModelId: string): Alias {
  return { modelId, promotion: `p-${modelId}`, evidence: `e-${modelId}`, previousModelId };
}

async function storeWithPromotions(...models: readonly string[]): Promise<ObjectStore> {
  const store = createMemoryStore();
  await declareChampion(store, 'triage', 'base', at);
  let previous = 'base';
  for (const [index, model] of models.entries()) {
    assert.ok(await promoteAlias(store, 'triage', index + 1, promotionOf(model, previous)));
    previous = model;
  }
  return store;
}

describe('the champion alias', () => {
  test('is absent until the first run declares the champion, once and with one audit entry', async () => {
    const store = createMemoryStore();
    assert.equal(await readAlias(store, 'triage'), null);
    const declared = await declareChampion(store, 'triage', 'base', at);
    assert.deepEqual(
      await declareChampion(store, 'triage', 'base', '2026-03-01T00:00:00Z'),
      declared,
    );
    assert.equal(declared.version, 1);
    assert.equal(declared.alias.previousModelId, null);
    const audit = await readAudit(store, 'triage');
    assert.deepEqual(
      audit.map(({ entry }) => [entry.action, entry.at]),
      [['champion-declared', at]],
    );
  });

  test('declaring again leaves an alias that has moved on as it is', async () => {
    const store = await storeWithPromotions('week-1');
    const current = await declareChampion(store, 'triage', 'base', at);
    assert.equal(current.alias.modelId, 'week-1');
    assert.equal(current.version, 2);
    assert.equal((await readAudit(store, 'triage')).length, 1);
  });

  test('moves for one of two promotions measured against the same champion', async () => {
    const store = await storeWithPromotions();
    const moved = await Promise.all(
      ['one', 'other'].map((id) => promoteAlias(store, 'triage', 1, promotionOf(id, 'base'))),
    );
    assert.equal(moved.filter(Boolean).length, 1);
    assert.equal((await readAlias(store, 'triage'))?.version, 2);
  });

  test('the same move told twice succeeds twice and moves once', async () => {
    const store = await storeWithPromotions('week-1');
    assert.ok(await promoteAlias(store, 'triage', 1, promotionOf('week-1', 'base')));
    assert.equal((await readAlias(store, 'triage'))?.version, 2);
    assert.ok(!(await promoteAlias(store, 'triage', 1, promotionOf('week-2', 'base'))));
  });

  test("whose bytes are not holdfast's is refused by name, without being quoted", async () => {
    const store = createMemoryStore();
    await store.compareAndSet(aliasKey('triage'), 0, Buffer.from('{"modelId":"planted"}'));
    await assert.rejects(
      readAlias(store, 'triage'),
      (error: Error) =>
        error.message.includes(aliasKey('triage')) && !error.message.includes('planted'),
    );
  });
});

describe('a rollback', () => {
  test('restores the model before, with what it was promoted by, as a new version and an audit entry', async () => {
    const store = await storeWithPromotions('week-1', 'week-2');
    assert.deepEqual(await rollbackAlias(store, 'triage', rollback), {
      from: 'week-2',
      to: 'week-1',
      version: 4,
    });
    assert.deepEqual((await readAlias(store, 'triage'))?.alias, promotionOf('week-1', 'base'));
    const last = (await readAudit(store, 'triage')).at(-1)?.entry;
    assert.match(last?.previous ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(last, {
      v: 1,
      previous: last?.previous,
      at,
      action: 'rolled-back',
      by: 'ana',
      reason: 'answers got worse',
      subject: { from: 'week-2', to: 'week-1', aliasVersion: '4' },
    });
  });

  test('done twice goes two models back, never to the one that was taken out', async () => {
    const store = await storeWithPromotions('week-1', 'week-2');
    await rollbackAlias(store, 'triage', rollback);
    const second = await rollbackAlias(store, 'triage', rollback);
    assert.deepEqual(second, { from: 'week-1', to: 'base', version: 5 });
  });

  test('of a candidate promoted after a rollback goes back to the model it replaced', async () => {
    const store = await storeWithPromotions('week-1', 'week-2');
    await rollbackAlias(store, 'triage', rollback);
    assert.ok(await promoteAlias(store, 'triage', 4, promotionOf('week-3', 'week-1')));
    assert.equal((await rollbackAlias(store, 'triage', rollback)).to, 'week-1');
  });

  test('has nothing to go back to before the first promotion, and says so', async () => {
    await assert.rejects(rollbackAlias(createMemoryStore(), 'triage', rollback), /no champion yet/);
    await assert.rejects(
      rollbackAlias(await storeWithPromotions(), 'triage', rollback),
      /declared champion of triage: there is nothing before it/,
    );
  });

  test('that races with a promotion changes nothing and says so', async () => {
    const store = await storeWithPromotions('week-1');
    const racing: ObjectStore = {
      ...store,
      async compareAndSet(key, expected, value) {
        if (key === aliasKey('triage')) {
          await promoteAlias(store, 'triage', expected, promotionOf('week-2', 'week-1'));
        }
        return store.compareAndSet(key, expected, value);
      },
    };
    await assert.rejects(rollbackAlias(racing, 'triage', rollback), /moved by somebody else/);
    assert.equal((await readAlias(store, 'triage'))?.alias.modelId, 'week-2');
    assert.equal((await readAudit(store, 'triage')).length, 1);
  });
});
