import type { Message, ReferenceOrigin, ToolDefinition } from './record.js';
import type { Scorer } from './scorer.js';

/** An item of a frozen eval set or of a window's holdout. */
export interface Sample {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly reference: string | null;
  readonly referenceOrigin: ReferenceOrigin;
  readonly options: readonly string[];
  /** Samples of one cluster are not independent of each other; the gate counts clusters. */
  readonly cluster: string;
  /** How answers are held against the reference; as the suite has it where left out. */
  readonly scorer?: Scorer;
  /** Tools that the model is offered. */
  readonly tools?: readonly ToolDefinition[];
  /** Parts of the set that the sample belongs to, such as `language:de`; results are told for each. */
  readonly slices?: readonly string[];
  /** A candidate that newly fails this sample is held. */
  readonly critical?: boolean;
  /** Samples of one pair are the same item with names or groups exchanged: counterfactual. */
  readonly pair?: string;
}

/** An eval set as it is pinned in the configuration and named in manifests. */
export interface EvalSetReference {
  readonly name: string;
  /** SHA-256 of the frozen samples' canonical JSON lines. */
  readonly digest: string;
}

/** What the freeze wrote beside the samples; one JSON object at `evals/<digest>/manifest.json`. */
export interface EvalSetManifest {
  readonly v: 1;
  readonly name: string;
  readonly digest: string;
  readonly count: number;
  readonly normaliserVersion: string;
  readonly redactorVersion: string;
  /** How many samples each rule can protect. */
  readonly coverage: Readonly<Record<string, number>>;
}
