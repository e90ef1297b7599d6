/** What each rule of the contamination check can do for a sample, in words. */
export const PROTECTION: Readonly<Record<string, string>> = {
  line: 'found where they stand alone on a line',
  whole: 'found wherever they stand whole',
  coverage: 'found with edits too',
  run: 'found in part',
  minhash: 'found by the likeness of whole prompts',
  unmatchable: 'can be found by nothing',
};
