import { oneSidedMcNemar } from './binomial.js';
import { binomialMass, summedTail } from './binomial-sums.js';
import { exactPairedP } from './exact-paired.js';

/** Single samples with 0/1 scores that are planned: how many, and what is taken to be true of them. */
export interface ExactPlan {
  readonly count: number;
  /** Share of samples that only one of the models gets right. */
  readonly discordance: number;
  /** True difference of shares, at most `discordance` either way. */
  readonly difference: number;
  /** One-sided error rate of the bound. */
  readonly alpha: number;
}

/** Numbers of discordant pairs that are less likely than this are left out; all of them together weigh below 1e-4. */
const NEGLIGIBLE = 1e-6;

/**
 * The probability that the exact lower bound (exact-paired.ts) of such samples is above `above`, at most 0: with D
 * discordant pairs, D ~ Bin(n, ψ), and wins ~ Bin(D, (1 + δ/ψ)/2), the sum over D of P(wins ≥ the fewest that are
 * significant). At 400 samples, ψ = 0.1 and δ = 0.05 it is 0.9311 where the normal approximation says 0.9405.
 */
export function exactPower(
  { count, discordance, difference, alpha }: ExactPlan,
  above: number,
): number {
  const winShare = discordance === 0 ? 0.5 : (1 + difference / discordance) / 2;
  let power = 0;
  let least: number | null = null;
  const last = count * discordance;
  for (let discordant = 0; discordant <= count; discordant += 1) {
    const weight = binomialMass(discordant, count, discordance);
    if (weight < NEGLIGIBLE) {
      if (discordant > last) break;
      continue;
    }
    const from = least ?? Math.round((discordant + above * count) / 2);
    least = fewestWins(count, discordant, from, above, alpha);
    power += weight * summedTail(least, discordant, winShare);
  }
  return power;
}

/** The fewest wins with which a lower bound above `above` follows, looked for about `from`; more than there are pairs where none do. */
function fewestWins(
  count: number,
  discordant: number,
  from: number,
  above: number,
  alpha: number,
): number {
  let wins = Math.min(discordant + 1, Math.max(0, from));
  while (wins > 0 && isAbove(count, wins - 1, discordant - wins + 1, above, alpha)) wins -= 1;
  while (wins <= discordant && !isAbove(count, wins, discordant - wins, above, alpha)) wins += 1;
  return wins;
}

function isAbove(
  count: number,
  wins: number,
  losses: number,
  above: number,
  alpha: number,
): boolean {
  if (above === 0 && oneSidedMcNemar(wins, losses) > alpha) return false;
  return exactPairedP({ count, wins, losses }, above, alpha) <= alpha;
}
