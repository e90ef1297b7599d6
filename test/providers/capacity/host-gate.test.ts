import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../../src/domain/errors.js';
import { createHostGate, type HostGate } from '../../../src/providers/capacity/host-gate.js';
import { createHostGates } from '../../../src/providers/capacity/host-gates.js';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.js';

const LATENCY_MS = 100;

/** A host on a virtual clock: refuses what is more than its slots, with a status. `0` slots: it is away. */
interface VirtualHost {
  slots: number;
  readonly sent: number[];
  mostAtOnce: number;
  answered: number;
  ask(index: number): Promise<string>;
}

function virtualHost(
  clock: VirtualClock,
  slots: number,
  { fullAs = 429, awayAs = null }: { fullAs?: number; awayAs?: number | null } = {},
): VirtualHost {
  let busy = 0;
  const host: VirtualHost = {
    slots,
    sent: [],
    mostAtOnce: 0,
    answered: 0,
    ask: async (index) => {
      host.sent.push(clock.now());
      if (host.slots === 0) {
        await clock.sleep(LATENCY_MS);
        throw new ProviderError('away', { status: awayAs, isRetryable: true });
      }
      if (busy >= host.slots)
        throw new ProviderError('full', { status: fullAs, isRetryable: true });
      busy += 1;
      host.mostAtOnce = Math.max(host.mostAtOnce, busy);
      await clock.sleep(LATENCY_MS);
      busy -= 1;
      host.answered += 1;
      return `answer ${index}`;
    },
  };
  return host;
}

const NO_TOKENS = { tokens: 1, tokensOf: () => null, what: 'POST /x of host' };

function sendAll(
  gate: HostGate,
  host: VirtualHost,
  count: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const all = Array.from({ length: count }, (_, index) =>
    gate.send({ ...NO_TOKENS, ask: () => host.ask(index) }, signal),
  );
  // Whoever waits for the first to fail leaves no other unseen.
  void Promise.allSettled(all);
  return Promise.all(all);
}

function gateOf(clock: VirtualClock, concurrency: number, tokensPerMinute: number | null = null) {
  return createHostGate(clock, { concurrency, tokensPerMinute });
}

