import type { HostManner } from './manner.js';

/** What becomes of a row that is suspected: it stays out of the release, or stays in and is listed. */
export type SuspectAction = 'quarantine' | 'review';

/** A host that a tier asks, and with which model. */
export interface TierHost {
  /** Up to and including `/v1`. */
  readonly baseURL: string;
  readonly model: string;
  /** Name of the environment variable that holds the key. */
  readonly keyVariable: string;
}

/** A chat model that judges, and how it is asked. */
export interface JudgeHost extends TierHost, HostManner {
  /** Pairs asked about at once. */
  readonly concurrency: number;
  /** 0 where left out; `null`: none is sent. */
  readonly temperature?: number | null | undefined;
  /** Longest reply, in tokens. */
  readonly maximumTokens?: number | undefined;
}

/** How samples in other words are looked for. */
export interface DetectionConfiguration {
  readonly rephrasings: {
    /** By words and numbers, without a model. */
    readonly lexical: boolean;
    /** Share of a clean log's rows that may be suspected for one set, above 0. */
    readonly targetRate: number;
    readonly action: SuspectAction;
  };
  /** Models that are asked about the pairs that words bring near; none where none is named. */
  readonly tiers: {
    readonly embeddings?: TierHost | undefined;
    readonly judge?: JudgeHost | undefined;
    /** Pairs that a tier is asked about at most; those beyond are unknown. */
    readonly maximumPairs: number;
  };
}

/** A stored configuration that is older than the section: nothing is looked for, as then. */
export const NO_DETECTION: DetectionConfiguration = {
  rephrasings: { lexical: false, targetRate: 0.002, action: 'quarantine' },
  tiers: { maximumPairs: 0 },
};

/** The hosts of all tiers that are configured. */
export function tierHosts({ tiers }: DetectionConfiguration): readonly TierHost[] {
  return [tiers.embeddings, tiers.judge].filter((host) => host !== undefined);
}
