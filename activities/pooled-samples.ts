import type { ReasonCounts } from '../src/domain/books.js';
import { count } from '../src/domain/books.js';
import type { PooledWindow } from '../src/domain/pool.js';
import type { AskedSuite, SuiteSample } from './samples.js';

/** A window's fresh samples, as that window would have asked them. */
export interface FreshWindow {
  readonly window: string;
  readonly suite: AskedSuite;
}

export interface PoolRules {
  /** Whether a decision has looked at the sample. */
  readonly isUsed: (id: string) => boolean;
  /** The sample as it stands by now, or why it can't be asked any more. */
  readonly asItStands: (id: string) => SuiteSample | string;
  /** Whether nothing that one of the models was trained on gives the sample away. */
  readonly isClean: (id: string) => boolean;
}

/** What is pooled, and what each window gave to it. */
export interface PooledSamples {
  readonly suite: AskedSuite;
  readonly windows: readonly PooledWindow[];
  /** The clean ones that may decide. */
  readonly deciding: readonly SuiteSample[];
}

/**
 * Pools what windows held out, oldest first: every sample that was fresh in its window and that no decision has looked at,
 * once and as it stands by now. Near-copies and new versions of earlier ones are fresh in no window but the first, so that
 * none counts twice.
 */
export function poolSamples(fresh: readonly FreshWindow[], rules: PoolRules): PooledSamples {
  const leftOut: Record<string, number> = {};
  const pooled: SuiteSample[] = [];
  const known = new Set<string>();
  const deciding: SuiteSample[] = [];
  const windows: PooledWindow[] = [];
  for (const { window, suite } of fresh) {
    addCounts(leftOut, suite.notCompared);
    const taken: SuiteSample[] = [];
    for (const { sample } of suite.samples) {
      const found = takenOf(sample.id, known, rules);
      if (typeof found === 'string') count(leftOut, found);
      else taken.push(found);
      known.add(sample.id);
    }
    const clean = taken.filter(({ sample, decisive }) => decisive && rules.isClean(sample.id));
    pooled.push(...taken);
    deciding.push(...clean);
    if (taken.length === 0) continue;
    windows.push({ window, samples: taken.length, clean: clean.length });
  }
  return { suite: { samples: pooled, notCompared: leftOut }, windows, deciding };
}

function takenOf(id: string, known: ReadonlySet<string>, rules: PoolRules): SuiteSample | string {
  if (known.has(id)) return 'seen';
  return rules.isUsed(id) ? 'used' : rules.asItStands(id);
}

function addCounts(sum: Record<string, number>, counts: ReasonCounts): void {
  for (const [reason, amount] of Object.entries(counts)) count(sum, reason, amount);
}
