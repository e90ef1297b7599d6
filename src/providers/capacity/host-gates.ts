import type { HostOptions } from '../http.js';
import type { LaunchClock } from '../launch.js';
import { createHostGate, type HostGate } from './host-gate.js';
import type { GateLimits } from './host-state.js';

/** The gates of a process. */
export interface HostGates {
  /** The gate to a host with a key: one however often it is asked for. The limits asked for last count for all. */
  of(host: Pick<HostOptions, 'baseURL' | 'key'>, limits: GateLimits): HostGate;
}

/** No gates yet. Each is made when it is first asked for, and knows its host for as long as the process lives. */
export function createHostGates(clock: LaunchClock): HostGates {
  const gates = new Map<string, HostGate>();
  return {
    of: ({ baseURL, key }, limits) => {
      const host = URL.canParse(baseURL) ? new URL(baseURL).host : baseURL;
      const name = `${host}\n${key}`;
      const known = gates.get(name);
      known?.retune(limits);
      const gate = known ?? createHostGate(clock, limits);
      gates.set(name, gate);
      return gate;
    },
  };
}
