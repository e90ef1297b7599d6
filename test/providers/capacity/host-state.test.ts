import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { ProviderError } from '../../../src/domain/errors.js';
import { createHostGate } from '../../../src/providers/capacity/host-gate.js';
import { createHostState, type Sent } from '../../../src/providers/capacity/host-state.js';
import { createRandom } from '../../support/random.js';
import { createVirtualClock } from '../../support/virtual-clock.js';

type Outcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly status: number | null; readonly isRetryable: boolean };

type Event =
  | { readonly kind: 'pass'; readonly ms: number }
  /** As many as may be sent. */
  | { readonly kind: 'send' }
  /** So many of those that are under way, from the one at `at`, counted round. */
  | {
      readonly kind: 'end';
      readonly at: number;
      readonly count: number;
      readonly outcome: Outcome;
    };

const failure = fc.record({
  kind: fc.constant('failed' as const),
  status: fc.constantFrom(null, null, 500, 503, 503, 429, 400),
  isRetryable: fc.constantFrom(true, true, true, false),
});
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 6, arbitrary: failure },
  { weight: 2, arbitrary: fc.constant({ kind: 'answered' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'aborted' as const }) },
);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constant({ kind: 'send' as const }),
  // Wall clocks are set back now and then.
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: -200, max: 3_000 }) }),
  fc.record({
    kind: fc.constant('end' as const),
    at: fc.nat(7),
    count: fc.constantFrom(1, 1, 1, 5, 7),
    outcome,
  }),
);

function errorOf(ended: Exclude<Outcome, { readonly kind: 'answered' }>): Error {
  return ended.kind === 'aborted' ? new Error('stopped') : new ProviderError('failed', ended);
}

describe('what is known of a host', () => {
  test('never says to wait for another request where none is under way', () => {
    const events = fc.array(event, { minLength: 10, maxLength: 100 });
    fc.assert(
      fc.property(events, fc.integer(), (happening, seed) => {
        let now = 1_000;
        const clock = { now: () => now, sleep: async () => undefined, random: createRandom(seed) };
        const state = createHostState(clock, { concurrency: 8, tokensPerMinute: null });
        const underWay: Sent[] = [];
        const end = (at: number, ended: Outcome): void => {
          const [sent] = underWay.splice(at % underWay.length, 1);
          assert.ok(sent !== undefined);
          if (ended.kind === 'answered') state.answered(sent, null);
          else state.failed(sent, errorOf(ended));
        };
        for (const one of happening) {
          if (one.kind === 'pass') now += one.ms;
          while (one.kind === 'send' && state.waitMs(1) === 0) underWay.push(state.enter(1, true));
          if (one.kind === 'end') {
            const ends = Math.min(one.count, underWay.length);
            for (let ended = 0; ended < ends; ended += 1) end(one.at, one.outcome);
          }
          if (underWay.length === 0) assert.ok(Number.isFinite(state.waitMs(1)), 'locked up');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('goes on after a probe that got a 503, though an answer from before the outage came meanwhile', async () => {
    const clock = createVirtualClock();
    const gate = createHostGate(clock, { concurrency: 8, tokensPerMinute: null });
    let count = 0;
    const ask = async (): Promise<string> => {
      count += 1;
      const began = clock.now();
      const isFirst = count === 1;
      const [ms, status] = isFirst
        ? [2_500, 200]
        : began < 200
          ? [200, null]
          : began < 4_000
            ? [1_500, 503]
            : [100, 200];
      await clock.sleep(ms);
      if (status !== 200) throw new ProviderError('away', { status, isRetryable: true });
      return 'fine';
    };
    const request = { tokens: 1, tokensOf: () => null, what: 'POST /x of host', ask };
    const all = Array.from({ length: 20 }, () => gate.send(request));
    const answers = await clock.run(Promise.all(all));
    assert.deepEqual(new Set(answers), new Set(['fine']));
  });
});
