import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import {
  breakerAfterAbort,
  breakerAfterAnswer,
  breakerAfterFailure,
  breakerAfterSending,
  CLOSED,
  FAILURES_TO_OPEN,
  isDoubtful,
  waitForBreaker,
  type CircuitBreaker,
} from '../../../src/providers/capacity/circuit-breaker.js';
import {
  allowanceOf,
  takeAllowance,
  waitForAllowance,
} from '../../../src/providers/capacity/rate-allowance.js';
import {
  createRetryBudget,
  firstSent,
  takeRetry,
} from '../../../src/providers/capacity/retry-budget.js';
import {
  atRate,
  createTokenBucket,
  spendTokens,
  waitForTokens,
} from '../../../src/providers/capacity/token-bucket.js';

describe('a budget of tokens a minute', () => {
  test('lets no minute have more than it may, and nearly all of it where enough is asked for', () => {
    const request = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(fc.array(request, { minLength: 50, maxLength: 300 }), (requests) => {
        const perMinute = 12_000;
        let bucket = createTokenBucket(perMinute, 0);
        let now = 0;
        const sent: { readonly atMs: number; readonly tokens: number }[] = [];
        for (const tokens of requests) {
          now += waitForTokens(bucket, tokens, now);
          assert.equal(waitForTokens(bucket, tokens, now), 0);
          bucket = spendTokens(bucket, tokens, now);
          sent.push({ atMs: now, tokens });
        }
        for (const { atMs } of sent) {
          const minute = sent.filter((one) => one.atMs >= atMs && one.atMs < atMs + 60_000);
          assert.ok(sum(minute) <= perMinute + 1e-6, `${sum(minute)} tokens in a minute`);
        }
        const earned = 1_000 + (now * 11_000) / 60_000;
        assert.ok(sum(sent) >= earned - 1_000 - 1e-6, `${sum(sent)} of ${earned}`);
      }),
      { numRuns: 50 },
    );
  });

  test('takes a request that is larger than its burst when it is full, and waits for what it owes', () => {
    const full = createTokenBucket(12_000, 0);
    assert.equal(waitForTokens(full, 5_000, 0), 0);
    const owing = spendTokens(full, 5_000, 0);
    // 4,000 owed and 100 asked for, at 11,000 a minute.
    assert.equal(waitForTokens(owing, 100, 0), Math.ceil(4_100 / (11_000 / 60_000)));
  });

  test('gets back what was not used, and never holds more than its burst', () => {
    const spent = spendTokens(createTokenBucket(12_000, 0), 1_000, 0);
    assert.ok(waitForTokens(spent, 1_000, 0) > 0);
    assert.equal(waitForTokens(spendTokens(spent, -1_000, 0), 1_000, 0), 0);
    const later = spendTokens(spendTokens(spent, -9_000, 0), 1_000, 0);
    assert.ok(waitForTokens(later, 1, 0) > 0);
    assert.ok(waitForTokens(atRate(spent, 24_000, 0), 1_000, 0) < waitForTokens(spent, 1_000, 0));
  });
});

function sum(sent: readonly { readonly tokens: number }[]): number {
  return sent.reduce((total, { tokens }) => total + tokens, 0);
}

describe('a budget of retries', () => {
  test('is a tenth of the first requests and a reserve, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (events) => {
        let budget = createRetryBudget(4);
        let first = 0;
        let repeated = 0;
        for (const isFirst of events) {
          if (isFirst) {
            first += 1;
            budget = firstSent(budget, 4);
            continue;
          }
          const rest = takeRetry(budget);
          if (rest === null) continue;
          budget = rest;
          repeated += 1;
        }
        assert.ok(repeated <= 0.1 * first + 16 + 1e-6, `${repeated} after ${first}`);
      }),
    );
  });

  test('saves no more than twice its reserve up', () => {
    let budget = createRetryBudget(4);
    for (let index = 0; index < 10_000; index += 1) budget = firstSent(budget, 4);
    assert.ok(Math.abs(budget.left - 32) < 1e-6, String(budget.left));
  });
});

