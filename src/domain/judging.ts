import type { JudgeHost } from './detection.js';
import type { TokenPrice } from './token-price.js';

/** The model that compares answers, and how it is asked. */
export interface JudgeConfiguration extends JudgeHost {
  /** Longest reply, in tokens. */
  readonly maximumTokens: number;
  /** What makes an answer better, in the user's words; the built-in rubric's alone where left out. */
  readonly rubric?: string | undefined;
  /** Counts what the host serves under one name: another revision has other verdicts. */
  readonly revision: number;
  /** What it may be asked for one suite by one attempt; verdicts that are kept cost nothing. No bound where left out. */
  readonly budget?:
    { readonly requests: number | null; readonly tokens: number | null } | undefined;
  /** What its host asks for tokens; only what replies cost is told by it. */
  readonly price?: TokenPrice | undefined;
}

/** What the judge said of two answers in one order; `abstained` where it said nothing that can be read. */
export type JudgeReply = 'first' | 'second' | 'tie' | 'abstained';

/** What it said of one pair of answers: in both orders, or nothing, since equal answers are a tie without asking. */
export type PairVerdict =
  | { readonly kind: 'equal' }
  | {
      readonly kind: 'asked';
      readonly championFirst: JudgeReply;
      readonly candidateFirst: JudgeReply;
    };

/** The verdicts on a sample: one for each answer that it was given by both models, in their order. */
export interface SampleVerdicts {
  readonly sampleId: string;
  readonly pairs: readonly PairVerdict[];
}

/** Pairs of answers by what the judge made of them. `pairs` is the sum of equal, consistent, inconsistent and abstained. */
export interface JudgedCounts {
  readonly pairs: number;
  readonly equal: number;
  /** Asked in both orders, with the same answer. */
  readonly consistent: number;
  readonly inconsistent: number;
  /** At least one order was left without a reply that can be read. */
  readonly abstained: number;
  /** Replies, of two to each pair that was asked, that took the answer shown first. */
  readonly tookFirst: number;
}

/** Who judged a decision's answers, as its evidence names it. */
export interface JudgeRecord {
  readonly model: string;
  /** What the host said that it answered as. */
  readonly servedAs: string;
  readonly revision: number;
  /** Version of the prompt, and a digest of the configured rubric. */
  readonly rubric: string;
  /** SHA-256 of the verdicts of each suite. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** The base model that candidates are trained on, where it is of the judge's own family. */
  readonly sharesFamilyWith?: string;
}

/** The sum of counts, member by member. */
export function sumCounts(all: readonly JudgedCounts[]): JudgedCounts {
  const sum = (of: (counts: JudgedCounts) => number): number =>
    all.reduce((before, counts) => before + of(counts), 0);
  return {
    pairs: sum(({ pairs }) => pairs),
    equal: sum(({ equal }) => equal),
    consistent: sum(({ consistent }) => consistent),
    inconsistent: sum(({ inconsistent }) => inconsistent),
    abstained: sum(({ abstained }) => abstained),
    tookFirst: sum(({ tookFirst }) => tookFirst),
  };
}
