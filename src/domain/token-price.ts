/** Tokens of questions and of their answers, as a host counts them. */
export interface TokenCount {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What a host asks for tokens, in USD a million. */
export interface TokenPrice {
  readonly prompt: number;
  readonly completion: number;
}

/** The price of the models whose ids begin with `model`; of every model where that is left out. */
export interface ModelPrice extends TokenPrice {
  readonly model?: string | undefined;
}

/** What champion and candidate are asked at. */
export interface PairPrices {
  readonly champion: TokenPrice;
  readonly candidate: TokenPrice;
}

/** The price of a model: the first that is of it. `null` where none is. */
export function priceOf(prices: readonly ModelPrice[], modelId: string): TokenPrice | null {
  const found = prices.find(({ model = '' }) => modelId.startsWith(model));
  return found === undefined ? null : { prompt: found.prompt, completion: found.completion };
}

/** The prices of two models; `null` where one of them has none. */
export function pairPrices(
  prices: readonly ModelPrice[],
  championId: string,
  candidateId: string,
): PairPrices | null {
  const [champion, candidate] = [priceOf(prices, championId), priceOf(prices, candidateId)];
  return champion === null || candidate === null ? null : { champion, candidate };
}

/** USD, not rounded. */
export function costOfTokens(
  { promptTokens, completionTokens }: TokenCount,
  { prompt, completion }: TokenPrice,
): number {
  return (promptTokens * prompt + completionTokens * completion) / 1e6;
}

/** `0.123 USD`, of a thousand answers that cost so much each in the mean; three digits that count. */
export function usdOfThousand(usd: number): string {
  return `${Number((usd * 1000).toPrecision(3))} USD`;
}

export function addTokens(one: TokenCount, other: TokenCount): TokenCount {
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
  };
}
