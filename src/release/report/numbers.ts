export { counted, formatCount } from '../../domain/counted.js';

/** A share as a percentage: `0.7123` is `71.2 %`, `null` a dash. */
export function formatShare(share: number | null): string {
  return share === null || !Number.isFinite(share) ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** The first twelve digits of a digest, enough to tell objects apart by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
