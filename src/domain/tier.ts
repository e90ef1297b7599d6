/** What a tier says of a pair: it may be the sample in other words, it is not, or the tier could not tell. */
export type TierVerdict = 'suspect' | 'clear' | 'unknown';

/** Texts and samples, and which of them are to be held against each other; `pairs` are places in the two lists. */
export interface TierQuestion {
  readonly texts: readonly string[];
  readonly samples: readonly string[];
  readonly pairs: readonly { readonly text: number; readonly sample: number }[];
  /** Texts of the same log that no sample is near to; a threshold that is calibrated counts them too. */
  readonly otherTexts: number;
}

export interface TierAnswer {
  readonly verdict: TierVerdict;
  /** On the tier's own scale; `null` where there is none. */
  readonly score: number | null;
}

/**
 * A further tier: a model that tells rephrasings where words don't. One answer for each pair, in their order. A
 * host that errs makes answers `unknown`, never `clear`; only a given signal ends it.
 */
export interface RephrasingTier {
  /** Names the tier in findings, and what decides its answers: model, prompt, scale. */
  readonly name: string;
  readonly version: string;
  /** Whether the answer to a pair is the same whatever else is asked about: some pairs may then be asked again alone. */
  readonly isPairwise: boolean;
  compare(question: TierQuestion, signal?: AbortSignal): Promise<readonly TierAnswer[]>;
}

/** Embeds texts; `null` for a text that the host gave no usable vector for. */
export interface EmbeddingsClient {
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly (Float64Array | null)[]>;
}
