import type { Approver } from '../../domain/approver.js';
import type { CostEstimate } from '../../domain/cost-estimate.js';
import type { PromotionStatus } from '../../domain/promotion.js';
import type { PairOutcome } from '../../domain/fairness.js';
import type { Finding, Span } from '../../domain/finding.js';
import type { Evidence } from '../../domain/gate.js';
import type { Charge } from '../../domain/spend.js';
import type { AskedUsage, MeasuredUsage } from '../../domain/usage.js';
import type { ReleaseManifest, WindowManifest } from '../../domain/manifest.js';
import type { AnsweredSample } from '../answered-sample.js';
import type { TrainingSetup } from '../training-setup.js';

/** A finding with the redacted texts it was found in, to be read by a person. Never leaves the store. */
export interface Excerpt {
  readonly finding: Finding;
  readonly exampleText: string;
  readonly exampleSpans: readonly Span[];
  readonly sampleText: string;
  readonly sampleSpans: readonly Span[];
}

/** A counterfactual pair that the candidate treats otherwise, with the redacted prompts of its members. */
export interface PairExample {
  readonly suite: string;
  readonly outcome: PairOutcome;
  /** By sample. */
  readonly prompts: Readonly<Record<string, string>>;
}

/** How many samples a rule would have thrown away that calls every shared run of `words` words a leak. */
export interface NgramRule {
  readonly words: number;
  readonly samples: number;
  readonly thrownAway: number;
}

/** Everything the report of a run shows. Rendering it twice gives the same bytes. */
export interface ReportData {
  /** Digest of the release. */
  readonly release: string;
  readonly manifest: ReleaseManifest;
  readonly windowManifest: WindowManifest | null;
  readonly findings: readonly Finding[];
  /** `null` where no candidate was measured: a dry run, a skipped window, nothing to train on. */
  readonly evidence: Evidence | null;
  readonly evidenceDigest: string | null;
  /** Counterfactual pairs to be shown; left out where the candidate treats none otherwise. */
  readonly pairExamples?: readonly PairExample[];
  /** What the answers behind the evidence took; left out where nobody measured it. */
  readonly usage?: MeasuredUsage;
  /** Who was asked for the decision, and what that took; left out where nobody wrote it down. */
  readonly asked?: readonly AskedUsage[];
  readonly estimate: CostEstimate | null;
  /** How the run's configuration has candidates trained; left out where nothing was to be trained, or it is not known. */
  readonly training?: TrainingSetup;
  /** Set where a person said which model is the candidate, since its provider names none. */
  readonly isNamedByPerson?: true;
  /** What jobs cost that were asked for for this release; none where a job of the same file was there already. */
  readonly charges: readonly Charge[];
  /** Where the promotion stands; `null` where it is not known. */
  readonly promotion:
    | (Pick<PromotionStatus, 'stage' | 'decidedBy'> & {
        readonly deadline: string | null;
        /** Whether the decision was signed; a claim where absent. */
        readonly isSigned?: boolean;
      })
    | null;
  /** Who may decide, as configured; empty means anyone, `null` that it is not known here. */
  readonly approvers: readonly Approver[] | null;
  readonly ngramRule: NgramRule | null;
  readonly excerpts: readonly Excerpt[];
  /** A few samples with what both models answered. */
  readonly examples: readonly AnsweredSample[];
}
