import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOptOutTest, optOutHashes, parseOptOuts } from '../../src/ingest/opt-outs.js';
import type { OptOut } from '../../src/ingest/opt-outs.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { DEFAULT_REDACTION_POLICY } from '../../src/domain/personal-data.js';
import type { CanonicalRecord } from '../../src/domain/record.js';

const KEY = 'k'.repeat(32);
const redactor = createRedactor();
const HASH = 'ab'.repeat(32);

function record(
  id: string,
  tenant: string | null,
  userId: string | null,
  by = redactor,
): CanonicalRecord {
  return toCanonicalRecord(
    {
      kind: 'record',
      position: { uri: 'a', line: 1, offset: 0, length: 1 },
      log: 'a',
      externalId: id,
      time: '2026-01-01T00:00:00.000Z',
      tenant,
      userId,
      conversationId: null,
      model: null,
      messages: [{ role: 'user', content: 'x' }],
      output: { role: 'assistant', content: 'y' },
      signals: [],
      consent: 'allow',
    },
    by,
    KEY,
  );
}

function isOut(optOut: OptOut, { id, userKeyHash }: CanonicalRecord, key = KEY): boolean {
  return createOptOutTest(optOutHashes(optOut, KEY), key)({ id, user: userKeyHash });
}

describe('an opt-out', () => {
  test('of a record is of that one, also where its id holds personal data', () => {
    for (const id of ['r1', 'jo@example.org/17']) {
      assert.equal(isOut({ kind: 'record', id }, record(id, null, 'u')), true, id);
      assert.equal(isOut({ kind: 'record', id }, record(`${id}0`, null, 'u')), false, id);
      assert.equal(isOut({ kind: 'record', id }, record(id, null, 'u'), 'x'.repeat(32)), false);
    }
  });

  test('of a record is of it whatever redactor it goes through, and went through when it was listed', () => {
    const { types, ...policy } = DEFAULT_REDACTION_POLICY;
    const keeping = createRedactor({ ...policy, types: { ...types, email: 'keep' } });
    const logged = 'jo@example.org/17';
    const [hashed, plain] = [redactor, keeping].map((by) => record(logged, null, 'u', by));
    assert.ok(hashed && plain);
    assert.notEqual(hashed.id, plain.id);
    for (const each of [hashed, plain]) {
      assert.equal(isOut({ kind: 'record', id: logged }, each), true, each.id);
    }
    assert.equal(isOut({ kind: 'record', id: hashed.id }, plain), true, 'by the id of a release');
  });

  test('of a user is of all their records with that tenant', () => {
    const optOut = { kind: 'user', tenant: 'acme', user: 'jo@example.org' } as const;
    assert.equal(isOut(optOut, record('r1', 'acme', 'jo@example.org')), true);
    assert.equal(isOut(optOut, record('r1', 'other', 'jo@example.org')), false);
    assert.equal(isOut(optOut, record('r1', null, 'jo@example.org')), false);
    assert.equal(isOut({ ...optOut, tenant: null }, record('r1', null, 'jo@example.org')), true);
    assert.equal(isOut(optOut, record('r1', 'acme', null)), false);
  });

  test('as a hash is what the record has of its user', () => {
    const { id, userKeyHash } = record('r1', 'acme', 'u');
    const isOptedOut = createOptOutTest([userKeyHash ?? ''], KEY);
    assert.equal(isOptedOut({ id, user: userKeyHash }), true);
    assert.equal(createOptOutTest([], KEY)({ id, user: userKeyHash }), false);
  });
});

describe('a file of opt-outs', () => {
  test('has ids, hashes and objects, a line each', () => {
    const text = `# who left\r\nr 1\n\n${HASH}\n{"record": 17}\n{"user": "u", "tenant": "acme"}\n{"user": 5}\n{"hash": "${HASH}"}`;
    assert.deepEqual(parseOptOuts(text, 'out.txt'), [
      { kind: 'record', id: 'r 1' },
      { kind: 'hash', hash: HASH },
      { kind: 'record', id: '17' },
      { kind: 'user', tenant: 'acme', user: 'u' },
      { kind: 'user', tenant: null, user: '5' },
      { kind: 'hash', hash: HASH },
    ]);
    assert.deepEqual(parseOptOuts('', 'out.txt'), []);
  });

  test('is refused at the first line that is none, without a word of it', () => {
    for (const line of ['{"user": ""}', '{"usr": "jo"}', '{"user": "jo"', '{"hash": "jo"}']) {
      assert.throws(
        () => parseOptOuts(`r1\n${line}\n`, 'out.txt'),
        (error: Error) => {
          assert.match(error.message, /^out\.txt line 2 is no opt-out/);
          assert.doesNotMatch(error.message, /jo/);
          return error.name === 'ConfigError';
        },
      );
    }
  });
});