describe('a circuit breaker', () => {
  function failing(count: number, from: CircuitBreaker = CLOSED): CircuitBreaker {
    let breaker = from;
    for (let index = 0; index < count; index += 1) breaker = breakerAfterFailure(breaker, 0, 1);
    return breaker;
  }

  test('opens after so many failures in a row, and an answer between them begins anew', () => {
    assert.equal(failing(FAILURES_TO_OPEN - 1).kind, 'closed');
    assert.equal(failing(FAILURES_TO_OPEN).kind, 'open');
    const interrupted = breakerAfterAnswer(failing(FAILURES_TO_OPEN - 1), 0);
    assert.equal(failing(FAILURES_TO_OPEN - 1, interrupted).kind, 'closed');
    const earlier = breakerAfterAnswer(failing(FAILURES_TO_OPEN - 1), -1);
    assert.equal(failing(1, earlier).kind, 'open');
  });

  test('doubts a host after two failures in a row', () => {
    assert.deepEqual(
      [0, 1, 2, 4].map((count) => isDoubtful(failing(count))),
      [false, false, true, true],
    );
  });

  test('lets one request through after its pause, which doubles with each that fails, to a minute', () => {
    let breaker = failing(FAILURES_TO_OPEN);
    let now = 0;
    const pauses: number[] = [];
    for (let probes = 0; probes < 8; probes += 1) {
      const pause = waitForBreaker(breaker, now);
      pauses.push(pause);
      now += pause;
      assert.equal(waitForBreaker(breaker, now), 0);
      breaker = breakerAfterSending(breaker);
      assert.equal(waitForBreaker(breaker, now), Number.POSITIVE_INFINITY);
      breaker = breakerAfterFailure(breaker, now, 1);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    assert.equal(breakerAfterAnswer(breaker, now), CLOSED);
  });

  test('lets the next through at once where the one was given up', () => {
    const probing = breakerAfterSending(failing(FAILURES_TO_OPEN));
    assert.equal(waitForBreaker(breakerAfterAbort(probing, 500), 500), 0);
    assert.equal(breakerAfterAbort(CLOSED, 500), CLOSED);
  });

  test('pauses by chance, between half and all', () => {
    assert.equal(waitForBreaker(breakerAfterFailure(failing(4), 0, 0), 0), 500);
  });
});

describe('what a host says is left', () => {
  const headers = (remaining: string, reset: string, limit?: string): Headers =>
    new Headers({
      'x-ratelimit-remaining-tokens': remaining,
      'x-ratelimit-reset-tokens': reset,
      ...(limit === undefined ? {} : { 'x-ratelimit-limit-tokens': limit }),
    });

  test('is waited for until it is there, in every way that hosts say when', () => {
    for (const [reset, waitMs] of [
      ['6m0s', 360_000],
      ['1h2m3.5s', 3_723_500],
      ['20ms', 20],
      ['7', 7_000],
      ['0.5', 500],
    ] as const) {
      const allowance = allowanceOf(headers('10', reset), 'tokens', 1_000);
      assert.equal(waitForAllowance(allowance, 10, 1_000), 0);
      assert.equal(waitForAllowance(allowance, 11, 1_000), waitMs);
      assert.equal(waitForAllowance(allowance, 11, 1_000 + waitMs), 0);
      assert.equal(allowanceOf(headers('10', reset), 'requests', 1_000), null);
    }
  });

  test('comes back bit by bit where the host says of how much', () => {
    const allowance = allowanceOf(headers('0', '10s', '1000'), 'tokens', 0);
    assert.equal(waitForAllowance(allowance, 100, 0), 1_000);
    assert.equal(waitForAllowance(allowance, 100, 600), 400);
    assert.equal(waitForAllowance(allowance, 5_000, 0), 10_000);
    assert.equal(waitForAllowance(takeAllowance(allowance, 100), 100, 0), 2_000);
  });

  test('is nothing where the headers say nothing', () => {
    for (const [remaining, reset] of [
      ['-1', '0'],
      ['0', '0'],
      ['10', ''],
      ['', '1s'],
      ['many', '1s'],
      ['10', 'soon'],
      ['10', '1s and more'],
    ] as const) {
      const allowance = allowanceOf(headers(remaining, reset), 'tokens', 0);
      assert.equal(allowance, null, `${remaining} ${reset}`);
      assert.equal(waitForAllowance(allowance, 1_000, 0), 0);
    }
  });
});
