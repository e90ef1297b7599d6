import type { HostOptions } from '../http.js';
import type { LaunchClock } from '../launch.js';
import { createHostGate, type HostGate } from './host-gate.js';
import type { GateLimits } from './host-state.js';

/** The gates of a process. */
export interface HostGates {
  /**
   * The gate to a host with a key: one however often it is asked for, by candidates and judges alike. For all count the
   * concurrency asked for last and the smallest of the budgets of tokens ever asked for; a greater one counts once the
   * worker is started again. `null` takes nobody's budget away.
   */
  of(host: Pick<HostOptions, 'baseURL' | 'key'>, limits: GateLimits): HostGate;
}

interface Known {
  readonly gate: HostGate;
  readonly limits: GateLimits;
}

/** No gates yet. Each is made when it is first asked for, and knows its host for as long as the process lives. */
export function createHostGates(clock: LaunchClock): HostGates {
  const gates = new Map<string, Known>();
  return {
    of: ({ baseURL, key }, limits) => {
      const host = URL.canParse(baseURL) ? new URL(baseURL).host : baseURL;
      const name = `${host}\n${key}`;
      const known = gates.get(name);
      const joined = known === undefined ? limits : joinLimits(known.limits, limits);
      const gate = known?.gate ?? createHostGate(clock, joined);
      if (known !== undefined) gate.retune(joined);
      gates.set(name, { gate, limits: joined });
      return gate;
    },
  };
}

function joinLimits(before: GateLimits, { concurrency, tokensPerMinute }: GateLimits): GateLimits {
  const budgets = [before.tokensPerMinute, tokensPerMinute].filter((budget) => budget !== null);
  return { concurrency, tokensPerMinute: budgets.length === 0 ? null : Math.min(...budgets) };
}