describe('a gate to a host', () => {
  for (const status of [429, 503]) {
    test(`finds how many a host bears that refuses with ${status}, and repeats few`, async () => {
      const clock = createVirtualClock();
      const host = virtualHost(clock, 3, { fullAs: status });
      const answers = await clock.run(sendAll(gateOf(clock, 16), host, 600));
      assert.deepEqual(
        answers,
        Array.from({ length: 600 }, (_, index) => `answer ${index}`),
      );
      assert.ok(host.sent.length <= 660 + 28, `${host.sent.length} were sent`);
      const least = (600 / 3) * LATENCY_MS;
      assert.ok(clock.now() <= least * 1.25, `${clock.now()} ms of ${least}`);
    });
  }

  test('uses at least 90 % of what a host bears whose slots go from 8 to 2 to 8', async (t) => {
    const clock = createVirtualClock();
    const host = virtualHost(clock, 8);
    const sending = sendAll(gateOf(clock, 16), host, 900);
    const shares: number[] = [];
    const moving = async (): Promise<void> => {
      for (const slots of [8, 2, 8]) {
        host.slots = slots;
        await clock.sleep(2_500);
        const before = host.answered;
        await clock.sleep(3_000);
        shares.push((host.answered - before) / ((slots * 3_000) / LATENCY_MS));
      }
    };
    await clock.run(Promise.all([sending, moving()]));
    t.diagnostic(`${shares.map((share) => share.toFixed(3)).join(', ')}; ${host.sent.length} sent`);
    for (const share of shares) assert.ok(share >= 0.9 && share <= 1.01, String(share));
    assert.ok(host.sent.length <= 900 * 1.1 + 28, `${host.sent.length} were sent`);
  });

  test('never has more under way than configured, for all that send through it', async () => {
    const clock = createVirtualClock();
    const host = virtualHost(clock, 100);
    const gates = createHostGates(clock);
    const limits = { concurrency: 5, tokensPerMinute: null };
    const one = gates.of({ baseURL: 'http://127.0.0.1/v1', key: 'k' }, limits);
    const same = gates.of({ baseURL: 'http://127.0.0.1/v1/', key: 'k' }, limits);
    const other = gates.of({ baseURL: 'http://127.0.0.1/v1', key: 'l' }, limits);
    assert.equal(one, same);
    assert.notEqual(one, other);
    await clock.run(Promise.all([sendAll(one, host, 30), sendAll(same, host, 30)]));
    assert.equal(host.mostAtOnce, 5);
    assert.equal(host.sent.length, 60);
  });

  for (const status of [null, 503]) {
    test(`sends little to a host that is away with ${status ?? 'silence'}, and goes on when it is back`, async () => {
      const clock = createVirtualClock();
      const host = virtualHost(clock, 8, { awayAs: status });
      const sending = sendAll(gateOf(clock, 8), host, 400);
      const outage = async (): Promise<void> => {
        await clock.sleep(1_000);
        host.slots = 0;
        await clock.sleep(20_000);
        host.slots = 8;
      };
      const [answers] = await clock.run(Promise.all([sending, outage()]));
      assert.equal(new Set(answers).size, 400);
      const meanwhile = host.sent.filter((at) => at >= 1_000 && at < 21_000).length;
      // Eight at once, one until it is in doubt, and a probe after 1, 2, 4, 8 and 16 s, or half of each.
      assert.ok(meanwhile <= 9 + 5, `${meanwhile} were sent to a host that was away`);
      assert.ok(host.sent.length <= 400 + 14, `${host.sent.length}`);
    });
  }

  test('gives a host up that stays away, and says when it is asked again, without asking', async () => {
    const clock = createVirtualClock();
    const host = virtualHost(clock, 0);
    const gate = gateOf(clock, 4);
    const refusal = await clock.run(
      sendAll(gate, host, 100).then(
        () => assert.fail('answered'),
        (error: unknown) => error,
      ),
    );
    assert.ok(refusal instanceof ProviderError && refusal.isRetryable, String(refusal));
    assert.match(refusal.message, /has not answered since 1970-01-01T00:00:00.100Z; it is asked/);
    assert.ok((refusal.retryAfterMs ?? 0) > 0 && (refusal.retryAfterMs ?? 0) <= 60_000);
    assert.ok(clock.now() >= 60_000 && clock.now() < 125_000, `${clock.now()}`);
    const sent = host.sent.length;
    assert.ok(sent <= 4 + 5 + 7, `${sent} were sent in ${clock.now()} ms`);
    await assert.rejects(clock.run(sendAll(gate, host, 1)), /was not sent/);
    assert.equal(host.sent.length, sent);
    host.slots = 4;
    await clock.run(clock.sleep(refusal.retryAfterMs ?? 0));
    assert.equal((await clock.run(sendAll(gate, host, 9))).length, 9);
  });

  test('repeats no more than its budget when everything fails now and then, and says so', async () => {
    const clock = createVirtualClock();
    let count = 0;
    const ask = async (): Promise<string> => {
      count += 1;
      const fails = count % 2 === 0;
      await clock.sleep(LATENCY_MS);
      if (fails) throw new ProviderError('broken', { status: 500, isRetryable: true });
      return 'fine';
    };
    const gate = gateOf(clock, 4);
    const all = Array.from({ length: 1_000 }, () => gate.send({ ...NO_TOKENS, ask }));
    const settled = await clock.run(Promise.allSettled(all));
    const refused = settled.filter((one) => one.status === 'rejected');
    assert.ok(refused.length > 300);
    const [first] = refused;
    assert.ok(first?.reason instanceof ProviderError && first.reason.isRetryable);
    assert.match(
      first.reason.message,
      /status 500, and is not sent again for now: of all requests 10 %/,
    );
    assert.ok(count <= 1_000 * 1.1 + 16, `${count} were sent`);
  });

  test('gives a request up that fails again and again while others are answered', async () => {
    const clock = createVirtualClock();
    const gate = gateOf(clock, 2);
    let poisoned = 0;
    const ask = async (isPoison: boolean): Promise<string> => {
      await clock.sleep(LATENCY_MS);
      if (!isPoison) return 'fine';
      poisoned += 1;
      throw new ProviderError('crashed', { status: 500, isRetryable: true });
    };
    const all = Array.from({ length: 400 }, (_, index) =>
      gate.send({ ...NO_TOKENS, ask: () => ask(index === 3) }),
    );
    const settled = await clock.run(Promise.allSettled(all));
    assert.deepEqual(settled.filter(({ status }) => status === 'rejected').length, 1);
    assert.equal(poisoned, 6);
  });

  test('waits for all as long as the host says, and not at all where that is too long', async () => {
    const clock = createVirtualClock();
    const gate = gateOf(clock, 1);
    const sent: number[] = [];
    let retryAfterMs = 7_000;
    const ask = async (): Promise<string> => {
      sent.push(clock.now());
      if (sent.length !== 3 && sent.length !== 20) return 'fine';
      throw new ProviderError('slower', { status: 429, isRetryable: true, retryAfterMs });
    };
    const send = (): Promise<string> => gate.send({ ...NO_TOKENS, ask });
    await clock.run(Promise.all(Array.from({ length: 18 }, send)));
    assert.deepEqual([sent[2], sent[3], sent.length], [0, 7_000, 19]);
    retryAfterMs = 3_600_000;
    const refusal = await clock.run(
      send().then(
        () => assert.fail('answered'),
        (error: unknown) => error,
      ),
    );
    assert.ok(refusal instanceof ProviderError && refusal.retryAfterMs === 3_600_000);
    await assert.rejects(clock.run(send()), /asked to be left alone; it is asked again in 3600 s/);
    assert.equal(sent.length, 20);
  });

  test('does not repeat what the host refuses for good', async () => {
    const clock = createVirtualClock();
    let count = 0;
    const ask = (): Promise<string> => {
      count += 1;
      return Promise.reject(new ProviderError('no', { status: 400, isRetryable: false }));
    };
    await assert.rejects(clock.run(gateOf(clock, 2).send({ ...NO_TOKENS, ask })), /no/);
    assert.equal(count, 1);
  });

  test('keeps to its tokens a minute, and gets back what answers did not take', async () => {
    const clock = createVirtualClock();
    const gate = gateOf(clock, 8, 12_000);
    const ask = async (): Promise<number> => {
      await clock.sleep(LATENCY_MS);
      return 50;
    };
    const request = { ...NO_TOKENS, tokens: 500, ask, tokensOf: (answer: number) => answer };
    const all = Array.from({ length: 500 }, () => gate.send(request));
    await clock.run(Promise.all(all));
    // 25,000 tokens, of which 1,000 are there and 11,000 come every minute.
    const least = (24_000 / 11_000) * 60_000;
    assert.ok(clock.now() >= least * 0.97, `${clock.now()} ms`);
    assert.ok(clock.now() <= least * 1.1, `${clock.now()} ms of ${least}`);
  });

  test('heeds what the host says is left', async () => {
    const clock = createVirtualClock();
    let left = 300;
    const sent: number[] = [];
    const gate = gateOf(clock, 1);
    const ask = async (heed: (headers: Headers) => void): Promise<string> => {
      sent.push(clock.now());
      left -= 100;
      heed(
        new Headers({
          'x-ratelimit-remaining-tokens': `${left}`,
          'x-ratelimit-reset-tokens': '30s',
        }),
      );
      return 'fine';
    };
    const send = (): Promise<string> => gate.send({ ...NO_TOKENS, tokens: 100, ask });
    await clock.run(Promise.all(Array.from({ length: 4 }, send)));
    assert.deepEqual(sent, [0, 0, 0, 30_000]);
  });

  test('lets go of whoever is told to stop, and goes on for the others', async () => {
    const clock = createVirtualClock();
    const host = virtualHost(clock, 2);
    const gate = gateOf(clock, 2);
    const controller = new AbortController();
    const stopped = sendAll(gate, host, 10, controller.signal).then(
      () => assert.fail('answered'),
      (error: unknown) => error,
    );
    const others = sendAll(gate, host, 4);
    controller.abort(new Error('stop'));
    assert.match(String(await clock.run(stopped)), /stop/);
    assert.equal((await clock.run(others)).length, 4);
    assert.equal(host.sent.length, 6);
    await assert.rejects(sendAll(gate, host, 1, controller.signal), /stop/);
  });
});
