/** What each rule of the contamination check can do for a sample, in words. */
export const PROTECTION: Readonly<Record<string, string>> = {
  line: 'found where they stand alone on a line',
  whole: 'found wherever they stand whole',
  coverage: 'found with edits too',
  run: 'found in part',
  tokens: "found by LLaMA-2's token rule",
  minhash: 'found by the likeness of whole prompts',
  answer: 'found by their answers alone',
  options: 'found by their options alone',
  unmatchable: 'can be found by nothing',
};
