import type { LaunchClock } from '../../../src/providers/launch.js';
import type { ObjectStore } from '../../../src/storage/object-store.js';

/** A clock that moves when somebody sleeps or waits, and does then what had been put off. */
export interface WorldClock extends LaunchClock {
  advance(ms: number): Promise<void>;
  /** Does something when so much time has passed; whoever moves the clock waits for it. */
  later(ms: number, work: () => Promise<unknown>): void;
}

export function createWorldClock(random: () => number): WorldClock {
  let now = Date.parse('2026-11-26T12:00:00.000Z');
  const due: { readonly at: number; readonly work: () => Promise<unknown> }[] = [];
  const advance = async (ms: number): Promise<void> => {
    const until = now + ms;
    for (;;) {
      due.sort((a, b) => a.at - b.at);
      const next = due[0];
      if (next === undefined || next.at > until) break;
      due.shift();
      now = Math.max(now, next.at);
      await next.work();
    }
    now = Math.max(now, until);
  };
  return {
    now: () => now,
    sleep: (ms) => advance(ms),
    random,
    advance,
    later: (ms, work) => void due.push({ at: now + ms, work }),
  };
}

/** When a worker dies: at its so-manieth operation, before, during (the request is on its way) or after it. */
export interface Death {
  readonly operation: number;
  readonly when: 'before' | 'during' | 'after';
  /** How long a request that is on its way takes, in milliseconds. */
  readonly flightMs: number;
}

/** A worker's way to the world outside. When it dies, what it was about to be told it is never told. */
export interface Incarnation {
  readonly store: ObjectStore;
  readonly fetch: typeof fetch;
  /** Every operation so far, e.g. `compareAndSet jobs/…` and `POST /v1/files`. */
  readonly operations: readonly string[];
  readonly died: Promise<'died'>;
}

/** A worker that dies as told. Nothing of it goes on: each of its calls stays open for ever from then on. */
export function createIncarnation(
  store: ObjectStore,
  clock: WorldClock,
  death: Death | null,
): Incarnation {
  const operations: string[] = [];
  let isDead = false;
  let announce: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => (announce = resolve));
  const forEver = <T>(): Promise<T> => new Promise<T>(() => undefined);

  async function through<T>(name: string, work: () => Promise<T>, isRequest: boolean): Promise<T> {
    if (isDead) return forEver();
    operations.push(name);
    if (death === null || operations.length !== death.operation) {
      const result = await work();
      return isDead ? forEver() : result;
    }
    isDead = true;
    if (death.when === 'during' && isRequest) {
      clock.later(death.flightMs, () => work().catch(() => undefined));
    } else if (death.when !== 'before') {
      await work().catch(() => undefined);
    }
    announce('died');
    return forEver();
  }

  return {
    operations,
    died,
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      // A request that is on its way has left its worker, whose time limit ends with it.
      const sent = { ...init };
      delete sent.signal;
      const what = `${init?.method ?? 'GET'} ${url.pathname}`;
      return through(what, () => fetch(url, sent), true);
    },
    store: {
      ...store,
      head: (key) => through(`head ${key}`, () => store.head(key), false),
      get: (key, range) => through(`get ${key}`, () => store.get(key, range), false),
      putIfAbsent: (key, body) => through(`put ${key}`, () => store.putIfAbsent(key, body), false),
      readPointer: (key) => through(`pointer ${key}`, () => store.readPointer(key), false),
      compareAndSet: (key, expected, value) =>
        through(`set ${key}`, () => store.compareAndSet(key, expected, value), false),
    },
  };
}
