import type { ChatClient } from '../../domain/chat.js';
import type { JudgeConfiguration, JudgedCounts } from '../../domain/judging.js';
import type { Preference } from '../../gate/kappa.js';
import { redactMessage } from '../redact-samples.js';
import type { SuiteAnswer } from '../run-suite.js';
import { judgeSuite } from './judge-suite.js';
import { judgedScores } from './judged-scores.js';
import type { LabelledPair } from './label-file.js';
import type { VerdictStore } from './verdict-store.js';

/** A pair that people compared, with what the judge makes of it. */
export interface JudgedPair {
  readonly pair: LabelledPair;
  /** As in a run: what it prefers in both orders, else a tie; `null` where it abstained. */
  readonly preferred: Preference | null;
  readonly counts: JudgedCounts;
}

export interface PairsJudging {
  readonly judge: JudgeConfiguration;
  readonly client: ChatClient;
  /** What the texts of one pair go through before they are sent, in their order. */
  readonly redactor: () => (text: string) => string;
  readonly verdicts: VerdictStore;
  readonly signal?: AbortSignal;
}

/** Has a judge compare the two answers of every pair as it compares two models'. @throws as `judgeSuite` */
export async function judgePairs(
  pairs: readonly LabelledPair[],
  { redactor, ...judging }: PairsJudging,
): Promise<readonly JudgedPair[]> {
  const redacted = pairs.map((pair, index) => redactPair(pair, redactor(), String(index)));
  const answersOf = (which: 'first' | 'second'): readonly SuiteAnswer[] =>
    redacted.map((pair) => ({ sampleId: pair.id, output: pair[which], error: null }));
  const { verdicts } = await judgeSuite({
    ...judging,
    judged: [],
    samples: redacted.map(({ id, messages, reference }) => ({
      id,
      messages,
      reference,
      referenceOrigin: 'independent',
      options: [],
      cluster: id,
    })),
    champion: answersOf('first'),
    candidate: answersOf('second'),
  });
  const said = new Map(verdicts.map((each) => [each.sampleId, each]));
  return pairs.map((pair, index) => {
    const sampleId = String(index);
    const { candidate, counts } = judgedScores(said.get(sampleId) ?? { sampleId, pairs: [] });
    return { pair, preferred: preferenceOf(candidate), counts };
  });
}

function preferenceOf(second: number | null): Preference | null {
  if (second === null) return null;
  return second === 0.5 ? 'tie' : second === 1 ? 'second' : 'first';
}

function redactPair(
  pair: LabelledPair,
  redact: (text: string) => string,
  id: string,
): LabelledPair {
  return {
    ...pair,
    id,
    messages: pair.messages.map((message) => redactMessage(message, redact)),
    reference: pair.reference === null ? null : redact(pair.reference),
    first: redact(pair.first),
    second: redact(pair.second),
  };
}
