import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { pinEvalSet } from '../../src/config/yaml-file.js';

const pin = { name: 'golden', digest: 'a'.repeat(64) };

describe('pinning an eval set', () => {
  test('adds an entry to an empty list and leaves every comment where it was', () => {
    const text = '# top\nmodel: triage # name\nevals: [] # none yet\ntrain:\n  seed: 7\n';
    const pinned = pinEvalSet(text, 'holdfast.yaml', pin);
    assert.ok(pinned.startsWith('# top\nmodel: triage # name\nevals:'));
    assert.match(pinned, /- name: golden\n {4}digest: a{64}\n/);
    assert.ok(pinned.includes('# none yet'));
    assert.ok(pinned.endsWith('train:\n  seed: 7\n'));
  });

  test('makes the list where there is none', () => {
    assert.match(
      pinEvalSet('model: triage\n', 'x', pin),
      /^model: triage\nevals:\n {2}- name: golden\n/,
    );
  });

  test('replaces the digest of the set of this name only', () => {
    const text = `evals:\n  - name: other\n    digest: ${'b'.repeat(64)}\n  - name: golden\n    digest: ${'c'.repeat(64)}\n    scorer: contains\n`;
    const pinned = pinEvalSet(text, 'x', pin);
    assert.ok(pinned.includes('b'.repeat(64)));
    assert.ok(!pinned.includes('c'.repeat(64)));
    assert.ok(pinned.includes('scorer: contains'));
    assert.equal(pinEvalSet(pinned, 'x', pin), pinned);
  });

  test('refuses a list that is none', () => {
    assert.throws(() => pinEvalSet('evals: 3\n', 'x', pin), /evals is no list/);
  });
});
