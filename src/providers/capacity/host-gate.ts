import { ProviderError } from '../../domain/errors.js';
import type { LaunchClock } from '../launch.js';
import { createHostState, type GateLimits, type Sent } from './host-state.js';

/** A request that may be sent more than once, since repeating it does no harm. */
export interface GatedRequest<Answer> {
  /** `POST /chat/completions of api.example.org`, for messages. */
  readonly what: string;
  /** The most that it may take, prompt and answer. */
  readonly tokens: number;
  /** Asks once; tells the headers of any answer. */
  readonly ask: (heed: (headers: Headers) => void) => Promise<Answer>;
  /** What an answer took, or `null` where the host doesn't count. */
  readonly tokensOf: (answer: Answer) => number | null;
}

/** The one way to a host with a key: all that ask it in a process share what it bears. */
export interface HostGate {
  /**
   * Sends a request once there is room for it, and again after throttling and hiccups.
   * @throws ProviderError as the host gave it; retryable, with the time to come back, where the host is away for
   * longer than is waited here, or where so much was sent again already that more would be a storm.
   */
  send<Answer>(request: GatedRequest<Answer>, signal?: AbortSignal): Promise<Answer>;
  /** Takes other limits from now on; what was learnt of the host stays. */
  retune(limits: GateLimits): void;
}

interface Waiter {
  readonly request: { readonly what: string; readonly tokens: number };
  readonly isFirst: boolean;
  readonly admit: (sent: Sent) => void;
  readonly refuse: (error: Error) => void;
}

/** How often one request is sent before its failures are its own; more than it takes for a host to count as away. */
const ATTEMPTS = 6;

/** A gate for one host and key. */
export function createHostGate(clock: LaunchClock, limits: GateLimits): HostGate {
  const state = createHostState(clock, limits);
  const waiting: Waiter[] = [];
  let alarm = new AbortController();

  /** Lets in, in their order, all that may be sent now, and sets an alarm for the next. */
  function pump(): void {
    alarm.abort();
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const absence = state.absence(first.request);
      if (absence !== null) {
        for (const waiter of waiting.splice(0)) waiter.refuse(absence);
        return;
      }
      const waitMs = state.waitMs(first.request.tokens);
      if (waitMs > 0) return wakeIn(waitMs);
      waiting.shift();
      first.admit(state.enter(first.request.tokens, first.isFirst));
    }
  }

  function wakeIn(waitMs: number): void {
    // Whoever is under way pumps when it is done.
    if (waitMs === Number.POSITIVE_INFINITY) return;
    alarm = new AbortController();
    clock.sleep(waitMs, alarm.signal).then(pump, () => undefined);
  }

  function admission(
    request: Waiter['request'],
    isFirst: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Sent> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        request,
        isFirst,
        admit: (sent) => {
          leave();
          resolve(sent);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        waiter.refuse(signal?.reason as Error);
        pump();
      };
      signal?.addEventListener('abort', onAbort);
      // What was sent before goes first, so that nobody waits for ever.
      if (isFirst) waiting.push(waiter);
      else waiting.unshift(waiter);
      pump();
    });
  }

  async function send<Answer>(
    request: GatedRequest<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    for (let attempts = 1, isFirst = true; ; isFirst = false) {
      const sent = await admission(request, isFirst, signal);
      let waitMs: number;
      try {
        const answer = await request.ask((headers) => state.heed(headers));
        state.answered(sent, request.tokensOf(answer));
        return answer;
      } catch (error) {
        const isOwn = state.failed(sent, error);
        if (!(error instanceof ProviderError) || !error.isRetryable) throw error;
        if (isOwn) attempts += 1;
        if (attempts > ATTEMPTS) throw error;
        waitMs = state.retry(request.what, error, isOwn ? attempts - 1 : 0);
      } finally {
        pump();
      }
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }

  return {
    send: (request, signal) => send(request, signal),
    retune: (changed) => {
      state.retune(changed);
      pump();
    },
  };
}
