import type { GatePolicy } from '../../domain/gate.js';
import { type PairPrices, usdOfThousand } from '../../domain/token-price.js';
import type { AskedUsage, ModelUsage, UsageRatio, UsageSummary } from '../../domain/usage.js';
import { summariseAllUsage } from '../../gate/usage.js';
import type { ReportData } from './data.js';
import { renderAsked } from './asked.js';
import { renderEnds } from './ends.js';
import { html, type Html } from './html.js';
import { formatCount, formatShare } from './numbers.js';
import { suiteName } from './verdict.js';

/** What answers took, model by model, and which came to no end of their own. Nothing where it was not measured. */
export function renderUsage({ evidence, usage, asked = [] }: ReportData): Html | null {
  if (evidence === null) return null;
  const { alpha } = evidence.policy;
  const prices = evidence.prices ?? askedPrices(asked);
  const suites = summariseAllUsage(evidence.usage ?? usage ?? {}, alpha, prices);
  const ends = renderEnds(asked, evidence);
  if (suites.length === 0 && ends === null && asked.length === 0) return null;
  return html`<section aria-labelledby="usage">
    <h2 id="usage">What answers take</h2>
    ${suites.length === 0 ? null : renderMeasured(suites, evidence.policy, prices)} ${ends}
    ${renderAsked(asked)}
  </section>`;
}

function renderMeasured(
  suites: readonly (readonly [string, UsageSummary])[],
  { alpha, limits }: GatePolicy,
  prices: PairPrices | null,
): Html {
  return html`<p class="small">
      Measured while both models answered; half of the answers came within the first latency, 19 of
      20 within the second. Tokens are those of prompt and answer, as the host counts
      them${prices && html`; costs are by chat.prices`}. The bounds are one-sided at
      ${formatShare(1 - alpha)}.
      ${limits === undefined ? 'Only told: no limit is configured (gate.limits).' : null}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Latency, tokens and cost">
      <table class="scores measured">
        <thead>
          <tr>
            <th scope="col">suite</th>
            <th scope="col">model</th>
            <th scope="col" class="number">answers</th>
            <th scope="col" class="number">half within</th>
            <th scope="col" class="number">19 of 20 within</th>
            <th scope="col" class="number">tokens</th>
            ${prices && html`<th scope="col" class="number">1,000 answers cost</th>`}
          </tr>
        </thead>
        <tbody>
          ${suites.map(([suite, summary]) => renderSuite(suite, summary))}
        </tbody>
      </table>
    </div>
    ${suites.map(([suite, { champion, candidate }]) => otherDays(suite, champion, candidate))}`;
}

function renderSuite(suite: string, summary: UsageSummary): Html {
  const { champion, candidate, count, latencyP95, tokens, cost } = summary;
  return html`${renderModel(suiteName(suite), 'champion', champion, count, cost?.champion)}
    ${renderModel('', 'candidate', candidate, count, cost?.candidate)}
    <tr>
      <td></td>
      <th scope="row">ratio</th>
      <td></td>
      <td></td>
      <td class="number" data-name="19 of 20 within">${renderRatio(latencyP95)}</td>
      <td class="number" data-name="tokens">${renderRatio(tokens)}</td>
      ${cost && html`<td class="number" data-name="cost">${renderRatio(cost.ratio)}</td>`}
    </tr>`;
}

function renderModel(
  suite: string,
  model: string,
  usage: ModelUsage,
  count: number,
  cost: number | undefined,
): Html {
  return html`<tr>
    <td>${suite}</td>
    <th scope="row">${model}</th>
    <td class="number" data-name="answers">${formatCount(count)}</td>
    <td class="number" data-name="half within">${formatCount(Math.round(usage.latencyP50))} ms</td>
    <td class="number" data-name="19 of 20 within">
      ${formatCount(Math.round(usage.latencyP95))} ms
    </td>
    <td class="number" data-name="tokens">${usage.meanTokens.toFixed(1)}</td>
    ${cost === undefined ? null : html`<td class="number" data-name="1,000 cost">${usdOfThousand(cost)}</td>`}
  </tr>`;
}

/** `1.31 (1.12 to 1.46)`; a dash for a bound that too few answers have. */
function renderRatio({ ratio, lower, upper }: UsageRatio): string {
  const [low, high] = [lower, upper].map((bound) => bound?.toFixed(2) ?? '–');
  return `${ratio.toFixed(2)} (${low} to ${high})`;
}

function otherDays(suite: string, champion: ModelUsage, candidate: ModelUsage): Html | null {
  const [ours, others] = [spanOf(champion), spanOf(candidate)];
  if (ours === others) return null;
  return html`<p class="small">
    On ${suiteName(suite)} the champion was measured on ${ours}, since its answers are kept, and the
    candidate on ${others}: a host is not as fast on every day.
  </p>`;
}

function spanOf({ firstDay, lastDay }: ModelUsage): string {
  return firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;
}

/** What both models are asked at, as far as it was known when the decision was made. */
function askedPrices(asked: readonly AskedUsage[]): PairPrices | null {
  const of = (role: AskedUsage['role']): PairPrices['champion'] | null =>
    asked.find((each) => each.role === role)?.price ?? null;
  const [champion, candidate] = [of('champion'), of('candidate')];
  return champion === null || candidate === null ? null : { champion, candidate };
}
