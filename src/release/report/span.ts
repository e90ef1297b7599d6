import type { Comparison } from '../../domain/gate.js';
import { html, type Html } from './html.js';

const WIDTH = 200;
const HEIGHT = 20;
const MARGIN = 5;

/**
 * A difference with its bounds as a small picture in a row of a table, from −`reach` to `reach`, with a line at zero;
 * dashed: what it is held against. Bounds beyond the picture have no end. The figures stand beside it, so nobody is
 * read it.
 */
export function drawSpan(
  { difference, lower, upper }: Pick<Comparison, 'difference' | 'lower' | 'upper'>,
  reach: number,
  bars: readonly number[],
): Html {
  const x = (value: number): string => position(value, reach).toFixed(1);
  const end = (value: number): Html | null =>
    Math.abs(value) > reach
      ? null
      : html`<line x1="${x(value)}" x2="${x(value)}" y1="6" y2="14" />`;
  return html`<svg class="span" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${HEIGHT}" />
    ${bars.map(
      (bar) => html`<line class="bar" x1="${x(bar)}" x2="${x(bar)}" y1="0" y2="${HEIGHT}" />`,
    )}
    <line x1="${x(lower)}" x2="${x(upper)}" y1="10" y2="10" />
    ${end(lower)} ${end(upper)}
    <circle cx="${x(difference)}" cy="10" r="4" />
  </svg>`;
}

function position(value: number, reach: number): number {
  const inside = Math.max(-reach, Math.min(reach, value));
  return MARGIN + ((inside + reach) / (2 * reach)) * (WIDTH - 2 * MARGIN);
}
