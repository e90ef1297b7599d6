import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StepWarning } from '../../activities/dependencies.js';
import { redactorBefore, versionsFor } from '../../activities/generation.js';
import { keys } from '../../src/release/layout.js';
import { writeJson } from '../../src/storage/objects.js';
import { createTestDependencies } from '../support/dependencies.js';

describe('a window whose parent went through another redactor', () => {
  test('names that one, and warns; the same redactor and no parent say nothing', async () => {
    const warnings: StepWarning[] = [];
    const { deps } = await createTestDependencies({ warn: (warning) => warnings.push(warning) });
    const versions = versionsFor(deps, deps.startedWith);
    await writeJson(deps.store, keys.release('old'), {
      versions: { ...versions, redactor: 'redactor-1' },
    });
    await writeJson(deps.store, keys.release('same'), { versions });
    assert.deepEqual(await redactorBefore(deps, null, versions), {});
    assert.deepEqual(await redactorBefore(deps, 'same', versions), {});
    assert.deepEqual(warnings, []);
    assert.deepEqual(await redactorBefore(deps, 'old', versions), { redactorBefore: 'redactor-1' });
    assert.deepEqual(warnings, [
      {
        event: 'redactor-changed',
        key: keys.release('old'),
        reason: `redactor-1 became ${versions.redactor}`,
      },
    ]);
  });
});
