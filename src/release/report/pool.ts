import type { Evidence } from '../../domain/gate.js';
import { collectingText, isCollecting, windowsText } from '../../domain/pool.js';

/** Whether superiority was not looked at, since the holdouts that are pooled are too few by now. */
export function isPoolCollecting({ pool }: Evidence): boolean {
  return pool !== undefined && isCollecting(pool);
}

/** What pooled holdouts a decision rests on, or what it waits for; `null` where holdouts are not pooled. */
export function poolSentence(evidence: Evidence): string | null {
  const { pool, policy } = evidence;
  if (pool === undefined || policy.pool === undefined) return null;
  if (isPoolCollecting(evidence)) {
    return `Whether it is better was not looked at: ${collectingText(pool, policy.pool)}.`;
  }
  return (
    `The fresh holdouts of several windows were pooled, with their clean samples: ${windowsText(pool.windows)}. ` +
    'No decision had looked at them before, and they are pooled no more.'
  );
}
