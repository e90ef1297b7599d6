import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { tellError } from '../../src/cli/errors.js';
import { columns } from '../../src/cli/output.js';
import {
  ConfigError,
  DataError,
  InvariantError,
  PrerequisiteError,
  ProviderError,
} from '../../src/domain/errors.js';

describe('what the command line says of an error', () => {
  test('that the user can fix is its message and nothing else, with exit code 2', () => {
    for (const error of [new ConfigError('fix this'), new PrerequisiteError('fix this')]) {
      assert.deepEqual(tellError(error), { exitCode: 2, name: error.name, message: 'fix this' });
    }
  });

  test('in data or from a host carries the code by which it is looked up', () => {
    assert.equal(
      tellError(new DataError('eval-set-changed', 'changed')).message,
      'changed (eval-set-changed)',
    );
    const refused = new ProviderError('refused', { status: 401, isRetryable: false });
    assert.equal(tellError(refused).message, 'refused (HTTP 401)');
  });

  test('that is a bug comes with its stack', () => {
    const told = tellError(new InvariantError('books'));
    assert.match(told.message, /this is a bug in holdfast: books\n.*at /s);
  });

  test("that is not holdfast's own tells its class and code, never its message", () => {
    const error = Object.assign(new SyntaxError('"{"email": planted"'), { code: 'ENOENT' });
    const told = tellError(error);
    assert.equal(told.exitCode, 2);
    assert.match(told.message, /SyntaxError ENOENT/);
    assert.ok(!told.message.includes('planted'));
    assert.ok(!tellError('planted').message.includes('planted'));
  });

  test('of a failed run is its innermost failure, with exit code 1', () => {
    const cause = Object.assign(new Error('no logs'), { type: 'DataError' });
    const activity = new Error('Activity task failed', { cause });
    const failed = Object.assign(new Error('Workflow failed', { cause: activity }), {
      name: 'WorkflowFailedError',
    });
    assert.deepEqual(tellError(failed), {
      exitCode: 1,
      name: 'RunFailed',
      message: 'DataError: no logs',
    });
  });
});

describe('rows in columns', () => {
  test('stand under each other without trailing space', () => {
    assert.deepEqual(
      columns([
        ['a', '1', 'x'],
        ['bcd', '22'],
      ]),
      ['a    1   x', 'bcd  22'],
    );
  });
});
