import { identitiesSentence } from '../../domain/approver.js';
import { total } from '../../domain/books.js';
import type { Comparison, Evidence, SuiteResult } from '../../domain/gate.js';
import { POOLED_SUITE } from '../../domain/pool.js';
import type { ReportData } from './data.js';
import { html, type Html } from './html.js';
import { points } from '../../gate/sentences.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { isPoolCollecting, poolSentence } from './pool.js';
import { renderPromptingVerdict } from './prompting.js';

/** What a run came to, in one word and one sentence. */
export interface Verdict {
  readonly tone: 'good' | 'bad' | 'open';
  readonly word: string;
  readonly sentence: string;
}

/** The suite that superiority rests on, with its clean comparison. */
export function decisiveSuite(evidence: Evidence): SuiteResult | null {
  const wanted = evidence.policy.superiorityOn;
  return (
    evidence.suites.find(
      ({ suite }) => suite === wanted || (wanted === 'holdout' && suite.startsWith('holdout:')),
    ) ?? null
  );
}

/** What the run came to, for somebody who reads nothing else. */
export function verdictOf(data: ReportData): Verdict {
  const { evidence, manifest } = data;
  if (manifest.skippedBecause !== null) {
    return {
      tone: 'open',
      word: 'Skipped',
      sentence: `This window was skipped: ${manifest.skippedBecause}`,
    };
  }
  if (evidence === null) return untrainedVerdict(data);
  const { candidate } = evidence;
  switch (evidence.result.decision) {
    case 'promote':
      return {
        tone: 'good',
        word: 'Promote',
        sentence: `${candidate} is better than ${evidence.champion.modelId}, and no check failed.`,
      };
    case 'hold':
      return {
        tone: 'bad',
        word: 'Hold',
        sentence: `${candidate} must not replace ${evidence.champion.modelId}. Failed: ${failedChecks(evidence)}.`,
      };
    case 'inconclusive':
      return {
        tone: 'open',
        word: 'Inconclusive',
        sentence: isPoolCollecting(evidence)
          ? `Whether ${candidate} is better was not looked at: the fresh holdouts collected so far are too few to show it.`
          : `The clean samples don't tell whether ${candidate} is better.`,
      };
  }
}

function failedChecks({ result }: Evidence): string {
  return result.checks
    .filter((check) => check.outcome === 'fail')
    .map((check) => check.name)
    .join('; ');
}

function untrainedVerdict({ manifest }: ReportData): Verdict {
  const rows = total(manifest.rowsByWindow);
  return rows === 0
    ? {
        tone: 'open',
        word: 'Nothing to train on',
        sentence: 'No record of this window became a training row; no model was trained.',
      }
    : {
        tone: 'open',
        word: 'Not trained',
        sentence: `The release is built (${counted(rows, 'training row')}); no candidate was measured.`,
      };
}

/** The top of the page: the verdict, what it rests on, and what a person has to do now. */
export function renderVerdict(data: ReportData): Html {
  const verdict = verdictOf(data);
  return html`<section class="verdict ${verdict.tone}" aria-labelledby="verdict">
    <h2 id="verdict">${verdict.word}</h2>
    <p class="lead">${verdict.sentence}</p>
    ${data.evidence === null ? null : [renderBasis(data.evidence), renderPromptingVerdict(data.evidence)]}
    ${renderNextStep(data)}
  </section>`;
}

function renderBasis(evidence: Evidence): Html | null {
  const suite = decisiveSuite(evidence);
  const pooled = poolSentence(evidence);
  if (suite === null) return pooled === null ? null : html`<p>${pooled}</p>`;
  if (suite.clean === null) {
    return html`<p>No clean sample of <b>${suiteName(suite.suite)}</b> could decide.</p>`;
  }
  return html`<p>
      ${basisSentence(suite.suite, suite.clean)}${pooled === null ? '' : ` ${pooled}`}
    </p>
    ${renderUnchecked(suite)}`;
}

