import type { PairOutcome } from '../domain/fairness.js';
import type { Evidence } from '../domain/gate.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { pairOutcomes } from '../gate/counterfactual.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { AskedSamples } from './load-excerpts.js';
import type { PairExample } from './report/data.js';

/** How many pairs of a suite are shown with their texts. */
const EXAMPLES_PER_SUITE = 3;

/**
 * Counterfactual pairs that the candidate treats otherwise, with what was asked: those that the champion treats alike
 * first.
 */
export async function loadPairExamples(
  store: ObjectStore,
  { evalSets, versions }: ReleaseManifest,
  evidence: Evidence | null,
  askedSamples: AskedSamples,
): Promise<readonly PairExample[]> {
  const examples: PairExample[] = [];
  for (const set of evalSets) {
    const suite = `frozen:${set.name}`;
    const chosen = choosePairs(pairOutcomes(evidence?.scores[suite] ?? []).outcomes);
    if (chosen.length === 0) continue;
    const asked = await askedSamples(store, set, versions.redactor);
    const samples = new Map(asked.map((sample) => [sample.id, sample]));
    for (const outcome of chosen) {
      const prompts = outcome.members.map(({ sampleId }) => {
        const { messages } = samples.get(sampleId) ?? { messages: [] };
        const turns = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
        return [sampleId, turns.join('\n')] as const;
      });
      examples.push({ suite, outcome, prompts: Object.fromEntries(prompts) });
    }
  }
  return examples;
}

function choosePairs(outcomes: readonly PairOutcome[]): readonly PairOutcome[] {
  const flipped = outcomes.filter(({ candidateFlips }) => candidateFlips);
  const isNew = ({ championFlips }: PairOutcome): boolean => !championFlips;
  return [...flipped.filter(isNew), ...flipped.filter((each) => !isNew(each))].slice(
    0,
    EXAMPLES_PER_SUITE,
  );
}
