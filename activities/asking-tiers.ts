import { createEmbeddingTier } from '../src/contamination/rephrase/embedding-tier.js';
import { createJudgeTier } from '../src/contamination/rephrase/judge-tier.js';
import type { NearPair } from '../src/contamination/rephrase/scan-suspects.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { DetectionConfiguration } from '../src/domain/detection.js';
import type { Finding } from '../src/domain/finding.js';
import { canonicalJson } from '../src/domain/json.js';
import type { RephrasingTier, TierAnswer, TierQuestion } from '../src/domain/tier.js';
import { stepKey } from '../src/release/layout.js';
import { sha256Hex } from '../src/storage/objects.js';
import type { StepContext } from './dependencies.js';
import { answersTo } from './tier-answers.js';

/** The rule of a finding that says only that a tier could not tell. */
export const UNKNOWN_RULE = 'tier-unknown';

/** The tiers that a configuration names. */
export function tiersOf(
  context: StepContext,
  { tiers, rephrasings }: DetectionConfiguration,
): readonly RephrasingTier[] {
  const { embeddings, judge } = tiers;
  const found: RephrasingTier[] = [];
  if (embeddings !== undefined) {
    const { model } = embeddings;
    const { targetRate } = rephrasings;
    found.push(createEmbeddingTier(context.embeddingsFor(embeddings), { model, targetRate }));
  }
  if (judge !== undefined) found.push(createJudgeTier(context.judgeFor(judge), judge));
  return found;
}

/**
 * Asks a tier about the nearest pairs, and gives a finding for each that it suspects or can't tell. What the
 * tier can tell is asked once, see `answersTo`.
 */
export async function askTier(
  { store }: StepContext,
  input: StepInput,
  tier: RephrasingTier,
  pairs: readonly NearPair[],
  { texts, maximum }: { readonly texts: number; readonly maximum: number },
): Promise<readonly Finding[]> {
  const nearest = [...pairs].sort((a, b) => b.score - a.score);
  const [asked, beyond] = [nearest.slice(0, maximum), nearest.slice(maximum)];
  const question: TierQuestion = {
    texts: asked.map(({ stretch }) => stretch),
    samples: asked.map(({ prompt }) => prompt),
    pairs: asked.map((_, index) => ({ text: index, sample: index })),
    otherTexts: texts - asked.length,
  };
  const { name, version } = tier;
  const digest = sha256Hex(canonicalJson({ name, version, question })).slice(0, 16);
  const folder = stepKey(input.manifestKey, 'decontaminate', `tier-${name}-${digest}`);
  const answers = await answersTo(store, folder, tier, question);
  return [
    ...asked.flatMap((pair, index) => findingOf(pair, answers[index], name)),
    ...beyond.flatMap((pair) => findingOf(pair, undefined, name)),
  ];
}

function findingOf(
  { exampleId, sampleSet, sampleId }: NearPair,
  answer: TierAnswer | undefined,
  name: string,
): readonly Finding[] {
  if (answer?.verdict === 'clear') return [];
  const isSuspect = answer?.verdict === 'suspect';
  return [
    {
      exampleId,
      sampleSet,
      sampleId,
      level: 'suspect',
      field: 'prompt',
      coverage: 0,
      levelShare: 0,
      tokenShare: 0,
      idfScore: 0,
      longestRun: 0,
      similarity: 0,
      rules: isSuspect ? [name] : [name, UNKNOWN_RULE].sort(),
      exampleSpans: [],
      sampleSpans: [],
      ...(typeof answer?.score === 'number' ? { score: answer.score } : {}),
    },
  ];
}
