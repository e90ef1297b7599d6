import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { killJobWorkers } from './killed-job-workers.js';
import { deathsEverywhere, randomSchedules, serverDeathsEverywhere } from './job-matrix.js';

/** A small part of `npm run test:jobs`. */
describe('a fine-tune', () => {
  test('whose worker dies before, during or after any step is paid once and ends right', async () => {
    const shown = await deathsEverywhere(['openai-compatible'], ['20 s late']);
    assert.deepEqual(shown.wrong, []);
    assert.ok(shown.runs > 80 && shown.deaths === shown.runs, JSON.stringify(shown));
    assert.equal(shown.adopted, 0);
    const suffixed = await deathsEverywhere(['nebius'], ['20 s late']);
    assert.deepEqual([suffixed.wrong, suffixed.adopted], [[], 0]);
    assert.ok(suffixed.runs > 80, JSON.stringify(suffixed));
    const silent = await deathsEverywhere(['together'], ['silent']);
    assert.deepEqual(silent.wrong, []);
    assert.ok(silent.adopted > 0 && silent.retried > 0, JSON.stringify(silent));
    const chosen = await deathsEverywhere(['fireworks'], ['silent']);
    assert.deepEqual([chosen.wrong, chosen.parked], [[], 0]);
  });

  test('whose provider dies before or after any step is paid once and ends right', async () => {
    const { wrong, adopted, retried } = await serverDeathsEverywhere(['openai-compatible']);
    assert.deepEqual(wrong, []);
    assert.ok(adopted > 0 && retried > 0, `${adopted} adopted, ${retried} retried`);
  });

  test('that is disturbed by chance is paid once and ends right', async () => {
    const { wrong, deaths } = await randomSchedules(30, 7);
    assert.deepEqual(wrong, []);
    assert.ok(deaths > 10, `${deaths} deaths`);
  });

  test('whose workers are killed for real is paid once and ends right', async () => {
    const { wrong, kills } = await killJobWorkers(3, 5);
    assert.deepEqual(wrong, []);
    assert.ok(kills > 0);
  });
});
