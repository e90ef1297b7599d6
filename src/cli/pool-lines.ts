import type { Configuration } from '../domain/configuration.js';
import type { Evidence } from '../domain/gate.js';
import {
  collectingText,
  type HoldoutPool,
  isCollecting,
  POOLED_SUITE,
  windowsText,
} from '../domain/pool.js';
import { readHoldoutUses } from '../release/holdout-uses.js';
import { keys } from '../release/layout.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';

/** The pool of fresh holdouts as the last decision found it. */
export interface LastPool {
  readonly window: string;
  readonly holdouts: HoldoutPool;
  /** Whether it decided then, so that collecting begins anew. */
  readonly isUsed: boolean;
  readonly text: string;
}

/** What the last decision says of pooled holdouts; `null` where they are not pooled, or nothing was decided yet. */
export async function lastPool(
  store: ObjectStore,
  { model, gate }: Configuration,
): Promise<LastPool | null> {
  if (gate.superiorityOn !== POOLED_SUITE) return null;
  const last = (await readHoldoutUses(store, model)).entries.at(-1);
  if (last === undefined) return null;
  const { pool, policy } = await readJson<Evidence>(store, keys.evidence(last.evidence));
  if (pool === undefined || policy.pool === undefined) return null;
  const isUsed = !isCollecting(pool);
  const text = isUsed
    ? `decided in ${last.window}, on ${windowsText(pool.windows)}; collecting begins anew`
    : `as of ${last.window}: ${collectingText(pool, policy.pool)}`;
  return { window: last.window, holdouts: pool, isUsed, text };
}

/** The line of `holdfast status` on it. */
export function poolLines(pool: LastPool | null): readonly string[] {
  return pool === null ? [] : [`pool      ${pool.text}`];
}
