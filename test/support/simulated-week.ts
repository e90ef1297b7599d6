import { HOLDOUT_SUITE, holdoutSuite } from '../../activities/samples.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { Decision } from '../../src/domain/gate.js';
import type { CanonicalRecord, ReferenceOrigin, Signal } from '../../src/domain/record.js';
import { pairScores } from '../../src/evals/pair-scores.js';
import type { SuiteAnswer } from '../../src/evals/run-suite.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { selectExamples } from '../../src/select/select.js';
import { selectPolicyOf } from '../../src/select/weigh.js';
import { createRandom, type Random } from './random.js';
import { makeRecord, makeSignal } from './records.js';

/** Folders that a mail may belong in. */
const FOLDERS = ['invoices', 'orders', 'press', 'private', 'spam'] as const;

/** How a week of an assistant's traffic comes about. Shares are 0 to 1. */
export interface SimulatedWorld {
  /** How often each model is right. */
  readonly championRight: number;
  readonly candidateRight: number;
  /** Of the champion's right answers, how many a person approves. */
  readonly approved: number;
  /** Of its wrong ones, how many are approved all the same; the others are corrected. */
  readonly rubberStamped: number;
  /** Of all records, how many somebody files without seeing the answer, in a stream that is declared complete. */
  readonly filed: number;
}

/** A week of holdout records that the champion answered, and what a candidate answers to the same. */
export interface SimulatedWeek {
  readonly records: readonly CanonicalRecord[];
  readonly candidate: ReadonlyMap<string, string>;
}

/** Policy of a configuration that declares the filing complete and leaves everything else as it is. */
const { gate, select, consent, ...rest } = parseConfiguration({
  model: 'triage',
  window: { first: '2026-W01' },
  sources: [{ path: 'logs' }],
  consent: { unmarked: 'allow' },
  select: { completeSignals: ['filing'] },
  train: {
    baseURL: 'http://127.0.0.1:1/v1',
    baseModel: 'b',
    pricePerMillionTokens: 0,
    maximumCost: 0,
  },
  champion: { modelId: 'a', trainedOn: [] },
});

/** Makes `count` records of a week; the same for the same seed. */
export function simulateWeek(world: SimulatedWorld, count: number, seed: number): SimulatedWeek {
  const random = createRandom(seed);
  const candidate = new Map<string, string>();
  const records = Array.from({ length: count }, (_, index) => {
    const id = `mail-${index}`;
    const folder = pick(FOLDERS, random);
    const answer = answerOf(folder, world.championRight, random);
    candidate.set(id, answerOf(folder, world.candidateRight, random));
    return makeRecord(id, `please file message number ${index} of week ${seed}`, {
      output: { role: 'assistant', content: answer },
      signals: signalsOf(world, folder, answer, random),
    });
  });
  return { records, candidate };
}

/**
 * What the gate decides of a week, by the code that a run decides with: labels and their origins by the selection, samples
 * of the holdout, paired scores, checks. References of `alsoDeciding` are let decide beside those that do.
 */
export function decideWeek(
  { records, candidate }: SimulatedWeek,
  alsoDeciding: readonly ReferenceOrigin[],
): { readonly decision: Decision; readonly difference: number | null; readonly deciding: number } {
  const policy = selectPolicyOf({ gate, select, consent, ...rest });
  const placed = records.map((record) => ({ record, side: 'holdout' as const, group: record.id }));
  const { holdout } = selectExamples(placed, policy, '2026-W01', {
    digestOf: JSON.stringify,
    matchable: () => true,
    languageOf: () => null,
  });
  const { samples, notCompared } = holdoutSuite(holdout, new Set(), new Map());
  const decisive = samples.filter(
    (item) => item.decisive || alsoDeciding.includes(item.sample.referenceOrigin),
  );
  const answers = (output: (id: string) => string): readonly SuiteAnswer[] =>
    samples.map(({ sample: { id } }) => ({ sampleId: id, output: output(id), error: null }));
  const given = new Map(records.map(({ id, output }) => [id, output.content]));
  const { scores } = pairScores({
    samples: samples.map(({ sample }) => sample),
    champion: answers((id) => given.get(id) ?? ''),
    candidate: answers((id) => candidate.get(id) ?? ''),
    scorer: 'exact',
    clean: new Set(samples.map(({ sample }) => sample.id)),
    kin: new Set(),
    decisive: new Set(decisive.map(({ sample }) => sample.id)),
  });
  const suite = summariseSuite(HOLDOUT_SUITE, scores, notCompared, gate);
  const { decision } = evaluateGate([suite], gate);
  return { decision, difference: suite.clean?.difference ?? null, deciding: decisive.length };
}

function signalsOf(
  { approved, rubberStamped, filed }: SimulatedWorld,
  folder: string,
  answer: string,
  random: Random,
): readonly Signal[] {
  if (random() < filed) return [makeSignal({ name: 'filing', correction: folder })];
  if (random() < (answer === folder ? approved : rubberStamped)) {
    return [makeSignal({ verdict: 'approved' })];
  }
  return answer === folder ? [] : [makeSignal({ name: 'edit', kind: 'edit', correction: folder })];
}

function answerOf(folder: string, right: number, random: Random): string {
  if (random() < right) return folder;
  return pick(
    FOLDERS.filter((other) => other !== folder),
    random,
  );
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError('there is nothing to pick from');
  return value;
}
