import type { Comparison, Evidence, RivalResult, SuiteResult } from '../../domain/gate.js';
import { promptingCheckName, promptingVerdict } from '../../gate/prompting.js';
import { points } from '../../gate/sentences.js';
import { html, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';

const LEADS = {
  training: 'Training bought more than a prompt.',
  prompting: 'Prompting would have done.',
  open: 'Whether training bought more than a prompt is open.',
} as const;

/** Whether a prompt with examples of the release would have done, for the top of the page; nothing where none was asked. */
export function renderPromptingVerdict({
  prompting,
  policy,
  suites,
  result,
}: Evidence): Html | null {
  if (prompting === undefined) return null;
  const suite = suites.find((one) => one.suite === prompting.suite);
  const verdict = suite === undefined ? null : promptingVerdict(suite, policy);
  const name = promptingCheckName(prompting.suite);
  const check = result.checks.find((one) => one.name === name);
  if (check === undefined) return null;
  return html`<p><b>${LEADS[verdict?.kind ?? 'open']}</b> ${check.reason}.</p>`;
}

/** The champion with examples in its prompt, a row for each number of them; nothing where it was not asked so. */
export function renderRivals({ rivals = [] }: SuiteResult): Html | null {
  if (rivals.length === 0) return null;
  return html`<details class="rivals">
    <summary>What examples in the champion's prompt do</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Scores with examples in the prompt">
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">in the prompt</th>
            <th scope="col" class="number">clean samples</th>
            <th scope="col" class="number">score</th>
            <th scope="col" class="number">over the champion</th>
            <th scope="col" class="number">candidate over it</th>
          </tr>
        </thead>
        <tbody>
          ${rivals.map(renderRival)}
        </tbody>
      </table>
    </div>
    <p class="small">
      The same champion with rows of this release before every question, at no cost of training. In
      brackets: one-sided
      bounds${rivals.length > 1 ? ` that hold for all ${rivals.length} rows at once` : ''}.
    </p>
  </details>`;
}

function renderRival({ examples, missing, againstChampion, againstCandidate }: RivalResult): Html {
  const unanswered = missing === 0 ? '' : `, ${formatCount(missing)} unanswered`;
  return html`<tr>
    <th scope="row">${counted(examples, 'example')}</th>
    <td class="number">${formatCount(againstCandidate?.count ?? 0)}${unanswered}</td>
    <td class="number">${formatShare(againstCandidate?.championScore ?? null)}</td>
    <td class="number">${differenceText(againstChampion)}</td>
    <td class="number">${differenceText(againstCandidate)}</td>
  </tr>`;
}

function differenceText(comparison: Comparison | null): string {
  if (comparison === null) return '–';
  const { difference, lower, upper } = comparison;
  return `${points(difference)} [${points(lower)}, ${points(upper)}]`;
}
