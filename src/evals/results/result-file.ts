import type { EvalTool } from '../../domain/eval-tool.js';

/** What another evaluation tool measured of one model on one item. */
export interface ExternalScore {
  /** Names the item within its suite. */
  readonly itemId: string;
  /** Of everything that makes the item what it is: two runs asked the same only where these are equal. */
  readonly itemDigest: string;
  /** 0 to 1; `null` where the model gave no answer that could be scored. */
  readonly score: number | null;
  /** Items of one cluster are not independent of each other, as several answers to one question are not. */
  readonly cluster: string;
  /** Ids that the item's own data gives it, by which a sample of a frozen set may be known. */
  readonly names: readonly string[];
  /** Every text of what was asked. */
  readonly texts: readonly string[];
  /** What the model answered, where the file says so in a text. */
  readonly answer: string | null;
  /** What the file says answered, as the tool calls it: `openai:chat:small`; `null` where it does not say. */
  readonly model: string | null;
  /** Tells answers to the same item apart, where a tool asks more than once by its own account. */
  readonly repetition: number;
}

/** Which of a file's scores are meant, where it has several. */
export interface ResultChoice {
  /** A metric's or a scorer's name. */
  readonly metric: string | null;
  /** A filter of lm-evaluation-harness. */
  readonly filter: string | null;
  /** A provider of promptfoo: its id or label. */
  readonly provider: string | null;
  /** Whether a test is right or wrong as its tool says, where that says so, and not by the share of it that was right. */
  readonly isWhole?: boolean;
  /** What stands before these names where a choice is made: `--` at the terminal, a section in a configuration. */
  readonly prefix: string;
}

/** One tool's results, as the tool wrote them. */
export interface ResultFormat {
  readonly tool: EvalTool;
  /** Whether a file is this tool's, by its shape. */
  readonly isOf: (content: ResultContent) => boolean;
  /** @throws DataError `eval-results-unreadable`, `eval-results-ambiguous` or `eval-results-unfinished`. */
  readonly read: (content: ResultContent, choice: ResultChoice) => readonly ExternalScore[];
}

/** A file as JSON: one value, or one for each line. */
export type ResultContent =
  | { readonly kind: 'document'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'lines'; readonly name: string; readonly values: readonly unknown[] };
