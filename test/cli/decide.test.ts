import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runHoldfast } from '../support/cli.js';

/** All of these are refused before the configuration is read, which is not there. */
const ELSEWHERE = ['--config', 'no-such.yaml'];

describe('a decision', () => {
  test('and a rollback need a reason that says something', async () => {
    for (const argv of [['approve', 'x'], ['reject', 'x'], ['rollback']]) {
      for (const reason of ['', ' ', '\t\n']) {
        const { code, err } = await runHoldfast([...argv, '--reason', reason, ...ELSEWHERE]);
        assert.equal(code, 2);
        assert.match(err, /--reason is empty/);
      }
    }
  });

  test('is bound to at least eight digits of the evidence, not to an empty variable', async () => {
    const decide = ['approve', 'x', '--reason', 'read it', ...ELSEWHERE];
    for (const evidence of ['', 'a', 'abcdef0', 'not-hexadecimal']) {
      const { code, err } = await runHoldfast([...decide, '--evidence', evidence]);
      assert.equal(code, 2);
      assert.match(err, /--evidence takes .* first 8 hexadecimal digits/);
    }
    const { err } = await runHoldfast([...decide, '--evidence', 'abcdef01']);
    assert.match(err, /no readable configuration/);
  });
});
