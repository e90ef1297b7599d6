import { type ReasonCounts, count } from '../domain/books.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { WeighedTurns } from './weigh.js';

/** What one reason takes of the records. */
export interface ReasonShare {
  readonly reason: string;
  /** Records that it speaks against. */
  readonly takes: number;
  /** Those of them that nothing else speaks against: switched off, it would let these through. */
  readonly alone: number;
  /** Those of them that the books would count under it, since it comes first. */
  readonly counted: number;
}

/** Reasons that speak against the same records. */
export interface Overlap {
  readonly reasons: readonly string[];
  readonly records: number;
}

export interface Survey {
  readonly records: number;
  /** Records that nothing speaks against. */
  readonly learnable: number;
  /** The most first. */
  readonly reasons: readonly ReasonShare[];
  /** Exactly these and no others; the most first. */
  readonly together: readonly Overlap[];
  /** Where the labels of learnable records come from. */
  readonly origins: ReasonCounts;
}

/**
 * What selection would take of records and why, whichever side they would come to stand on. A record is learnable
 * where one of its answers is.
 */
export function surveyRecords(
  records: Iterable<CanonicalRecord>,
  weigh: (record: CanonicalRecord) => WeighedTurns,
): Survey {
  const takes: Record<string, number> = {};
  const alone: Record<string, number> = {};
  const counted: Record<string, number> = {};
  const together = new Map<string, { reasons: readonly string[]; records: number }>();
  const origins: Record<string, number> = {};
  let [all, learnable] = [0, 0];
  for (const record of records) {
    const turns = weigh(record);
    // What can't be learnt from at all is told by what speaks against its own answer.
    const learnt = turns.findLast((turn) => turn.reasons.length === 0);
    const { label, reasons } = learnt ?? turns[turns.length - 1] ?? turns[0];
    all += 1;
    const [first, second] = reasons;
    for (const reason of reasons) count(takes, reason);
    if (first === undefined) {
      learnable += 1;
      if (label.kind === 'labelled') count(origins, label.origin);
      continue;
    }
    count(counted, first);
    if (second === undefined) count(alone, first);
    else {
      const entry = together.get(reasons.join(' ')) ?? { reasons, records: 0 };
      together.set(reasons.join(' '), { reasons, records: entry.records + 1 });
    }
  }
  const shares = Object.entries(takes).map(([reason, taken]) => ({
    reason,
    takes: taken,
    alone: alone[reason] ?? 0,
    counted: counted[reason] ?? 0,
  }));
  return {
    records: all,
    learnable,
    reasons: shares.sort((a, b) => b.takes - a.takes || (a.reason < b.reason ? -1 : 1)),
    together: [...together.values()].sort((a, b) => b.records - a.records),
    origins,
  };
}
