import { createHash } from 'node:crypto';
import { parseConfiguration } from '../../src/config/schema.js';
import { demoConfiguration, EVAL_SET } from '../../src/demo/configuration.js';
import type { ClassifierModel } from '../../src/demo/classifier-model.js';
import { classify, trainClassifier } from '../../src/demo/linear-classifier.js';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import { planStory } from '../../src/demo/story.js';
import type { GatePolicy, GateResult, PairedScore, SuiteResult } from '../../src/domain/gate.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { summariseSuite } from '../../src/gate/summarise.js';

interface Labelled {
  readonly id: string;
  readonly text: string;
  readonly label: string;
  readonly cluster: string;
}

/** What two models are trained on alike, and the samples of each suite. */
export interface UnchangedWeek {
  readonly training: readonly Labelled[];
  readonly suites: ReadonlyMap<string, readonly Labelled[]>;
  readonly policy: GatePolicy;
}

const HOLDOUT_SHARE = 0.2;

/** The demo's mail up to the end of its first week, as clean as it is: a fifth of the threads is held out. */
export async function unchangedWeek(): Promise<UnchangedWeek> {
  const story = planStory(await loadMail(), 7);
  const filed = [...story.release, ...story.weekOne].map(
    ({ id, prompt, filedIn, thread }): Labelled => ({
      id,
      text: prompt,
      label: filedIn,
      cluster: thread,
    }),
  );
  const frozen = story.evalSet.map(({ id, prompt, label, cluster }): Labelled => ({
    id,
    text: prompt,
    label,
    cluster,
  }));
  const { gate } = parseConfiguration(
    demoConfiguration({
      championId: 'a',
      championFile: 'champion.jsonl',
      evalDigest: '0'.repeat(64),
      baseURL: 'http://127.0.0.1:1/v1',
      temporalAddress: '127.0.0.1:7233',
      seed: 7,
    }),
  );
  return {
    training: filed.filter(({ cluster }) => !isHeldOut(cluster)),
    suites: new Map([
      [`frozen:${EVAL_SET}`, frozen],
      ['holdout', filed.filter(({ cluster }) => isHeldOut(cluster))],
    ]),
    policy: gate,
  };
}

function isHeldOut(thread: string): boolean {
  return createHash('sha256').update(thread).digest().readUInt32BE(0) / 2 ** 32 < HOLDOUT_SHARE;
}

/** A model of the week, by the demo's trainer. */
export function trainOn({ training }: UnchangedWeek, seed: number): ClassifierModel {
  return trainClassifier(training, { seed });
}

/** What the gate makes of two models, with the suites that it rests on. */
export function decideBetween(
  week: UnchangedWeek,
  champion: ClassifierModel,
  candidate: ClassifierModel,
  policy: GatePolicy = week.policy,
): { readonly result: GateResult; readonly suites: readonly SuiteResult[] } {
  const suites = [...week.suites].map(([name, samples]) => {
    const right = (model: ClassifierModel, { text, label }: Labelled): number =>
      Number(classify(model, text).label === label);
    const scores = samples.map((sample): PairedScore => ({
      sampleId: sample.id,
      cluster: sample.cluster,
      champion: right(champion, sample),
      candidate: right(candidate, sample),
      clean: true,
      decisive: true,
    }));
    return summariseSuite(name, scores, {}, policy);
  });
  return { result: evaluateGate(suites, policy), suites };
}
