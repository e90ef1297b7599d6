import { clopperPearson, oneSidedMcNemar } from './binomial.js';
import { binomialMass, summedTail } from './binomial-sums.js';

/** Paired 0/1 scores of samples that depend on nothing: how many, and how many only one model got right. */
export interface PairedCounts {
  readonly count: number;
  readonly wins: number;
  readonly losses: number;
}

/** Share of alpha that is spent on where the share of discordant pairs lies. */
const NUISANCE_SHARE = 0.01;

/** Shares of discordant pairs that are tried between its ends; 300 instead of 8 move no bound by more than 2e-5. */
const STEPS = 8;

/** Terms of the sum over numbers of discordant pairs that are left out add up to less than this. */
const NEGLIGIBLE = 1e-11;

/** Bounds are found to within this much of a difference of shares. */
const TOLERANCE = 1e-6;

/**
 * Exact lower bound at 1 − `alpha` of the difference of shares of two models on the same samples. Every
 * smaller difference is rejected by `exactPairedP`, and no bound is above zero unless McNemar's exact test
 * rejects equality, so that the two never contradict each other.
 */
export function exactPairedLower(counts: PairedCounts, alpha: number): number {
  const key = `${counts.count}:${counts.wins}:${counts.losses}:${alpha}`;
  const known = knownBounds.get(key);
  if (known !== undefined) return known;
  if (knownBounds.size >= MOST_KNOWN) knownBounds.clear();
  const bound = findLower(counts, alpha);
  knownBounds.set(key, bound);
  return bound;
}

/** Bounds follow from four numbers and take a tenth of a second, and simulated weeks ask for the same again. */
const knownBounds = new Map<string, number>();
const MOST_KNOWN = 10_000;

function findLower(counts: PairedCounts, alpha: number): number {
  const difference = (counts.wins - counts.losses) / counts.count;
  let step = 1.5 * Math.sqrt((counts.wins + counts.losses + 1) / counts.count ** 2);
  let high = { theta: difference, p: 1 };
  let low = { theta: -1, p: 0 };
  while (low.theta === -1 && high.theta - step > -1) {
    const theta = high.theta - step;
    const p = exactPairedP(counts, theta, alpha);
    if (p > alpha) high = { theta, p };
    else low = { theta, p };
    step *= 1.2;
  }
  // Between the ends the logarithm of p is nearly a line; every third step halves, since p may jump.
  for (let round = 1; high.theta - low.theta > TOLERANCE; round += 1) {
    const [lowest, highest] = [low.p, high.p].map((p) => Math.log(p / alpha)) as [number, number];
    const width = high.theta - low.theta;
    const share = round % 3 === 0 || low.p <= 0 ? 0.5 : -lowest / (highest - lowest);
    // Beside the line, so that the other end moves up, too.
    const aside = round % 3 === 1 ? -0.01 : 0.01;
    const theta = low.theta + width * Math.min(0.98, Math.max(0.02, share + aside));
    const p = exactPairedP(counts, theta, alpha);
    if (p > alpha) high = { theta, p };
    else low = { theta, p };
  }
  const isBetter = oneSidedMcNemar(counts.wins, counts.losses) <= alpha;
  return isBetter ? low.theta : Math.min(low.theta, 0);
}

/** The upper bound: what the lower one is with the models exchanged. */
export function exactPairedUpper({ count, wins, losses }: PairedCounts, alpha: number): number {
  return -exactPairedLower({ count, wins: losses, losses: wins }, alpha);
}

/**
 * Exact unconditional p-value against "the difference of shares is at most `theta`": the largest probability,
 * over shares of discordant pairs ψ within their own Clopper-Pearson interval, of a result whose score
 * statistic (Tango 1998) is at least the one seen, plus what that interval leaves out (Berger and Boos 1994,
 * 1 % of `alpha`). Given D discordant pairs, wins are Bin(D, (1 + theta/ψ)/2), and D is Bin(n, ψ).
 */
export function exactPairedP(counts: PairedCounts, theta: number, alpha: number): number {
  const { count, wins, losses } = counts;
  const seen = score(count, wins, losses, theta);
  const left = alpha * NUISANCE_SHARE;
  const { lower, upper } = clopperPearson(wins + losses, count, left / 2);
  const from = Math.max(lower, Math.abs(theta), 1e-9);
  if (from >= upper) return left;
  const leastWins = new Map<number, number>();
  let largest = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    const discordance = from + ((upper - from) * step) / STEPS;
    const winShare = Math.min(1, Math.max(0, (1 + theta / discordance) / 2));
    let probability = 0;
    for (const [discordant, weight] of binomialWeights(count, discordance)) {
      let least = leastWins.get(discordant);
      if (least === undefined) {
        least = leastExtremeWins(count, discordant, theta, seen);
        leastWins.set(discordant, least);
      }
      probability += weight * summedTail(least, discordant, winShare);
    }
    largest = Math.max(largest, probability);
  }
  return Math.min(1, largest + left);
}

/** The fewest wins among `discordant` pairs whose score is at least `seen`. */
function leastExtremeWins(count: number, discordant: number, theta: number, seen: number): number {
  let low = 0;
  let high = discordant + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (score(count, middle, discordant - middle, theta) >= seen - 1e-9) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Tango's score statistic for a difference of `theta` (Statistics in Medicine 17, 1998): the deviation over
 * its error, where the share of losses is the most likely one that `theta` allows.
 */
function score(count: number, wins: number, losses: number, theta: number): number {
  const b = -wins - losses + (2 * count - wins + losses) * theta;
  const c = -losses * theta * (1 - theta);
  const lossShare = (Math.sqrt(Math.max(0, b * b - 8 * count * c)) - b) / (4 * count);
  const variance = count * (2 * lossShare + theta * (1 - theta));
  const deviation = wins - losses - count * theta;
  if (variance <= 1e-12) return Math.abs(deviation) < 1e-9 ? 0 : Math.sign(deviation) * Infinity;
  return deviation / Math.sqrt(variance);
}

/** The likely values of Bin(count, share) with their probabilities. */
function binomialWeights(count: number, share: number): readonly (readonly [number, number])[] {
  if (share >= 1) return [[count, 1]];
  const mode = Math.min(count, Math.floor((count + 1) * share));
  const weights: [number, number][] = [];
  for (let hits = mode, now = binomialMass(mode, count, share); hits >= 0 && now > NEGLIGIBLE;) {
    weights.push([hits, now]);
    now *= (hits * (1 - share)) / ((count - hits + 1) * share);
    hits -= 1;
  }
  for (let hits = mode, now = binomialMass(mode, count, share); hits < count;) {
    now *= ((count - hits) * share) / ((hits + 1) * (1 - share));
    hits += 1;
    if (now <= NEGLIGIBLE) break;
    weights.push([hits, now]);
  }
  return weights;
}
