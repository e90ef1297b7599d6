import { invariant } from '../domain/errors.js';
import type { Example } from '../domain/record.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { promptText } from '../domain/record.js';
import type { Comparison } from '../domain/gate.js';
import { points } from '../gate/sentences.js';
import { readChain } from '../release/chain.js';
import { keys } from '../release/layout.js';
import { findRows } from '../release/rows-files.js';
import { formatShare } from '../release/report/numbers.js';
import { readJsonl } from '../storage/objects.js';
import { ALPHA, EVAL_SET } from './configuration.js';
import { accuracy, compareScores, scoreAll, type Measured } from './measure.js';
import type { Narrator } from './narrator.js';
import { toTrainingFile, trainModel } from './serving.js';
import type { RunningStage } from './stage.js';
import { countSharedNgram } from './shared-ngram.js';
import type { Story } from './story.js';
import type { WeekResult } from './weeks.js';

/** Words of the n-gram rule that many pipelines use: one that is shared, and the row is gone. */
const NGRAM_WORDS = 13;

export interface UncheckedOptions {
  readonly stage: RunningStage;
  readonly story: Story;
  /** The model that serves in week two. */
  readonly champion: string;
  readonly second: WeekResult;
  readonly seed: number;
  readonly narrator: Narrator;
}

/**
 * Trains the candidate that a pipeline without checks would have trained on the same examples, and shows
 * side by side what it claims, what holdfast's candidate shows on clean samples, and what is true of both on
 * messages that no pipeline ever saw.
 */
export async function tellUnchecked(options: UncheckedOptions): Promise<void> {
  const { stage, story, champion, second, narrator } = options;
  const examples = await allExamples(stage, second);
  const unchecked = await trainModel(
    stage.provider,
    toTrainingFile(
      examples.map(({ messages, answer }) => ({
        prompt: promptText(messages),
        label: answer ?? '',
      })),
    ),
    { seed: options.seed, suffix: 'unchecked', baseModel: 'local-linear-1' },
  );
  narrator.say(
    `  ${unchecked} is trained on all ${examples.length} examples of both weeks: no duplicates folded, no leaks taken out.`,
  );
  const sets = [
    { name: `${EVAL_SET}, all samples`, samples: story.evalSet },
    { name: 'yardstick (seen by no pipeline)', samples: story.yardstick },
  ];
  const candidate = second.outcome.candidate;
  const rows: string[][] = [];
  for (const { name, samples } of sets) {
    rows.push(...(await rowsOf(options, { name, samples, unchecked, candidate, champion })));
  }
  narrator.table(['measured on', 'model', 'right', 'change in points (95 % bounds)'], rows);
  await tellDecisions(options, unchecked);
  const removed = countSharedNgram(
    examples.map(({ messages }) => promptText(messages)),
    story.evalSet.map(({ prompt }) => prompt),
    NGRAM_WORDS,
  );
  narrator.say(
    `  A rule of one shared ${NGRAM_WORDS}-gram would have thrown away ${removed.rows} of ${examples.length} examples and touched ${removed.samples} of ${story.evalSet.length} eval samples.`,
  );
}

async function rowsOf(
  { stage }: UncheckedOptions,
  measured: {
    readonly name: string;
    readonly samples: readonly Measured[];
    readonly unchecked: string;
    readonly candidate: string | null;
    readonly champion: string;
  },
): Promise<string[][]> {
  const { name, samples, unchecked, candidate, champion } = measured;
  const base = await scoreAll(stage.chat, champion, samples);
  const rows = [[name, 'champion', formatShare(accuracy(base)), '–']];
  for (const [label, model] of [
    ['without checks', unchecked],
    ["holdfast's candidate", candidate],
  ] as const) {
    if (model === null) continue;
    const scores = await scoreAll(stage.chat, model, samples);
    const compared = compareScores(samples, base, scores, ALPHA);
    rows.push([name, label, formatShare(accuracy(scores)), change(compared)]);
  }
  return rows;
}

/** What each way of looking decides, and what the unchecked claim is worth. */
async function tellDecisions(options: UncheckedOptions, unchecked: string): Promise<void> {
  const { stage, story, champion, second, narrator } = options;
  const on = async (samples: readonly Measured[]): Promise<ReturnType<typeof compareScores>> =>
    compareScores(
      samples,
      await scoreAll(stage.chat, champion, samples),
      await scoreAll(stage.chat, unchecked, samples),
      ALPHA,
    );
  const claimed = await on(story.evalSet);
  const truth = await on(story.yardstick);
  const promotes = claimed.lower > 0;
  narrator.say(
    `  Without checks the comparison says ${points(claimed.difference)} points and ${promotes ? 'promotes' : 'does not promote'}; ` +
      `on the yardstick the same model changes by ${points(truth.difference)}.`,
  );
  narrator.say(`  holdfast decides: ${second.outcome.decision}.`);
  for (const check of second.evidence?.result.checks ?? []) narrator.say(`    ${check.reason}.`);
}

/** Every example that the releases up to this week chose, before anything was folded or taken out. */
async function allExamples(
  stage: RunningStage,
  { outcome }: WeekResult,
): Promise<readonly Example[]> {
  const chain = await readChain(stage.store, outcome.release);
  const examples: Example[] = [];
  for (const { release, manifest } of chain)
    examples.push(...(await readExamples(stage, release, manifest)));
  return examples;
}

function readExamples(
  stage: RunningStage,
  release: string,
  manifest: ReleaseManifest,
): Promise<readonly Example[]> {
  const file = findRows(manifest, 'examples');
  invariant(file !== undefined, 'a release without examples');
  return readJsonl<Example>(stage.store, { ...file, key: keys.releaseFile(release, file.name) });
}

/** `+8.7 (+5.2 to +12.2)`: a difference with its one-sided bounds. */
function change({ difference, lower, upper }: Comparison): string {
  return `${points(difference)} (${points(lower)} to ${points(upper)})`;
}
