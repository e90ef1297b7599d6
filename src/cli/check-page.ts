import { LEAK_LEVELS } from '../domain/finding.js';
import { HOLDFAST_VERSION } from '../domain/version.js';
import { harmless } from '../release/report/harmless.js';
import { html, type Html } from '../release/report/html.js';
import { counted, formatCount } from '../release/report/numbers.js';
import { renderPage } from '../release/report/page.js';
import { PAIR_STYLE } from '../release/report/pair.js';
import { uncountedLines } from '../release/report/uncounted.js';
import { STYLE } from '../release/report/style.js';
import { renderFilters, filterStyle } from './check-page-filters.js';
import { renderFindings } from './check-page-findings.js';
import { renderProtections } from './check-page-protection.js';
import { CHECK_STYLE } from './check-page-style.js';
import type { CheckOutcome } from './check-report.js';
import { placeNames } from './place-names.js';

/** Samples that the page shows with their texts; the others are counted and named. */
export const PAGE_FINDINGS = 200;

const NAMED_FILES = 8;

/**
 * A check as one page for people: what leaked, how much of each eval file, the texts side by side, and what each
 * rule can protect. It stands for itself, see `renderPage`, and its size is bounded whatever was found.
 */
export function renderCheckPage(outcome: CheckOutcome): string {
  const { files, samples, tally } = outcome;
  const evals = samples.protection.map(({ evalSet }) => evalSet);
  const body = html`<header>
      <h1>Contamination check</h1>
      <p class="quiet">${namesOf(files)} against ${namesOf(evals)}</p>
    </header>
    <main>
      ${renderVerdict(outcome)} ${renderLevels(outcome)} ${renderFilters(outcome)}
      ${renderFindings(tally.worst(), tally.samples(), placeNames([...files, ...evals]))}
      ${renderProtections(samples.protection)}
    </main>
    <footer class="small">
      Made by holdfast ${HOLDFAST_VERSION} from the files named above.
    </footer>`;
  const styles = [STYLE, PAIR_STYLE, CHECK_STYLE, filterStyle(outcome)];
  return renderPage({ title: titleOf(outcome), styles, body });
}

function titleOf(outcome: CheckOutcome): string {
  const leaked = leakedSamples(outcome);
  return leaked === 0 ? 'No leak found' : `${counted(leaked, 'leaked sample')}`;
}

function leakedSamples({ tally }: CheckOutcome): number {
  const byLevel = tally.samplesByLevel();
  return LEAK_LEVELS.reduce((sum, level) => sum + (byLevel[level] ?? 0), 0);
}

function namesOf(files: readonly string[]): Html {
  const named = files.slice(0, NAMED_FILES).join(', ');
  const more = files.length > NAMED_FILES ? ` and ${files.length - NAMED_FILES} more` : '';
  return html`${harmless(named)}${more}`;
}

function renderVerdict(outcome: CheckOutcome): Html {
  const { samples, tally } = outcome;
  const leaked = leakedSamples(outcome);
  const uncounted = uncountedLines(samples.uncounted());
  const figures: readonly (readonly [string, number])[] = [
    ['training examples', tally.exampleCount()],
    ['examples with a leak', tally.leakyExampleCount()],
    ['eval samples', samples.count],
    ['leaked samples', leaked],
  ];
  return html`<section class="verdict ${leaked === 0 ? 'good' : 'bad'}" aria-labelledby="verdict">
      <h2 id="verdict">${leaked === 0 ? 'No leak found' : 'Leaks found'}</h2>
      <p class="lead">
        ${
          leaked === 0
            ? 'No training example holds a sample, a part of one, or an edited copy.'
            : `${counted(leaked, 'sample')} leaked into ${counted(tally.leakyExampleCount(), 'example')}.`
        }
      </p>
      ${uncounted.length === 0 ? null : html`<p class="small">${uncounted.join(' ')}</p>`}
    </section>
    <dl class="figures">
      ${figures.map(
        ([name, count]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${formatCount(count)}</dd>
          </div>`,
      )}
    </dl>`;
}

/** Samples of each eval file by level, and the examples that hold them. */
function renderLevels({ samples, tally }: CheckOutcome): Html | null {
  const all = tally.samplesByLevel();
  const levels = Object.keys(all);
  if (levels.length === 0) return null;
  const cells = (counts: Readonly<Record<string, number>>): readonly Html[] =>
    levels.map((level) => html`<td class="number">${formatCount(counts[level] ?? 0)}</td>`);
  return html`<section aria-labelledby="levels">
    <h2 id="levels">Samples by level</h2>
    <p class="small">Each sample counts once, at the worst level of all rows that hit it.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Samples by eval file and level">
      <table>
        <thead>
          <tr>
            <th scope="col">eval file</th>
            ${levels.map((level) => html`<th scope="col" class="number">${level}</th>`)}
            <th scope="col" class="number">of</th>
          </tr>
        </thead>
        <tbody>
          ${samples.protection.map(
            ({ evalSet, samples: count }) =>
              html`<tr>
                <th scope="row">${harmless(evalSet)}</th>
                ${cells(tally.samplesByLevel(evalSet))}
                <td class="number">${formatCount(count)}</td>
              </tr>`,
          )}
          <tr class="all">
            <th scope="row">training examples that hold one</th>
            ${cells(tally.examplesByLevel())}
            <td class="number">${formatCount(tally.exampleCount())}</td>
          </tr>
        </tbody>
      </table>
    </div>
  </section>`;
}
