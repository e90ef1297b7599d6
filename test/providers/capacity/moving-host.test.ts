import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, test, type TestContext } from 'node:test';
import { ProviderError } from '../../../src/domain/errors.js';
import type { Sample } from '../../../src/domain/sample.js';
import { createAnswerCache, type AnswerCache } from '../../../src/evals/answer-cache.js';
import { runSuite, type SuiteAnswer } from '../../../src/evals/run-suite.js';
import { createHostGates, type HostGates } from '../../../src/providers/capacity/host-gates.js';
import { createChatClient } from '../../../src/providers/openai-chat.js';
import { createMemoryStore } from '../../../src/storage/memory-store.js';
import { answerTo, startMovingHost, type MovingHost } from '../../support/moving-host.js';

const LATENCY_MS = 25;
const clock = {
  now: Date.now,
  sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
    await delay(ms, undefined, { signal });
  },
  random: Math.random,
};

function samplesOf(count: number, name = 's'): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${name}${index}`,
    messages: [{ role: 'user', content: `question ${name} ${index}` }],
    reference: null,
    referenceOrigin: 'independent',
    options: [],
    cluster: `${name}${index}`,
  }));
}

/** How much of 8 slots is used by 8 who ask one after the other: what this machine lets anybody reach. */
async function usedByClientWhoKnows(host: MovingHost): Promise<number> {
  const address = { baseURL: host.baseURL, key: 'key' };
  const client = createChatClient({ ...address, sleep: clock.sleep });
  const request = { model: 'ft:model', temperature: 0, maximumTokens: 16 };
  const beganAt = performance.now();
  const eight = Array.from({ length: 8 }, async (_, index) => {
    for (let count = 0; count < 8; count += 1) {
      const messages = [{ role: 'user', content: `${index} ${count}` }] as const;
      await client.complete({ ...request, messages });
    }
  });
  await Promise.all(eight);
  return host.usedSince(beganAt);
}

interface Suite {
  readonly host: MovingHost;
  readonly samples: readonly Sample[];
  readonly gates?: HostGates;
  readonly cache?: AnswerCache;
  readonly concurrency?: number;
  readonly tokensPerMinute?: number | null;
}

/** A suite is asked as an activity asks it: real requests through a gate. */
function ask(suite: Suite): Promise<readonly SuiteAnswer[]> {
  const { host, samples, concurrency = 8, tokensPerMinute = null } = suite;
  const address = { baseURL: host.baseURL, key: 'key' };
  const gates = suite.gates ?? createHostGates(clock);
  const gate = gates.of(address, { concurrency, tokensPerMinute });
  return runSuite({
    client: createChatClient({ ...address, sleep: clock.sleep, gate }),
    modelId: 'ft:model',
    samples,
    concurrency,
    temperature: 0,
    maximumTokens: 16,
    answersPerSample: 1,
    budget: { requests: null, tokens: null },
    cache: suite.cache ?? cacheOf(),
    redact: (text) => text,
  });
}

function cacheOf(): AnswerCache {
  const asked = { baseURL: 'x', modelId: 'ft:model', temperature: 0, maximumTokens: 16 };
  return createAnswerCache(createMemoryStore(), { ...asked, redactor: 'r', origin: 'o' });
}

/** The answers that any host of this kind gives, in the samples' order: an oracle without a gate. */
function expected(samples: readonly Sample[]): readonly SuiteAnswer[] {
  return samples.map(({ id, messages }) => ({
    sampleId: id,
    output: answerTo(messages[0]?.content ?? ''),
    error: null,
  }));
}

describe('a host of moving capacity', () => {
  test('is used to 80 % of what it bears when it has 8, 2 and 8 slots, and few requests are repeated', async (t) => {
    const host = await startMovingHost(8, { latencyMs: 100 });
    const samples = samplesOf(400);
    try {
      const possible = await usedByClientWhoKnows(host);
      const before = host.received.length;
      const asking = ask({ host, samples, concurrency: 16 });
      const shares: number[] = [];
      // From 2 to 8: twenty answers at 2 slots until more are tried, then a round for each.
      for (const [slots, settlesMs] of [
        [8, 500],
        [2, 500],
        [8, 2_000],
      ] as const) {
        host.capacity(slots);
        await delay(settlesMs);
        const settledAt = performance.now();
        await delay(1_000);
        shares.push(host.usedSince(settledAt));
      }
      assert.deepEqual(await asking, expected(samples));
      const sent = host.received.length - before;
      t.diagnostic(
        `used ${shares.map(percent).join(', ')} of 8, 2, 8 slots, where ${percent(possible)} could be; ` +
          `${sent} requests for ${samples.length}, ${host.refused()} refused`,
      );
      for (const share of shares) assert.ok(share >= 0.8 * possible, `${percent(share)} were used`);
      assert.ok(sent <= 1.1 * samples.length + 28, `${sent}`);
    } finally {
      await host.close();
    }
  });
});

describe('a host whose capacity is no matter of milliseconds', { concurrency: true }, () => {
  for (const awayAs of ['cut', 503, 500] as const) {
    test(`that is away for three seconds (${awayAs}) is sent next to nothing, and no answer is lost`, async (t) => {
      const host = await startMovingHost(8, { latencyMs: LATENCY_MS, awayAs });
      const samples = samplesOf(120);
      try {
        const asking = ask({ host, samples });
        await delay(150);
        host.capacity(0);
        const beganAt = performance.now();
        await delay(3_000);
        const meanwhile = host.received.filter((at) => at > beganAt).length;
        host.capacity(8);
        assert.deepEqual(await asking, expected(samples));
        tell(t, host, samples.length, `${meanwhile} were sent in 3 s`);
        // Those that were next, five failures in a row, and the probes of three seconds.
        assert.ok(meanwhile <= 8 + 5 + 4, `${meanwhile} were sent in 3 s`);
        assert.ok(host.received.length <= 1.1 * samples.length + 20);
      } finally {
        await host.close();
      }
    });
  }

  test('that stays away ends the suite retryably, and the next attempt asks only for the rest', async () => {
    const host = await startMovingHost(8, { latencyMs: LATENCY_MS });
    const samples = samplesOf(200);
    const cache = cacheOf();
    // Seconds pass fifty times as fast, so that the minute of patience is over soon.
    const start = Date.now();
    const fast = {
      ...clock,
      now: (): number => start + (Date.now() - start) * 50,
      sleep: (ms: number, signal?: AbortSignal): Promise<void> => clock.sleep(ms / 50, signal),
    };
    const gates = createHostGates(fast);
    try {
      const asking = ask({ host, samples, cache, gates }).then(
        () => assert.fail('answered'),
        (error: unknown) => error,
      );
      await delay(200);
      host.capacity(0);
      const beganAt = performance.now();
      const error = await asking;
      assert.ok(error instanceof ProviderError && error.isRetryable, String(error));
      assert.match(error.message, /has not answered since .*; it is asked again in \d+ s/);
      const meanwhile = host.received.filter((at) => at > beganAt).length;
      assert.ok(meanwhile <= 8 + 5 + 8, `${meanwhile} were sent to a host that was away`);
      host.capacity(8);
      await fast.sleep((error.retryAfterMs ?? 0) + 50);
      const before = host.received.length;
      assert.deepEqual(await ask({ host, samples, cache, gates }), expected(samples));
      assert.ok(host.received.length - before < 200, 'what was answered is asked again');
    } finally {
      await host.close();
    }
  });

  test('with a limit of tokens a minute is kept to it where it is configured, and used to 80 %', async (t) => {
    const tokensPerMinute = 24_000;
    const host = await startMovingHost(64, { latencyMs: 5, tokensPerMinute });
    // 2,000 are there at once and 22,000 come a minute: 100 + 18 a second.
    const samples = samplesOf(150);
    try {
      const beganAt = performance.now();
      assert.deepEqual(await ask({ host, samples, tokensPerMinute }), expected(samples));
      const share =
        (samples.length * 20) / (2_000 + ((performance.now() - beganAt) * 24_000) / 60_000);
      tell(t, host, samples.length, `used ${percent(share)} of the tokens`);
      assert.equal(host.refused(), 0);
      assert.ok(share >= 0.8, percent(share));
    } finally {
      await host.close();
    }
  });

  test('that says what is left of its tokens is kept to it without being configured', async (t) => {
    const host = await startMovingHost(64, { latencyMs: 5, tokensPerMinute: 24_000, tells: true });
    const samples = samplesOf(150);
    try {
      const beganAt = performance.now();
      assert.deepEqual(await ask({ host, samples }), expected(samples));
      const share =
        (samples.length * 20) / (2_000 + ((performance.now() - beganAt) * 24_000) / 60_000);
      tell(t, host, samples.length, `used ${percent(share)} of the tokens`);
      assert.ok(share >= 0.8, percent(share));
      assert.ok(host.received.length <= 1.1 * samples.length + 20, `${host.received.length}`);
    } finally {
      await host.close();
    }
  });

  test('is shared by two suites of one worker', async (t) => {
    const host = await startMovingHost(4, { latencyMs: LATENCY_MS });
    const gates = createHostGates(clock);
    const [one, other] = [samplesOf(60, 'a'), samplesOf(60, 'b')];
    try {
      const both = await Promise.all([one, other].map((samples) => ask({ host, samples, gates })));
      assert.deepEqual(both, [expected(one), expected(other)]);
      tell(t, host, 120, 'by two suites');
      assert.ok(host.received.length <= 132 + 20, `${host.received.length}`);
    } finally {
      await host.close();
    }
  });
});

function tell(t: TestContext, host: MovingHost, items: number, what: string): void {
  t.diagnostic(`${what}; ${host.received.length} requests for ${items}, ${host.refused()} refused`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
