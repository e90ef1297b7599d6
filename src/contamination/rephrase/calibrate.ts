import type { Background, Bin } from './background.js';

/** Fewer scores say nothing about their tail. */
export const LEAST_BACKGROUND = 200;

/** Quantiles between which the tail's slope is taken. Above the upper one the log's own rephrasings stand. */
interface Band {
  readonly from: number;
  readonly to: number;
}
const BANDS: readonly Band[] = [
  { from: 0.8, to: 0.95 },
  { from: 0.5, to: 0.8 },
];
const ROUNDS = 20;
/** More than this share of a log is no handful of rephrasings: its texts are alike, or of another shape. */
export const LARGEST_EXCESS = 0.1;
/**
 * Of a log of which a twentieth are rephrasings they are a tenth of the half that comes near: no more than the
 * bands bear.
 */
const LEAST_NEAR = 0.5;

/**
 * The score that a share of `targetRate` of a background reaches, or `null` where too few of it come near.
 *
 * A quantile of 0.998 read off the scores themselves is the score of the log's rephrasings as soon as it has
 * more of them than 0.2 %. So the tail is extrapolated from below: the scores between two quantiles u and v are
 * taken to fall exponentially (peaks over a threshold with shape 0; those above v are only counted, Type II
 * censoring), with mean m = (sum over x in (u, v] of (x - u) + n(x > v) (v - u)) / n(u < x <= v), and the
 * threshold is u + m ln(P(x > u) / targetRate). Of the two bands' the lower one counts, so that a log with many
 * rephrasings does not raise it beyond reach; what then stands above it in excess of the target is taken off
 * and the rest is fitted again, until nothing changes. Where the quantile itself is lower, as of scores that
 * end at some height, it is what counts.
 *
 * Texts that nothing is near to are no part of the tail: where the log is about something else they would be all
 * of it below the rephrasings, whose scores would then be fitted. They do count in what the target is a share
 * of, as texts of the log that are no suspects. Where fewer than half of the texts come near, how those score
 * says as much about the rephrasings as about the log, and is not used.
 *
 * It assumes that the texts are of one kind (a log of which a tenth is about the samples' subject has a tail
 * that begins above the band; the samples' scores against each other guard against that, see
 * `createThresholds`), that the tail is exponential or lighter, and that fewer than about a twentieth are
 * rephrasings. Where more than a tenth would be in excess, as of texts that all score alike, the plain quantile
 * counts.
 */
export function calibrate(background: Background, targetRate: number): number | null {
  const bins = background.bins();
  if (countOf(bins) < Math.max(LEAST_BACKGROUND, LEAST_NEAR * background.count)) return null;
  const plain = plainQuantile(background, targetRate);
  let excess = 0;
  let threshold = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const target = targetRate * (background.count - excess);
    const next = thresholdOf(withoutTop(bins, excess), target);
    if (Math.abs(threshold - next) < background.width / 2) break;
    threshold = next;
    excess = Math.max(0, background.countFrom(threshold) - target);
    if (excess > LARGEST_EXCESS * background.count) return plain;
  }
  return Math.min(threshold, plain);
}

/** The lowest edge of a bin that no more than the target reach. */
function plainQuantile(background: Background, targetRate: number): number {
  const { count, width } = background;
  let open = targetRate * count;
  let threshold = Infinity;
  for (const bin of background.bins().toReversed()) {
    open -= bin.count;
    if (open < 0) return Math.min(threshold, bin.score + width / 2);
    threshold = bin.score - width / 2;
  }
  return threshold;
}

/** The score that `target` of the scores would reach. */
function thresholdOf(bins: readonly Bin[], target: number): number {
  return Math.min(...BANDS.map((band) => extrapolated(bins, band, target)));
}

function extrapolated(bins: readonly Bin[], { from, to }: Band, target: number): number {
  const total = countOf(bins);
  const [u, v] = [quantile(bins, from * total), quantile(bins, to * total)];
  let [sum, inside, above] = [0, 0, 0];
  for (const { score, count } of bins) {
    if (score <= u) continue;
    sum += count * (Math.min(score, v) - u);
    if (score <= v) inside += count;
    else above += count;
  }
  const mean = inside === 0 ? 0 : sum / inside;
  return u + mean * Math.max(0, Math.log((inside + above) / target));
}

function countOf(bins: readonly Bin[]): number {
  return bins.reduce((sum, { count }) => sum + count, 0);
}

/** The score below or at which `rank` of the scores lie. */
function quantile(bins: readonly Bin[], rank: number): number {
  let below = 0;
  for (const { score, count } of bins) {
    below += count;
    if (below >= rank) return score;
  }
  return bins.at(-1)?.score ?? 0;
}

function withoutTop(bins: readonly Bin[], excess: number): readonly Bin[] {
  const left = [...bins];
  let open = excess;
  while (open > 0) {
    const top = left.pop();
    if (top === undefined) break;
    if (top.count > open) left.push({ score: top.score, count: top.count - open });
    open -= top.count;
  }
  return left;
}
