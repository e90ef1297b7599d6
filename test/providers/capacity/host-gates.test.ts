import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostGates } from '../../../src/providers/capacity/host-gates.js';
import { createVirtualClock } from '../../support/virtual-clock.js';

type Limits = readonly [concurrency: number, tokensPerMinute: number | null];
interface Asked {
  readonly ms: number;
  readonly mostAtOnce: number;
}

/** Sends 40 requests of 100 tokens through the gate of the last of those who ask for one. */
async function askAll(...askers: readonly Limits[]): Promise<Asked> {
  const clock = createVirtualClock();
  const gates = createHostGates(clock);
  const address = { baseURL: 'http://127.0.0.1/v1', key: 'k' };
  const gate = askers
    .map(([concurrency, tokensPerMinute]) => gates.of(address, { concurrency, tokensPerMinute }))
    .at(-1);
  assert.ok(gate !== undefined);
  let underWay = 0;
  let mostAtOnce = 0;
  const ask = async (): Promise<void> => {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    await clock.sleep(100);
    underWay -= 1;
  };
  const request = { what: 'POST /x of host', tokens: 100, tokensOf: () => null, ask };
  await clock.run(Promise.all(Array.from({ length: 40 }, () => gate.send(request))));
  return { ms: clock.now(), mostAtOnce };
}

test('a gate keeps to the smallest budget of tokens that any who share it have', async () => {
  const bound = await askAll([4, 1_000]);
  assert.ok(bound.ms > 180_000, `${bound.ms} ms for 4,000 tokens of 1,000 a minute`);
  assert.deepEqual(await askAll([2, 1_000], [4, null]), bound);
  assert.deepEqual(await askAll([4, null], [4, 1_000]), bound);
  assert.deepEqual(await askAll([4, 1_000], [4, 9_000]), bound);
});

test('a gate has as many under way as whoever asked for it last allows', async () => {
  assert.equal((await askAll([9, null], [4, null])).mostAtOnce, 4);
  assert.equal((await askAll([4, null], [9, null])).mostAtOnce, 9);
});
