import type { EndCounts } from '../../domain/answer-end.js';
import type { Evidence } from '../../domain/gate.js';
import type { AskedUsage } from '../../domain/usage.js';
import { decidingSuites } from '../../gate/decide.js';
import { html, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { suiteName } from './verdict.js';

/** Share of a model's answers to a suite above which it is told what to do about those that were cut off. */
const LARGEST_SHARE = 0.02;

/** Answers of a model to a suite, some of which came to no end of their own. */
export interface EndedSuite {
  readonly who: AskedUsage;
  readonly suite: string;
  readonly ends: EndCounts;
}

function endedSuites(asked: readonly AskedUsage[]): readonly EndedSuite[] {
  return asked.flatMap((who) =>
    Object.entries(who.ends ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([suite, ends]) => ({ who, suite, ends })),
  );
}

/** Where more than a small share of the answers that a decision rests on were cut off. */
export function cutSuites(
  asked: readonly AskedUsage[],
  { policy }: Pick<Evidence, 'policy'>,
): readonly EndedSuite[] {
  const deciding = decidingSuites(policy);
  return endedSuites(asked).filter(
    ({ who, suite, ends }) =>
      who.role !== 'rival' && deciding.has(suite) && ends.cut > LARGEST_SHARE * ends.answers,
  );
}

/** The worst of them, `null` where there is none. */
export function worstCut(
  asked: readonly AskedUsage[],
  evidence: Pick<Evidence, 'policy'>,
): EndedSuite | null {
  const shareOf = ({ ends }: EndedSuite): number => ends.cut / ends.answers;
  return [...cutSuites(asked, evidence)].sort((a, b) => shareOf(b) - shareOf(a))[0] ?? null;
}

/** `31 of 268 answers of the candidate on holdout were cut off (11.6 %)`. */
export function cutSentence({ who, suite, ends }: EndedSuite): string {
  const share = formatShare(ends.cut / ends.answers);
  const of = `${whatOf(who, ends.answers)} of ${nameOf(who)} on ${suiteName(suite)}`;
  return `${formatCount(ends.cut)} of ${of} ${were(ends.cut)} cut off (${share})`;
}

/** `raise chat.maximumTokens (512)`. */
export function cutAdvice({ who }: EndedSuite): string {
  const setting = who.role === 'judge' ? 'judge.maximumTokens' : 'chat.maximumTokens';
  return `raise ${setting}${who.maximumTokens === undefined ? '' : ` (${formatCount(who.maximumTokens)})`}`;
}

/** Which answers came to no end of their own, and what to do where they are many; nothing where all did. */
export function renderEnds(
  asked: readonly AskedUsage[],
  evidence: Pick<Evidence, 'policy'>,
): Html | null {
  const ended = endedSuites(asked);
  if (ended.length === 0) return null;
  const cut = cutSuites(asked, evidence);
  return html`<h3>Answers without their end</h3>
    <ul>
      ${ended.map((each) => html`<li>${describeEnds(each)}</li>`)}
    </ul>
    ${
      cut.length === 0
        ? null
        : html`<p>
            <strong
              >More than ${formatShare(LARGEST_SHARE)} of the answers to a suite that decides were
              cut off.</strong
            >
            Each was scored as far as it came, so that the decision says something of the limit,
            too: ${[...new Set(cut.map(cutAdvice))].join(' and ')}, or have it think less, and run
            the window again with --reopen.
          </p>`
    }`;
}

function describeEnds(ended: EndedSuite): string {
  const { who, suite, ends } = ended;
  if (ends.cut > 0)
    return `${cutSentence(ended)}${ends.filtered === 0 ? '' : `, ${filtered(ends)}`}`;
  const of = `of ${whatOf(who, ends.answers)} of ${nameOf(who)} on ${suiteName(suite)}`;
  return `${formatCount(ends.filtered)} ${of} ${were(ends.filtered)} stopped or withheld by the host’s filter`;
}

function filtered(ends: EndCounts): string {
  return `${formatCount(ends.filtered)} stopped or withheld by the host’s filter`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function whatOf({ role }: AskedUsage, count: number): string {
  return role === 'judge' ? counted(count, 'reply', 'replies') : counted(count, 'answer');
}

function nameOf({ role, examples }: AskedUsage): string {
  if (role !== 'rival') return `the ${role}`;
  return `the champion with ${counted(examples ?? 0, 'example')} in its prompt`;
}
