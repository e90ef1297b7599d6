import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.js';
import { importInfra } from './scratch-project.js';

interface Lanes {
  readonly SLOW_FILES: readonly string[];
  readonly slowFirst: (paths: readonly string[]) => readonly string[];
}

const { SLOW_FILES, slowFirst } = await importInfra<Lanes>('lanes.mjs');

describe('the files that are slow', () => {
  test('are test files, each named once', () => {
    assert.equal(new Set(SLOW_FILES).size, SLOW_FILES.length);
    for (const path of SLOW_FILES) {
      assert.match(path, /^test\/.*\.test\.ts$/);
      assert.ok(existsSync(join(repositoryRoot, path)), path);
    }
  });

  test('come first in their order, and none is lost or added', () => {
    const [first = '', second = '', third = ''] = SLOW_FILES;
    assert.deepEqual(slowFirst(['a', third, 'b', first]), [first, third, 'a', 'b']);
    assert.deepEqual(slowFirst([second]), [second]);
    assert.deepEqual(slowFirst([]), []);
  });
});
