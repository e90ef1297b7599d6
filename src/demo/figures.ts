import type { Comparison } from '../domain/gate.js';

/** `71.4 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `+8.7`, `-3.9`, `0.0`: a difference of shares in points. */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1);
  return difference > 0 ? `+${text}` : text;
}

/** `+8.7 (+5.2 to +12.2)`: a difference with its one-sided bounds. */
export function change({ difference, lower, upper }: Comparison): string {
  return `${points(difference)} (${points(lower)} to ${points(upper)})`;
}
