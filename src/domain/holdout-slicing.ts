/** How holdout samples are told apart: by what the right answer is, or by the language of the question. */
export const HOLDOUT_SLICINGS = ['reference', 'language'] as const;
export type HoldoutSlicing = (typeof HOLDOUT_SLICINGS)[number];

/** With more different references than this, they name no kinds. */
export const MOST_SLICED_REFERENCES = 50;
