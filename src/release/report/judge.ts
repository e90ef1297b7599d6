import type { Evidence } from '../../domain/gate.js';
import { html, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { suiteName } from './verdict.js';

/** Who compared answers, and what its verdicts are worth; nothing where no scorer was a judge. */
export function renderJudge({ judge, suites }: Evidence): Html | null {
  if (judge === undefined) return null;
  const { model, servedAs, rubric, revision, sharesFamilyWith } = judge;
  const rows = suites.flatMap(({ suite, judged }) =>
    judged === undefined ? [] : [{ suite, judged }],
  );
  return html`<div class="suite">
    <h3>Compared by a judge <span class="role">${model}</span></h3>
    <p class="small">
      It was shown both answers without being told whose they are, in both orders: an answer counts
      as better where it was preferred in both, else both count half. It answered as
      <b>${servedAs}</b>; rubric ${rubric}, revision ${revision}.
    </p>
    ${
      sharesFamilyWith === undefined
        ? null
        : html`<p>
            <b>The judge is of the same family as ${sharesFamilyWith}</b>, which candidates are
            trained on: judges tend to prefer their own kind.
          </p>`
    }
    <ul class="small">
      ${rows.map(
        ({ suite, judged: { pairs, equal, consistent, inconsistent, abstained, tookFirst } }) =>
          html`<li>
            ${suiteName(suite)}: ${counted(pairs, 'pair')} of answers, ${formatCount(equal)} of them
            equal;
            ${
              consistent + inconsistent === 0
                ? 'it said nothing that can be read'
                : html`the same in both orders in
                    <b>${formatShare(consistent / (consistent + inconsistent))}</b>, the first
                    answer taken in ${formatShare(tookFirst / (2 * (pairs - equal)))} of its replies`
            };
            abstained on ${formatCount(abstained)}.
          </li>`,
      )}
    </ul>
  </div>`;
}
