import { type Finding, LEAK_LEVELS, type Level } from '../domain/finding.js';

/** Suspects may be leaks: what nobody has looked at is not clean. */
const UNCLEAN_LEVELS: readonly Level[] = [...LEAK_LEVELS, 'suspect'];

/** The samples of a set that some row hits at a leak level, or is suspected to say in other words. */
export function uncleanSamples(set: string, hits: readonly Finding[]): ReadonlySet<string> {
  return samplesAt(UNCLEAN_LEVELS, set, hits);
}

/** The samples of a set that differ from some row in nothing but numbers, names or options: no leaks by themselves. */
export function kinSamples(set: string, hits: readonly Finding[]): ReadonlySet<string> {
  return samplesAt(['kin'], set, hits);
}

function samplesAt(
  levels: readonly Level[],
  set: string,
  hits: readonly Finding[],
): ReadonlySet<string> {
  return new Set(
    hits
      .filter(({ sampleSet, level }) => sampleSet === set && levels.includes(level))
      .map(({ sampleId }) => sampleId),
  );
}
