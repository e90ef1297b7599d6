import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import { monthOf } from '../../src/domain/spend.js';
import { COST, pricedJobs, type PricedJobs } from '../support/priced-jobs.js';

function answeredWith(
  status: number | null,
  more: Partial<ConstructorParameters<typeof ProviderError>[1]> = {},
): ProviderError {
  const isRetryable = status !== 400 && status !== 402;
  return new ProviderError(`POST /jobs: ${status}`, { status, isRetryable, ...more });
}

async function charges(it: PricedJobs): Promise<readonly string[]> {
  const all = (await it.spend()).flatMap((entry) => entry.charges);
  return all.map(({ at, estimate, jobId }) => `${monthOf(at)} ${estimate} ${jobId ?? 'open'}`);
}

test('a job that was refused costs nothing, and another may be asked for in its stead', async () => {
  const it = await pricedJobs({ monthlyCost: 3 });
  it.refuseWith(answeredWith(400));
  await assert.rejects(it.submit('a'), /400/);
  assert.deepEqual(await charges(it), []);
  it.refuseWith(null);
  await it.submit('b');
  assert.deepEqual(await charges(it), ['2026-11 2 open']);
});

test('a job that was refused counts in the month in which it is asked for again', async () => {
  const it = await pricedJobs({ monthlyCost: 3 });
  it.refuseWith(answeredWith(400));
  await assert.rejects(it.submit('a'), /400/);
  it.refuseWith(null);
  it.setNow('2026-12-05T00:00:00.000Z');
  await it.submit('b');
  assert.deepEqual(await charges(it), ['2026-12 2 open']);
  await assert.rejects(it.submit('a'), /2\.00 USD of the 3\.00 USD of train\.monthlyCost/);
  assert.equal(it.created(), 1);
});

test('what waits for room, for a bill or for another attempt promises nothing meanwhile', async () => {
  const refusals = [
    answeredWith(429),
    answeredWith(402, { isMoney: true }),
    answeredWith(503, { wasSent: false }),
  ];
  for (const refusal of refusals) {
    const it = await pricedJobs({ monthlyCost: 3 });
    it.refuseWith(refusal);
    const submitted = await it.submit('a').catch(() => 'failed' as const);
    assert.ok(submitted === 'failed' || 'busy' in submitted || 'parked' in submitted);
    assert.deepEqual(await charges(it), [], refusal.message);
    it.refuseWith(null);
    await it.submit('b');
    assert.equal(it.created(), 1);
  }
});

test('a job that may be there stays promised, in its month, until it is known', async () => {
  const it = await pricedJobs({ monthlyCost: 3 });
  it.refuseWith(answeredWith(null, { wasSent: true }));
  const parked = await it.submit('a');
  assert.ok('parked' in parked && parked.parked.reason === 'unresolved', JSON.stringify(parked));
  assert.deepEqual(await charges(it), ['2026-11 2 open']);
  await assert.rejects(it.submit('b'), /2\.00 USD of the 3\.00 USD/);
  it.refuseWith(null);
  it.setNow('2026-12-05T00:00:00.000Z');
  await it.submit('a');
  assert.deepEqual(await charges(it), ['2026-11 2 open']);
  await it.resolve('a', { kind: 'retry', by: 'ana' });
  await it.submit('a');
  assert.deepEqual(await charges(it), ['2026-12 2 open']);
});

test('a job that a person names though its create was refused counts as what was expected of it', async () => {
  const it = await pricedJobs({});
  it.refuseWith(null);
  await it.submit('b');
  it.refuseWith(answeredWith(402, { isMoney: true }));
  await it.submit('a');
  assert.deepEqual(await charges(it), [`2026-11 ${COST} open`]);
  it.disown('job-1');
  await it.resolve('a', { kind: 'adopt', jobId: 'job-1', by: 'ana' });
  await it.submit('a');
  await it.submit('a');
  assert.deepEqual(await charges(it), [`2026-11 ${COST} open`, `2026-11 ${COST} open`]);
});
