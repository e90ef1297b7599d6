import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectBeforeTraining } from '../../activities/detecting.js';
import { ConfigError } from '../../src/domain/errors.js';
import type { DetectableDifference } from '../../src/domain/gate.js';
import { createDataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

async function detectWith(gate: object): Promise<readonly DetectableDifference[]> {
  const path = await createDataPath({ gate: { superiorityOn: 'frozen:tickets', ...gate } });
  try {
    path.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
    const { input } = await path.build(0);
    return await detectBeforeTraining(path.deps, path.configuration, input);
  } finally {
    path.close();
  }
}

describe('before training', () => {
  const guards = [{ suite: 'holdout', margin: 0.02 }];

  test('a margin that the clean samples cannot show is refused, with what to change', async () => {
    await assert.rejects(detectWith({ guards }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /a margin of 2\.0 points on holdout is finer than its \d+ clean/);
      assert.match(error.message, /Nothing was spent\..*gate\.finerMargins: tell$/);
      return true;
    });
  });

  test('it is told what each deciding suite can show, where that is allowed', async () => {
    const detectable = await detectWith({ guards, finerMargins: 'tell' });
    assert.deepEqual(
      detectable.map(({ suite, wantedMargin }) => [suite, wantedMargin]),
      [
        ['frozen:tickets', null],
        ['holdout', 0.02],
      ],
    );
    const [frozen, holdout] = detectable;
    assert.equal(frozen?.count, 1);
    assert.ok((holdout?.count ?? 0) > 5 && (holdout?.margin ?? 0) > 0.1);
  });
});
