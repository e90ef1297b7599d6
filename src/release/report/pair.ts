import type { PairExcerpt, Piece } from './excerpt.js';
import { harmless } from './harmless.js';
import { html, trusted, type Html } from './html.js';
import { counted } from './numbers.js';

/** What stands above each of two texts. */
export interface PairHeads {
  readonly sample: Html;
  readonly example: Html;
}

/** Pairs beyond this number light up together with no other. */
const LINKED_PAIRS = 24;

/**
 * Two texts side by side, one below the other where there is no room. What they share is marked; a mark's number
 * is that of its fellow on the other side, and a pointer on one lights up both.
 */
export function renderPair(heads: PairHeads, { sample, example }: PairExcerpt): Html {
  const isNumbered = highestNumber(sample) > 1;
  return html`<div class="pair${isNumbered ? ' numbered' : ''}">
    ${renderSide(heads.sample, sample)} ${renderSide(heads.example, example)}
  </div>`;
}

function highestNumber(pieces: readonly Piece[]): number {
  return pieces.reduce((most, piece) => {
    return piece.kind === 'shared' ? Math.max(most, piece.number) : most;
  }, 0);
}

function renderSide(head: Html, pieces: readonly Piece[]): Html {
  const text = trusted(pieces.map((piece) => renderPiece(piece).html).join(''));
  return html`<figure>
    <figcaption>${head}</figcaption>
    ${trusted(`<blockquote dir="auto">${text.html}</blockquote>`)}
  </figure>`;
}

/** White space counts here, so that nothing is put between pieces. */
function renderPiece(piece: Piece): Html {
  switch (piece.kind) {
    case 'plain':
      return harmless(piece.text);
    case 'shared':
      return trusted(
        `<mark class="n${piece.number}" data-number="${piece.number}">${harmless(piece.text).html}</mark>`,
      );
    case 'gap':
      return html`<span class="gap" title="${counted(piece.units, 'character')} left out">…</span>`;
  }
}

const LINKS = Array.from({ length: LINKED_PAIRS }, (_, index) => {
  const name = `.n${index + 1}`;
  return `.pair:has(${name}:hover) ${name}`;
}).join(',');

/** The style of pairs; the page's own has the colours. */
export const PAIR_STYLE: Html = trusted(`
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin:.5rem 0 .75rem}
.pair figure{margin:0;min-width:0;display:flex;flex-direction:column}
.pair figcaption{color:var(--quiet);font-size:.875rem;overflow-wrap:anywhere;margin-bottom:.25rem}
.pair blockquote{margin:0;flex:1;background:var(--ground);unicode-bidi:plaintext;text-align:start}
.pair mark{padding:.05em 0;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.numbered mark::before{content:attr(data-number);font-size:.65em;vertical-align:.45em;line-height:0;font-weight:600;padding:0 .15em;color:var(--quiet);user-select:none}
${LINKS}{background:var(--accent);color:var(--card)}
.gap{color:var(--quiet);padding:0 .2em;font-weight:700}
.hidden{font:.75em/1 ui-monospace,monospace;border:1px solid var(--line);border-radius:.2em;padding:0 .2em;color:var(--quiet);background:var(--card);unicode-bidi:isolate;white-space:nowrap}
@media (max-width:44rem){.pair{grid-template-columns:1fr}}
@media print{.pair mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`);
