import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '../support/properties.js';
import { scheduleOptions } from '../../src/cli/schedule.js';
import { parseConfigurationText } from '../../src/config/load.js';
import { lastWindowEndedBy, windowAt } from '../../src/domain/window.js';
import { runHoldfast } from '../support/cli.js';
import { repositoryRoot } from '../support/paths.js';

const minimal = await readFile(
  join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml'),
  'utf8',
);
const reference = { model: 'triage', configDigest: 'd'.repeat(64) };

function optionsOf(
  first: string,
  weeks: number,
  delayHours: number,
): ReturnType<typeof scheduleOptions> {
  const text = minimal.replace('first: 2026-W07', `first: ${first}\n  weeks: ${weeks}`);
  const configuration = parseConfigurationText(
    `${text}schedule: { delayHours: ${delayHours} }\n`,
    'x',
  );
  return scheduleOptions(configuration, reference, 'holdfast');
}

describe('the schedule of a model', () => {
  test('is not made without an eval set, since its runs could keep nothing out', async () => {
    const config = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');
    const { code, err } = await runHoldfast(['schedule', '--config', config]);
    assert.equal(code, 2);
    assert.match(err, /no eval set is frozen yet/);
  });

  test('fires the delay after the end of every window, whatever the length and the first week', () => {
    const weeks = fc.integer({ min: 1, max: 8 });
    const first = fc.integer({ min: 1, max: 52 });
    const delay = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(weeks, first, delay, fc.integer({ min: 0, max: 30 }), (w, f, d, index) => {
        const id = `2026-W${String(f).padStart(2, '0')}`;
        const { intervals = [], startAt } = optionsOf(id, w, d).spec;
        const [interval] = intervals;
        const every = Number(interval?.every);
        const offset = Number(interval?.offset);
        const window = windowAt({ first: id, weeks: w }, index);
        const firing = Date.parse(window.to) + d * 3_600_000;
        assert.equal((firing - offset) % every, 0);
        assert.ok(offset >= 0 && offset < every);
        assert.ok(startAt !== undefined && startAt.getTime() <= firing);
        if (d < w * 7 * 24) {
          assert.equal(lastWindowEndedBy({ first: id, weeks: w }, firing), index);
        }
      }),
    );
  });

  test('waits for a run that is still going, says how far it makes up, and never pauses itself', () => {
    const { policies, action } = optionsOf('2026-W07', 1, 6);
    assert.deepEqual(policies, {
      overlap: 'BUFFER_ONE',
      catchupWindow: 14 * 86_400_000,
      pauseOnFailure: false,
    });
    assert.deepEqual(action.args, [{ ...reference, window: null, mode: 'run', reopen: false }]);
    assert.equal(action.workflowId, 'weekly/triage');
  });
});
