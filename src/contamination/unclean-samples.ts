import { type Finding, LEAK_LEVELS, type Level } from '../domain/finding.js';

/** Suspects may be leaks: what nobody has looked at is not clean. */
const UNCLEAN_LEVELS: readonly Level[] = [...LEAK_LEVELS, 'suspect'];

/** The name of a set, or which of them are meant. */
export type SetChoice = string | ((set: string) => boolean);

/** The samples of a set that some row hits at a leak level, or is suspected to say in other words. */
export function uncleanSamples(set: SetChoice, hits: readonly Finding[]): ReadonlySet<string> {
  return samplesAt(UNCLEAN_LEVELS, set, hits);
}

/** The samples of a set that differ from some row in nothing but numbers, names or options: no leaks by themselves. */
export function kinSamples(set: SetChoice, hits: readonly Finding[]): ReadonlySet<string> {
  return samplesAt(['kin'], set, hits);
}

function samplesAt(
  levels: readonly Level[],
  set: SetChoice,
  hits: readonly Finding[],
): ReadonlySet<string> {
  const isMeant = typeof set === 'string' ? (name: string): boolean => name === set : set;
  return new Set(
    hits
      .filter(({ sampleSet, level }) => isMeant(sampleSet) && levels.includes(level))
      .map(({ sampleId }) => sampleId),
  );
}
