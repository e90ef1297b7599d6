import { costOfTokens } from '../../domain/token-price.js';
import type { AskedUsage } from '../../domain/usage.js';
import { formatUsd, toCents } from '../../domain/spend.js';
import { html, type Html } from './html.js';
import { counted, formatCount } from './numbers.js';

/** What asking everybody cost, as far as it is known; `isWhole` where that is known of everybody. */
export interface AskingCost {
  /** USD, up to whole cents. */
  readonly usd: number;
  readonly answers: number;
  readonly kept: number;
  readonly isWhole: boolean;
}

/** `null` where it is known of nobody. */
export function askingCost(asked: readonly AskedUsage[]): AskingCost | null {
  const priced = asked.filter((usage) => usdOf(usage) !== null);
  if (priced.length === 0) return null;
  const sum = (of: (usage: AskedUsage) => number): number =>
    priced.reduce((before, usage) => before + of(usage), 0);
  return {
    usd: toCents(sum((usage) => usdOf(usage) ?? 0)),
    answers: sum(({ answers }) => answers),
    kept: sum(({ kept }) => kept),
    isWhole: priced.length === asked.length,
  };
}

/** `null` where no price is known, or the host counts no tokens. */
function usdOf(usage: AskedUsage): number | null {
  const isCounted = usage.promptTokens + usage.completionTokens > 0;
  return usage.price === null || !isCounted ? null : costOfTokens(usage, usage.price);
}

/** `…, of which 400 were kept from earlier days`, or nothing. */
export function keptClause(kept: number): string {
  return kept === 0 ? '' : `, of which ${formatCount(kept)} were kept from earlier days`;
}

/** Who was asked for the decision, and what that took; nothing where nobody wrote it down. */
export function renderAsked(asked: readonly AskedUsage[]): Html | null {
  if (asked.length === 0) return null;
  const cost = askingCost(asked);
  return html`<h3>Who was asked</h3>
    <ul>
      ${asked.map((usage) => html`<li>${describeAsked(usage)}</li>`)}
    </ul>
    ${
      cost === null
        ? html`<p class="small">What that cost is told where chat.prices says what tokens cost.</p>`
        : html`<p class="small">
            ${formatUsd(cost.usd)}
            altogether${cost.isWhole ? null : ', without those whose price, or count of tokens, is not known'}.
          </p>`
    }`;
}

function describeAsked(usage: AskedUsage): string {
  const { role, modelId, examples, answers, kept, promptTokens, completionTokens } = usage;
  const who =
    role === 'rival'
      ? `${modelId}, the champion, with ${counted(examples ?? 0, 'example')} in its prompt`
      : `${modelId}, the ${role}`;
  const what = role === 'judge' ? counted(answers, 'reply', 'replies') : counted(answers, 'answer');
  const usd = usdOf(usage);
  const cost = usd === null ? '' : `, ${formatUsd(toCents(usd))}`;
  return (
    `${who}: ${what}${keptClause(kept)}; ${counted(promptTokens, 'token')} of prompts, ` +
    `${formatCount(completionTokens)} of answers${cost}`
  );
}
