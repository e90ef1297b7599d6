import { points } from '../../gate/sentences.js';
import { html, type Html } from './html.js';

/** A figure with its one-sided bounds, drawn as a row of a plot. */
export interface PlotRow {
  /** Stands before the row; its style is by the same name. */
  readonly label: string;
  /** The row in words, for whoever is read the plot. */
  readonly spoken: string;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** What the figure is held against: dashed lines. */
  readonly bars: readonly number[];
}

/** What a plot reaches over. Values beyond its ends are drawn at them; ticks at the ends keep within. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly (readonly [value: number, text: string])[];
}

const WIDTH = 600;
const ROW_HEIGHT = 30;
const LABEL_WIDTH = 90;
const AXIS_HEIGHT = 22;

/** Rows on one axis, with a line at zero; dashed: what each is held against. Nothing without rows. */
export function drawPlot(rows: readonly PlotRow[], axis: Axis): Html | null {
  if (rows.length === 0) return null;
  const x = (value: number): string => position(value, axis).toFixed(1);
  const bottom = rows.length * ROW_HEIGHT + 6;
  return html`<svg
    class="intervals"
    viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}"
    role="img"
    aria-label="${rows.map(({ spoken }) => spoken).join('; ')}"
  >
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="2" y2="${bottom}" />
    ${rows.map((row, index) => drawRow(row, index, x))}
    ${axis.ticks.map(([value, text]) => drawTick(text, x(value), anchorOf(value, axis), bottom))}
  </svg>`;
}

/** An axis of points, as far to both sides of zero as the rows go; no difference of shares is beyond one. */
export function differenceAxis(rows: readonly Pick<PlotRow, 'lower' | 'upper' | 'bars'>[]): Axis {
  const ends = rows.flatMap(({ lower, upper, bars }) => [lower, upper, ...bars]);
  const reach = Math.min(1, Math.max(0.01, ...ends.map(Math.abs)));
  const ticks = [
    [-reach, `${points(-reach)} worse`],
    [0, 'same'],
    [reach, `${points(reach)} better`],
  ] as const;
  return { from: -reach, to: reach, ticks };
}

function drawRow(
  { label, value, lower, upper, bars }: PlotRow,
  index: number,
  x: (value: number) => string,
): Html {
  const top = index * ROW_HEIGHT + 5;
  const y = top + ROW_HEIGHT / 2;
  const bar = (at: number): Html =>
    html`<line class="bar" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${top + ROW_HEIGHT}" />`;
  return html`${bars.map(bar)}
    <g class="${label}">
      <text x="0" y="${y + 5}">${label}</text>
      <line x1="${x(lower)}" x2="${x(upper)}" y1="${y}" y2="${y}" />
      <line x1="${x(lower)}" x2="${x(lower)}" y1="${y - 5}" y2="${y + 5}" />
      <line x1="${x(upper)}" x2="${x(upper)}" y1="${y - 5}" y2="${y + 5}" />
      <circle cx="${x(value)}" cy="${y}" r="5" />
    </g>`;
}

function drawTick(text: string, x: string, anchor: string, bottom: number): Html {
  return html`<text class="tick" x="${x}" y="${bottom + 17}" text-anchor="${anchor}"
    >${text}</text
  >`;
}

function anchorOf(value: number, { from, to }: Axis): 'start' | 'middle' | 'end' {
  if (value === from) return 'start';
  return value === to ? 'end' : 'middle';
}

function position(value: number, { from, to }: Axis): number {
  const inside = Math.max(from, Math.min(to, value));
  const end = WIDTH - 8;
  return LABEL_WIDTH + ((inside - from) / (to - from)) * (end - LABEL_WIDTH);
}
