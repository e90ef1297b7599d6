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
}

/** Which of a file's scores are meant, where it has several. */
export interface ResultChoice {
  /** A metric's or a scorer's name. */
  readonly metric: string | null;
  /** A filter of lm-evaluation-harness. */
  readonly filter: string | null;
  /** A provider of promptfoo: its id or label. */
  readonly provider: string | null;
}

/** One tool's results, as the tool wrote them. */
export interface ResultFormat {
  readonly name: string;
  /** Whether a file is this tool's, by its shape. */
  readonly isOf: (content: ResultContent) => boolean;
  /** @throws DataError `eval-results-unreadable`, `eval-results-ambiguous` or `eval-results-unfinished`. */
  readonly read: (content: ResultContent, choice: ResultChoice) => readonly ExternalScore[];
}

/** A file as JSON: one value, or one for each line. */
export type ResultContent =
  | { readonly kind: 'document'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'lines'; readonly name: string; readonly values: readonly unknown[] };
