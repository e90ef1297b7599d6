import type { HostOptions } from './http.js';

/** What Fireworks is asked with. */
export interface FireworksOptions extends HostOptions {
  /** The account's id, as in `accounts/ID/…`. */
  readonly account: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** `dpo`: the jobs are those of preference tuning. */
  readonly method?: 'dpo';
  /** Files of fewer bytes are sent at once, others to a signed address; 150 MB where absent. */
  readonly directUploadBytes?: number;
}
