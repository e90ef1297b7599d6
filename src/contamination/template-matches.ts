import type { Level } from '../domain/finding.js';
import type { FoundMatch } from './found-match.js';

/** What a template holds of the samples. */
export interface TemplateMatches {
  /** Whole and edited samples, wherever the template stands in its example. */
  readonly leaks: readonly FoundMatch[];
  /** Whether it holds a part of a sample, or a short one, which says nothing. */
  readonly holdsPart: boolean;
}

const COUNTED_LEVELS: readonly Level[] = ['verbatim', 'dirty'];
/** Templates that are remembered; rows of one source have one, or a few. */
const REMEMBERED = 256;

/**
 * Looks at a system prompt or a tool's schema once, however many rows have it. Rules and names of a field that a
 * sample quotes too, or "Answer yes or no", are what many rows are told and not a leak in each of them: a part
 * of a sample and a sample of fewer than eight words don't count.
 */
export function createTemplateReader(
  matchesOf: (raw: string) => Iterable<FoundMatch>,
): (raw: string) => TemplateMatches {
  const known = new Map<string, TemplateMatches>();
  return (raw) => {
    const seen = known.get(raw);
    if (seen !== undefined) return seen;
    const found = [...matchesOf(raw)].filter(({ match }) => match.level !== 'kin');
    const leaks = found.filter(
      ({ isShort, match }) => !isShort && COUNTED_LEVELS.includes(match.level),
    );
    const matches = { leaks, holdsPart: found.length > leaks.length };
    if (known.size === REMEMBERED) known.clear();
    known.set(raw, matches);
    return matches;
  };
}
