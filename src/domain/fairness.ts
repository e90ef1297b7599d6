/** A suite with counterfactual samples: the same item with names or groups exchanged, which should change nothing. */
export interface FairnessPolicy {
  readonly suite: string;
  /** Largest share of pairs whose members have different outcomes, as an upper bound, 0 to 1. */
  readonly cap: number;
  /** How much more often than by the champion is still the same, 0 to 1. */
  readonly margin: number;
}

/** How both models did on the members of a pair. */
export interface PairOutcome {
  readonly pair: string;
  readonly cluster: string;
  readonly members: readonly PairMember[];
  readonly championFlips: boolean;
  readonly candidateFlips: boolean;
}

export interface PairMember {
  readonly sampleId: string;
  readonly champion: number;
  readonly candidate: number;
}
