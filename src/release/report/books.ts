import { total, type Books, type ReasonCounts } from '../../domain/books.js';
import type { ReleaseManifest } from '../../domain/manifest.js';
import { html, type Html } from './html.js';
import { formatCount } from './numbers.js';

/** What every step read, kept and left out, and why. */
export function renderBooks(manifest: ReleaseManifest): Html | null {
  if (manifest.books.length === 0) return null;
  return html`<section aria-labelledby="books">
    <h2 id="books">What was read, kept and left out</h2>
    <p class="small">Every row balances: read = kept + dropped + quarantined + deferred.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Books of every step">
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col" class="number">read</th>
            <th scope="col" class="number">kept</th>
            <th scope="col" class="number">left out</th>
            <th scope="col">why</th>
          </tr>
        </thead>
        <tbody>
          ${manifest.books.flatMap(booksRows).map(renderStep)}
        </tbody>
      </table>
    </div>
    ${renderRowsByWindow(manifest)}
  </section>`;
}

/** A step's books, and under them those of its sources where there is more than one. */
export function booksRows(books: Books): readonly Books[] {
  const { bySource = [] } = books;
  if (bySource.length < 2) return [books];
  return [
    books,
    ...bySource.map((part, source) => ({ ...part, stage: `${part.stage}, source ${source + 1}` })),
  ];
}

function renderStep(books: Books): Html {
  const left = total(books.dropped) + total(books.quarantined) + books.deferred;
  return html`<tr>
    <th scope="row">${books.stage}</th>
    <td class="number" data-name="read">${formatCount(books.read)}</td>
    <td class="number" data-name="kept">${formatCount(books.kept)}</td>
    <td class="number" data-name="left out">${formatCount(left)}</td>
    <td>${whyOf(books)}</td>
  </tr>`;
}

function whyOf(books: Books): Html {
  const groups = [
    ['dropped', books.dropped],
    ['quarantined', books.quarantined],
    ['deferred', { 'to a later window': books.deferred }],
    ['of the kept', books.notes ?? {}],
  ] as const;
  const parts = groups
    .filter(([, reasons]) => total(reasons) > 0)
    .map(([name, reasons]) => html`<span class="why"><i>${name}</i> ${reasonList(reasons)}</span>`);
  return parts.length === 0 ? html`<span class="small">all kept</span>` : html`${parts}`;
}

/** Reasons by count, the largest first; equal counts by name. */
export function reasonList(reasons: ReasonCounts): string {
  return Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${formatCount(count)}`)
    .join(', ');
}

function renderRowsByWindow({ rowsByWindow }: ReleaseManifest): Html | null {
  const entries = Object.entries(rowsByWindow).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return null;
  const most = Math.max(...entries.map(([, count]) => count));
  return html`<h3>Training rows by the window they came from</h3>
    <dl class="bars">
      ${entries.map(
        ([window, count]) =>
          html`<div>
            <dt>${window}</dt>
            <dd>
              <svg
                class="bar"
                width="${((count / most) * 60).toFixed(1)}%"
                aria-hidden="true"
              ></svg>
              ${formatCount(count)}
            </dd>
          </div>`,
      )}
    </dl>`;
}