function basisSentence(suite: string, clean: Comparison): Html {
  const { count, championScore, candidateScore, difference, lower, upper, confidence, unseen } =
    clean;
  return html`On the ${counted(count, 'clean sample')} of <b>${suiteName(suite)}</b> the candidate
    scored <b>${formatShare(candidateScore)}</b> and the champion
    <b>${formatShare(championScore)}</b>: <b>${points(difference)} points</b>, between
    ${points(lower)} and ${points(upper)} (one-sided bounds at
    ${formatShare(confidence)}${unseen === 'lost' ? ', the lower one counting a group of samples that is lost as a whole' : ''}).`;
}

/** What a comparison without a contamination check would have claimed, where that differs. */
function renderUnchecked({ all, clean, dirtyCount }: SuiteResult): Html | null {
  if (all === null || clean === null || dirtyCount === 0) return null;
  return html`<p>
    Without the check, on all ${formatCount(all.count)} samples, it would read
    <b>${points(all.difference)} points</b>: ${formatCount(dirtyCount)} of them were in training
    rows, or nearly so.
  </p>`;
}

function renderNextStep({
  evidence,
  evidenceDigest,
  promotion,
  approvers,
}: ReportData): Html | null {
  if (evidence === null) return null;
  const { candidate, result } = evidence;
  if (promotion === null && result.decision !== 'promote') return null;
  if (promotion !== null && isOver(promotion.stage)) {
    const by = promotion.decidedBy === null ? '' : ` by ${promotion.decidedBy}`;
    return html`<p class="next">
      The promotion was <b>${promotion.stage}</b>${by}${proof(promotion)}.
    </p>`;
  }
  return html`<div class="next">
    <p>${untilSentence(promotion?.deadline ?? null)}</p>
    <pre><code>holdfast approve ${candidate} --reason "…"
holdfast reject  ${candidate} --reason "…"</code></pre>
    <p class="small">
      Bound to evidence <code>${(evidenceDigest ?? '').slice(0, 16)}</code> and to the champion
      ${evidence.champion.modelId}. ${whoDecides(approvers)}
    </p>
  </div>`;
}

function whoDecides(approvers: ReportData['approvers']): string {
  if (approvers === null) return 'The configuration says who may decide.';
  const isProved = approvers.some(({ publicKey }) => publicKey !== null);
  const identities = identitiesSentence(isProved ? 'signed' : 'claims');
  if (approvers.length === 0) {
    return `No approvers are configured: anyone who reaches Temporal can decide, and ${identities}.`;
  }
  return `May decide: ${approvers.map(({ name }) => name).join(', ')}; ${identities}.`;
}

/** What stands behind the name of whoever decided. */
function proof({ decidedBy, isSigned }: NonNullable<ReportData['promotion']>): string {
  if (decidedBy === null) return '';
  return isSigned === true ? ' (signed)' : ' (the name is a claim: the decision is not signed)';
}

function isOver(stage: NonNullable<ReportData['promotion']>['stage']): boolean {
  return stage !== 'awaiting-approval' && stage !== 'deciding';
}

function untilSentence(deadline: string | null): string {
  if (deadline === null) return 'A person decides:';
  return `A person decides until ${deadline.slice(0, 16).replace('T', ' ')} UTC:`;
}

const HOLDOUTS: Readonly<Record<string, string>> = {
  holdout: "this window's holdout",
  [POOLED_SUITE]: 'pooled holdouts',
};

/** `frozen:golden` as `golden (frozen)`, `holdout:2026-W07` as `holdout of 2026-W07`. */
export function suiteName(suite: string): string {
  const [, kind, name] = /^(frozen|holdout):(.*)$/.exec(suite) ?? [];
  if (name === undefined) return HOLDOUTS[suite] ?? suite;
  return kind === 'frozen' ? `${name} (frozen)` : `holdout of ${name}`;
}
