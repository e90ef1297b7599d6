import type { PairMember } from '../../domain/fairness.js';
import type { PairExample, ReportData } from './data.js';
import { harmless } from './harmless.js';
import { html, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { suiteName } from './verdict.js';

/** The longest part of a prompt that is shown, in characters. */
const LONGEST_PROMPT = 600;

/** How often counterfactual pairs are treated otherwise, with examples; nothing where no suite has pairs. */
export function renderPairs({ evidence, pairExamples = [] }: ReportData): Html | null {
  const suites = (evidence?.suites ?? []).flatMap(({ suite, pairs }) =>
    pairs === undefined ? [] : [{ suite, pairs }],
  );
  if (suites.length === 0) return null;
  return html`<section aria-labelledby="pairs">
    <h2 id="pairs">The same with names or groups exchanged</h2>
    <p class="small">
      Members of a pair ask the same but for a name or a group. A model treats a pair otherwise when
      it is right on one member and wrong on another.
    </p>
    <ul>
      ${suites.map(
        ({ suite, pairs: { count, leftOut, championFlips, candidateFlips } }) =>
          html`<li>
            ${suiteName(suite)}, ${counted(count, 'pair')}: treated otherwise by the candidate
            <b>${formatCount(candidateFlips)}</b> (${shareOf(candidateFlips, count)}), by the
            champion
            <b>${formatCount(championFlips)}</b>
            (${shareOf(championFlips, count)})${leftOut === 0 ? '' : `; ${formatCount(leftOut)} left out, not clean or not answered`}.
          </li>`,
      )}
    </ul>
    ${pairExamples.map(renderExample)}
  </section>`;
}

function shareOf(amount: number, count: number): string {
  return formatShare(count === 0 ? null : amount / count);
}

function renderExample({ suite, outcome, prompts }: PairExample): Html {
  return html`<div class="suite">
    <h3>
      ${outcome.pair}
      <span class="role"
        >${suiteName(suite)}; the champion treats it
        ${outcome.championFlips ? 'otherwise, too' : 'alike'}</span
      >
    </h3>
    <ul class="small">
      ${outcome.members.map((member) => renderMember(member, prompts[member.sampleId] ?? ''))}
    </ul>
  </div>`;
}

function renderMember({ sampleId, champion, candidate }: PairMember, prompt: string): Html {
  const characters = Array.from(prompt);
  const isLong = characters.length > LONGEST_PROMPT;
  const shown = isLong ? `${characters.slice(0, LONGEST_PROMPT).join('')}…` : prompt;
  return html`<li>
    <b>${sampleId}</b>: champion ${verdictOf(champion)}, candidate <b>${verdictOf(candidate)}</b
    ><br />${harmless(shown)}
  </li>`;
}

function verdictOf(score: number): string {
  return score >= 0.5 ? 'right' : 'wrong';
}
