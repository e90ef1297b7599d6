import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import { createKeyedDigest } from '../../src/ingest/digests.js';

test("a keyed digest is Node's own HMAC-SHA-256, whatever the lengths of key and text", () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 60, maxLength: 140 }),
    fc.string({ minLength: 900, maxLength: 5_000 }),
  );
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 4 }), (key, texts) => {
      const digest = createKeyedDigest(key);
      for (const each of [...texts, null]) {
        const expected = createHmac('sha256', key).update(canonicalJson(['a', each]));
        assert.equal(digest('a', each), expected.digest('hex'));
      }
    }),
  );
});
