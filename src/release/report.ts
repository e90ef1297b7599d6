import { total } from '../domain/books.js';
import { describeGeneration } from '../domain/generation.js';
import type { ReportData } from './report/data.js';
import { renderBooks } from './report/books.js';
import { findRows } from './rows-files.js';
import { renderComparison } from './report/comparison.js';
import { renderContamination } from './report/contamination.js';
import { worstCut } from './report/ends.js';
import { renderRegressions } from './report/examples.js';
import { html, type Html } from './report/html.js';
import { points } from '../gate/sentences.js';
import { counted, formatCount, formatShare } from './report/numbers.js';
import { renderPage } from './report/page.js';
import { renderPairs } from './report/counterfactual.js';
import { PAIR_STYLE } from './report/pair.js';
import { renderProvenance } from './report/provenance.js';
import { STYLE } from './report/style.js';
import { costFigure } from './report/training.js';
import { renderUsage } from './report/usage.js';
import { decisiveSuite, renderVerdict, verdictOf } from './report/verdict.js';

export type { Excerpt, NgramRule, ReportData } from './report/data.js';

/**
 * The run's report: one HTML page without scripts, fonts or links to elsewhere, the decision on top.
 * Everything that comes from data is escaped, and the same data gives the same bytes.
 */
export function renderReport(data: ReportData): string {
  const { manifest } = data;
  const verdict = verdictOf(data);
  const body = html`<header>
      <h1>${manifest.model}, ${manifest.window.id}</h1>
      <p class="quiet">
        Logs from ${manifest.window.from.slice(0, 10)} up to ${manifest.window.to.slice(0, 10)}, UTC
      </p>
      ${
        manifest.generation === undefined
          ? null
          : html`<p><strong>New ${describeGeneration(manifest.generation)}.</strong></p>`
      }
    </header>
    <main>
      ${renderVerdict(data)} ${renderFigures(data)}
      ${data.evidence === null ? null : renderComparison(data.evidence)}
      ${renderRegressions(data.examples)} ${renderPairs(data)} ${renderUsage(data)}
      ${renderBooks(manifest)}
      ${manifest.skippedBecause === null ? renderContamination(data) : null}
      ${renderProvenance(data)}
    </main>
    <footer class="small">
      Made by holdfast ${manifest.versions.holdfast} from the object store; nothing on this page was
      typed in.
    </footer>`;
  const title = `${verdict.word}: ${manifest.model} ${manifest.window.id}`;
  return renderPage({ title, styles: [STYLE, PAIR_STYLE], body });
}

function renderFigures(data: ReportData): Html {
  return html`<dl class="figures">
    ${figuresOf(data).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function figuresOf({
  manifest,
  evidence,
  charges,
  asked = [],
}: ReportData): readonly (readonly [string, string])[] {
  const figures: (readonly [string, string])[] = [
    ['read from the logs', formatCount(manifest.books[0]?.read ?? 0)],
    ['training rows', formatCount(total(manifest.rowsByWindow))],
    ['held out', formatCount(findRows(manifest, 'holdout')?.count ?? 0)],
  ];
  const suite = evidence === null ? null : decisiveSuite(evidence);
  if (suite !== null && suite.clean !== null) {
    figures.push(['dirty samples', formatCount(suite.dirtyCount)]);
    figures.push(['points on clean samples', points(suite.clean.difference)]);
  }
  const cut = evidence === null ? null : worstCut(asked, evidence);
  if (cut !== null) {
    const { who, ends } = cut;
    figures.push([`answers of the ${who.role} cut off`, formatShare(ends.cut / ends.answers)]);
  }
  return [...figures, ...costFigure(charges)];
}

/** One line about a run, for a terminal or a log. */
export function summariseReport(data: ReportData): string {
  const verdict = verdictOf(data);
  const rows = counted(total(data.manifest.rowsByWindow), 'training row');
  return `${data.manifest.window.id}: ${verdict.word.toLowerCase()}, ${rows}. ${verdict.sentence}`;
}
