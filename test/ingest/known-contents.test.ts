import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownContents } from '../../src/ingest/known-contents.js';
import { makePlacement } from '../support/records.js';

test('the latest content counts, and a retraction names what it was withdrawn from', () => {
  const known = knownContents([
    makePlacement('a', { contentDigest: '1' }),
    makePlacement('b', { contentDigest: '1' }),
    makePlacement('a', { contentDigest: '2', by: 'revision' }),
    makePlacement('a', { contentDigest: '3', by: 'retraction' }),
    makePlacement('b', { contentDigest: '2', by: 'retraction' }),
    makePlacement('b', { contentDigest: '3', by: 'revision' }),
  ]);
  assert.equal(known.get('a')?.contentDigest, '3');
  assert.deepEqual([...(known.get('a')?.withdrawn ?? [])].sort(), ['1', '2', '3']);
  assert.equal(known.get('b')?.contentDigest, '3');
  assert.equal(known.get('b')?.withdrawn.size, 0);
});
