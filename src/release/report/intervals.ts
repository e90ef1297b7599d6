import type { Comparison } from '../../domain/gate.js';
import { points } from '../../gate/sentences.js';
import { html, type Html } from './html.js';

/** A difference with its one-sided bounds, drawn as a row of a plot. */
export interface IntervalRow {
  /** Stands before the row; its style is by the same name. */
  readonly label: string;
  /** What is compared, for whoever is read the plot: `clean samples`. */
  readonly name: string;
  readonly comparison: Pick<Comparison, 'difference' | 'lower' | 'upper'>;
  /** What the difference is held against, −1 to 1. */
  readonly bars: readonly number[];
}

const WIDTH = 600;
const ROW_HEIGHT = 30;
const LABEL_WIDTH = 76;
const AXIS_HEIGHT = 22;

/** Rows on one axis of points, with a line at zero; dashed: what each is held against. Nothing without rows. */
export function drawIntervals(rows: readonly IntervalRow[]): Html | null {
  if (rows.length === 0) return null;
  const reach = reachOf(rows);
  const x = (value: number): string => position(value, reach).toFixed(1);
  const bottom = rows.length * ROW_HEIGHT + 6;
  return html`<svg
    class="intervals"
    viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}"
    role="img"
    aria-label="${rows.map(describeRow).join('; ')}"
  >
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="2" y2="${bottom}" />
    ${rows.map((row, index) => drawRow(row, index, x))}
    ${[-reach, 0, reach].map((value) => drawTick(value, x(value), bottom))}
  </svg>`;
}

/** How far an axis goes to both sides of zero; no difference of shares is beyond one. */
export function reachOf(rows: readonly Pick<IntervalRow, 'comparison' | 'bars'>[]): number {
  const ends = rows.flatMap(({ comparison: { lower, upper }, bars }) => [lower, upper, ...bars]);
  return Math.min(1, Math.max(0.01, ...ends.map(Math.abs)));
}

function drawRow(
  { label, comparison: { lower, upper, difference }, bars }: IntervalRow,
  index: number,
  x: (value: number) => string,
): Html {
  const top = index * ROW_HEIGHT + 5;
  const y = top + ROW_HEIGHT / 2;
  const bar = (value: number): Html =>
    html`<line
      class="bar"
      x1="${x(value)}"
      x2="${x(value)}"
      y1="${top}"
      y2="${top + ROW_HEIGHT}"
    />`;
  return html`${bars.map(bar)}
    <g class="${label}">
      <text x="0" y="${y + 5}">${label}</text>
      <line x1="${x(lower)}" x2="${x(upper)}" y1="${y}" y2="${y}" />
      <line x1="${x(lower)}" x2="${x(lower)}" y1="${y - 5}" y2="${y + 5}" />
      <line x1="${x(upper)}" x2="${x(upper)}" y1="${y - 5}" y2="${y + 5}" />
      <circle cx="${x(difference)}" cy="${y}" r="5" />
    </g>`;
}

function drawTick(value: number, x: string, bottom: number): Html {
  const anchor = value < 0 ? 'start' : value > 0 ? 'end' : 'middle';
  const text = value === 0 ? 'same' : `${points(value)} ${value < 0 ? 'worse' : 'better'}`;
  return html`<text class="tick" x="${x}" y="${bottom + 17}" text-anchor="${anchor}"
    >${text}</text
  >`;
}

/** Where a value stands on the axis; a bound from few samples may be beyond its end, and is drawn there. */
function position(value: number, reach: number): number {
  const inside = Math.max(-reach, Math.min(reach, value));
  const to = WIDTH - 8;
  return LABEL_WIDTH + ((inside + reach) / (2 * reach)) * (to - LABEL_WIDTH);
}

function describeRow({ name, comparison: { difference, lower, upper } }: IntervalRow): string {
  return `${name}: ${points(difference)} points, between ${points(lower)} and ${points(upper)}`;
}
