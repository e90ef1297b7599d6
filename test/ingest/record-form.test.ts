import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { InvariantError } from '../../src/domain/errors.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import {
  assertCanonical,
  canonicalRecordSchema,
  isCanonical,
} from '../../src/ingest/record-form.js';
import { makeRecord, makeSignal } from '../support/records.js';

const DIGEST = 'a1'.repeat(32);

const BARE = makeRecord('a', 'prompt');

/** With every member that there may be. */
const FULL = makeRecord('b', 'prompt', {
  position: { uri: 'a', line: 1, offset: 0, length: 3, item: 2 },
  tenant: 'acme',
  userKeyHash: DIGEST,
  conversationId: DIGEST,
  messages: [
    { role: 'user', content: 'x' },
    { role: 'tool', content: '', toolCallId: 'c' },
  ],
  output: { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }] },
  signals: [makeSignal(), makeSignal({ correction: 'y' })],
  quality: 0.5,
  surface: 'staging',
  finishReason: 'stop',
  imagesLeftOut: 1,
  cached: true,
  asksForJson: true,
  faults: ['invalid-json'],
  redactions: { email: 1 },
});

const VALUES = [
  ...[undefined, null, true, false, 0, 1, -1, 2, 0.5, NaN, Infinity, 2 ** 53, '', 'a', 'assistant'],
  ...['user', 'human', 'production', 'debug', 'allow', 'none', 'stop', 'unknown-tool'],
  ...['2026-02-30T00:00:00.000Z', '2026-02-03T00:00:00.000Z', DIGEST, DIGEST.toUpperCase()],
  ...[`${DIGEST}\n`, {}, ['invalid-json'], ['a']],
];

/** The objects and lists within a value, itself included. */
function inside(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(inside)];
}

/** A record of which one member, somewhere, is gone, new or another value. */
const changed: fc.Arbitrary<CanonicalRecord> = fc
  .tuple(fc.constantFrom(BARE, FULL), fc.nat(), fc.nat(), fc.constantFrom(...VALUES), fc.nat(9))
  .map(([base, place, member, value, kind]) => {
    const record = structuredClone(base);
    const places = inside(record);
    const object = places[place % places.length] ?? {};
    const names = Object.keys(object);
    const name = names[member % names.length] ?? 'other';
    // Messages, calls and signals are always objects, and in lists: that the types of connectors hold.
    const isStructure = typeof object[name] === 'object' && object[name] !== null;
    if (kind === 0) object['other'] = value;
    else if (kind === 1 && !Array.isArray(object) && !isStructure) delete object[name];
    else if (!isStructure) object[name] = value;
    else if (Array.isArray(object[name])) object[name] = [];
    return record;
  });

describe('the form of a record', () => {
  test('is the one of the schema, whatever member is gone, new or another', () => {
    let wrong = 0;
    fc.assert(
      fc.property(changed, (record) => {
        const isRight = canonicalRecordSchema.safeParse(record).success;
        assert.equal(isCanonical(record), isRight, JSON.stringify(record));
        if (!isRight) wrong += 1;
      }),
      { numRuns: 20_000 },
    );
    assert.ok(wrong > 5_000 && wrong < 19_000, String(wrong));
  });

  test('of what is wrong only the fields are told', () => {
    for (const record of [BARE, FULL]) assert.doesNotThrow(() => assertCanonical(record));
    const secret = 'a secret text';
    assert.throws(
      () => assertCanonical({ ...FULL, time: secret, userKeyHash: secret }),
      (error: unknown) =>
        error instanceof InvariantError &&
        error.message.includes('time, userKeyHash') &&
        !error.message.includes(secret),
    );
  });
});
