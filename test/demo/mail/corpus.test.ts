import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadCorpus } from '../../../src/demo/mail/corpus.js';
import { DataError, PrerequisiteError } from '../../../src/domain/errors.js';

describe('loadCorpus', () => {
  test('says how to run the demo where the corpus is not installed', async () => {
    await assert.rejects(loadCorpus('@holdfast/there-is-no-such-package'), (error) => {
      assert.ok(error instanceof PrerequisiteError);
      assert.match(error.message, /npm run demo/);
      return true;
    });
  });

  test('refuses a package that is not the corpus', async () => {
    await assert.rejects(loadCorpus('node:path'), (error) => {
      assert.ok(error instanceof DataError);
      assert.equal(error.code, 'corpus-shape');
      return true;
    });
  });
});
