import { type Example, promptText } from '../domain/record.js';
import type { SurvivalReason, SurvivorRule } from '../domain/shingle.js';

/** From the answer that is worth most to the one that is worth least. */
const ORIGINS: readonly Example['answerOrigin'][] = [
  'independent',
  'edited',
  'confirmed',
  'judge',
  'model',
];

/** Negative where `a` survives, 0 where the rule doesn't tell them apart. */
const COMPARISONS: Readonly<Record<SurvivorRule, (a: Example, b: Example) => number>> = {
  'human-approved': (a, b) => ORIGINS.indexOf(a.answerOrigin) - ORIGINS.indexOf(b.answerOrigin),
  quality: (a, b) => highestFirst(a.quality, b.quality),
  newest: (a, b) => (a.time > b.time ? -1 : a.time < b.time ? 1 : 0),
  longest: (a, b) => lengthOf(b) - lengthOf(a),
};

/** The order in which examples survive, as far as rules decide it. */
export interface SurvivalOrder {
  /** Negative where `a` survives `b`, 0 where the rules don't tell them apart. */
  compare(a: Example, b: Example): number;
  /** Why `kept` survived `dropped`. */
  reason(kept: Example, dropped: Example): SurvivalReason;
}

/** The first of the rules by which two examples differ decides. */
export function survivalOrder(rules: readonly SurvivorRule[]): SurvivalOrder {
  return {
    compare(a, b) {
      for (const rule of rules) {
        const order = COMPARISONS[rule](a, b);
        if (order !== 0) return order;
      }
      return 0;
    },
    reason(kept, dropped) {
      const decisive = rules.find((rule) => COMPARISONS[rule](kept, dropped) !== 0);
      return decisive ?? (kept.contentDigest === dropped.contentDigest ? 'id' : 'hash');
    },
  };
}

/** An example without a quality survives none that has one. */
function highestFirst(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined ? -1 : b - a;
}

/** UTF-16 units of prompt and answer, its tool calls' arguments among it. */
function lengthOf({ messages, answer, toolCalls = [] }: Example): number {
  const called = toolCalls.reduce((sum, call) => sum + call.arguments.length, 0);
  return promptText(messages).length + (answer ?? '').length + called;
}
