import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { createKeyedDigest, sha256Of } from '../../src/ingest/digests.js';

describe('digests', () => {
  test('a keyed digest is the HMAC of the parts, under each key its own, however many there were', () => {
    const [one, other] = [createKeyedDigest('one'), createKeyedDigest('other')];
    const expected = (key: string, parts: readonly (string | null)[]): string =>
      createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
    for (let index = 0; index < 25_000; index += 1) {
      const parts = ['user', index % 3 === 0 ? null : String(index % 12_000)];
      assert.equal(one(...parts), expected('one', parts));
      if (index % 100 === 0) assert.equal(other(...parts), expected('other', parts));
    }
  });

  test('a digest is that of the text in UTF-8', () => {
    const expected = createHash('sha256').update('{"a":"ü","b":1}').digest('hex');
    assert.equal(sha256Of('{"a":"ü","b":1}'), expected);
  });
});
