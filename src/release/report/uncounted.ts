import type { UncountedMatches } from '../../contamination/scan-examples.js';
import { counted, formatCount } from './numbers.js';

/** A sentence for each kind of match that is no finding, where there are any. */
export function uncountedLines({
  excusedMatches,
  templateRows,
}: UncountedMatches): readonly string[] {
  const [matches, verb] = excusedMatches === 1 ? ['match is', 'is'] : ['matches are', 'are'];
  const have = templateRows === 1 ? 'has' : 'have';
  return [
    ...(excusedMatches === 0
      ? []
      : [
          `${formatCount(excusedMatches)} partial ${matches} what many rows hold, such as a footer, and ${verb} not counted.`,
        ]),
    ...(templateRows === 0
      ? []
      : [
          `${counted(templateRows, 'example')} ${have} a part of a sample, or a short one, in the system prompt or the tools, which is not counted.`,
        ]),
  ];
}
