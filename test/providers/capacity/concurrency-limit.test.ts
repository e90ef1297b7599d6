import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import {
  answered,
  createConcurrencyLimit,
  throttled,
  withMaximum,
  type ConcurrencyLimit,
} from '../../../src/providers/capacity/concurrency-limit.js';

/** A full round of answers, each sent and answered at the time given. */
function answers(
  state: ConcurrencyLimit,
  count: number,
  latencyMs: number,
  sentAtMs: number,
): ConcurrencyLimit {
  let after = state;
  for (let index = 0; index < count; index += 1) {
    const sent = { sentAtMs, underWay: after.limit };
    after = answered(after, sent, latencyMs, sentAtMs + latencyMs);
  }
  return after;
}

describe('the number of requests at once', () => {
  test('begins with what is configured, shrinks by a refusal, and once for all that were under way', () => {
    let state = createConcurrencyLimit(16);
    assert.equal(state.limit, 16);
    for (const underWay of [16, 15, 14]) {
      state = throttled(state, { sentAtMs: 10, underWay }, 20);
    }
    assert.equal(state.limit, 11);
    state = throttled(state, { sentAtMs: 20, underWay: 11 }, 30);
    assert.equal(state.limit, 7);
  });

  test('comes back to just below what was refused at once, and beyond only after many answers', () => {
    let state = throttled(createConcurrencyLimit(16), { sentAtMs: 0, underWay: 9 }, 1);
    assert.deepEqual([state.limit, state.ceiling], [8, 8]);
    state = throttled(state, { sentAtMs: 2, underWay: 7 }, 3);
    assert.deepEqual([state.limit, state.ceiling], [5, 6]);
    state = answers(state, 1, 1, 4);
    assert.equal(state.limit, 6);
    state = answers(state, 19, 1, 5);
    assert.equal(state.limit, 6);
    state = answers(state, 1, 1, 6);
    assert.equal(state.limit, 7);
    // The host bears it: another after each round.
    state = answers(state, 7, 1, 7);
    assert.equal(state.limit, 8);
    state = answers(state, 8 + 9, 1, 8);
    assert.equal(state.limit, 10);
  });

  test('is no answer’s that was sent before the limit shrank, or while few were wanted', () => {
    const shrunk = throttled(createConcurrencyLimit(16), { sentAtMs: 0, underWay: 16 }, 100);
    assert.equal(answered(shrunk, { sentAtMs: 50, underWay: 16 }, 60, 110), shrunk);
    assert.equal(answered(shrunk, { sentAtMs: 100, underWay: 5 }, 10, 110), shrunk);
    assert.equal(answered(shrunk, { sentAtMs: 100, underWay: 6 }, 10, 110).limit, 12);
  });

  test('shrinks where latency is clearly above its best, and stays where that brings it down', () => {
    let state = answers(createConcurrencyLimit(8), 16, 100, 0);
    state = answers(state, 15, 300, 1_000);
    assert.equal(state.limit, 8);
    state = answers(state, 1, 300, 1_000);
    assert.equal(state.limit, 5);
    state = answers(state, 16, 190, 2_000);
    assert.equal(state.limit, 5);
  });

  test('comes back where fewer at once take as long: the host is slow by itself', () => {
    let state = answers(createConcurrencyLimit(8), 16, 100, 0);
    state = answers(state, 16, 300, 1_000);
    assert.equal(state.limit, 5);
    state = answers(state, 16 + 8, 290, 2_000);
    assert.equal(state.limit, 8);
    state = answers(state, 160, 300, 3_000);
    assert.equal(state.limit, 8);
  });

  test('follows the configuration, and what was learnt stays', () => {
    assert.equal(withMaximum(createConcurrencyLimit(4), 9).limit, 9);
    assert.equal(withMaximum(createConcurrencyLimit(9), 4).limit, 4);
    const learnt = throttled(createConcurrencyLimit(16), { sentAtMs: 0, underWay: 6 }, 1);
    assert.equal(withMaximum(learnt, 32).limit, 5);
    assert.equal(withMaximum(learnt, 4).limit, 4);
  });

  test('is never less than one nor more than what is configured, whatever a host answers', () => {
    const event = fc.record({
      refused: fc.boolean(),
      underWay: fc.integer({ min: 1, max: 64 }),
      latencyMs: fc.integer({ min: 1, max: 10_000 }),
      passMs: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.array(event, { maxLength: 400 }),
        (most, all) => {
          let state = createConcurrencyLimit(most);
          let now = 0;
          for (const { refused, underWay, latencyMs, passMs } of all) {
            const sent = { sentAtMs: now, underWay };
            now += passMs;
            state = refused ? throttled(state, sent, now) : answered(state, sent, latencyMs, now);
            assert.ok(state.limit >= 1 && state.limit <= most && Number.isInteger(state.limit));
          }
        },
      ),
    );
  });
});
