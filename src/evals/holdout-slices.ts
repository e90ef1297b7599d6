import { type HoldoutSlicing, MOST_SLICED_REFERENCES } from '../domain/holdout-slicing.js';
import type { LanguageOf } from '../domain/quality.js';
import { promptText } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';

/** What the name of a slice begins with that is called by its reference: a text of a log. */
export const REFERENCE_SLICE = 'reference:';

/** Longer references are texts of their own, and name no kind. */
const LONGEST_REFERENCE = 64;

/**
 * Holdout samples with the slices that they are in: `reference:billing` by what the right answer is, where all of them have
 * no more than 50 between them; `language:de` by the language of the question, where it has enough words to tell.
 */
export function sliceHoldout(
  samples: readonly Sample[],
  by: readonly HoldoutSlicing[],
  languageOf: LanguageOf,
): readonly Sample[] {
  const kinds = by.includes('reference') ? kindsOf(samples) : new Map<string, string>();
  return samples.map((sample) => {
    const kind = kinds.get(sample.id);
    const language = by.includes('language') ? languageOf(promptText(sample.messages)) : null;
    const slices = [
      ...(kind === undefined ? [] : [`${REFERENCE_SLICE}${kind}`]),
      ...(language === null ? [] : [`language:${language}`]),
    ];
    return slices.length === 0 ? sample : { ...sample, slices };
  });
}

/** The reference of every sample as a name of its kind; none where they are too many, or too long, to be kinds. */
function kindsOf(samples: readonly Sample[]): ReadonlyMap<string, string> {
  const kinds = new Map<string, string>();
  for (const { id, reference } of samples) {
    const kind = reference?.trim().replace(/\s+/gu, ' ') ?? '';
    if (kind !== '' && kind.length <= LONGEST_REFERENCE) kinds.set(id, kind);
  }
  return new Set(kinds.values()).size > MOST_SLICED_REFERENCES ? new Map() : kinds;
}
