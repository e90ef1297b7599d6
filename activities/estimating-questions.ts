import type { AskingEstimate } from '../src/domain/asking.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { Sample } from '../src/domain/sample.js';
import { toCents } from '../src/domain/spend.js';
import { costOfTokens, type TokenCount, type TokenPrice } from '../src/domain/token-price.js';
import { estimateTokens } from '../src/domain/tokens.js';
import { questionOf } from '../src/evals/judging/rubric.js';
import type { Dependencies } from './dependencies.js';
import { plannedSuite, planEvaluation } from './evaluating.js';
import { judgedSamples } from './judging.js';
import { suiteScorer, suiteTool } from './samples.js';

/**
 * What asking everybody will cost at most, before anything is spent; `null` where no price is configured, and where nobody
 * is asked from here. Of several prices the dearest counts, since nobody knows yet what the candidate will be called.
 */
export async function estimateAsking(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput & { readonly release: string },
): Promise<AskingEstimate | null> {
  const { chat, gate, judge } = configuration;
  const prices = chat.prices ?? [];
  if (prices.length === 0 && judge?.price === undefined) return null;
  const { suites, further = [] } = await planEvaluation(deps, input);
  let [answers, replies, cost] = [0, 0, 0];
  for (const suite of suites) {
    if (suiteTool(configuration, suite) !== null) continue;
    const planned = await plannedSuite(deps, configuration, input, suite);
    const samples = planned.samples.map(({ sample }) => sample);
    const beside = further.filter((question) => question.suite === suite);
    // What stands in a rival's prompts.
    const examples = beside.map(({ role }) =>
      role === 'rival' ? (gate.prompting?.maximumTokens ?? 0) : 0,
    );
    for (const more of [0, 0, ...examples]) {
      if (prices.length === 0) break;
      answers += samples.length * chat.answersPerSample;
      cost += dearest(prices, answersTo(samples, more, chat));
    }
    if (judge?.price === undefined) continue;
    const judged = judgedSamples(samples, suiteScorer(configuration, suite));
    replies += 2 * judged.length * chat.answersPerSample;
    cost += costOfTokens(repliesOn(judged, judge, chat), judge.price);
  }
  return answers + replies === 0 ? null : { answers, replies, cost: toCents(cost) };
}

/** What one model's answers to a suite take at most, with so many tokens `more` in every prompt. */
function answersTo(
  samples: readonly Sample[],
  more: number,
  { answersPerSample, maximumTokens }: Configuration['chat'],
): TokenCount {
  const prompts = samples.reduce(
    (sum, { messages, tools }) => sum + estimateTokens(messages, tools) + more,
    0,
  );
  return {
    promptTokens: prompts * answersPerSample,
    completionTokens: samples.length * answersPerSample * maximumTokens,
  };
}

/** What a judge's replies take at most: it is shown two answers as long as they may be, in both orders. */
function repliesOn(
  samples: readonly Sample[],
  judge: NonNullable<Configuration['judge']>,
  { answersPerSample, maximumTokens }: Configuration['chat'],
): TokenCount {
  const unanswered = { output: '' };
  const prompts = samples.reduce(
    (sum, sample) =>
      sum +
      estimateTokens(questionOf(judge.rubric, sample, unanswered, unanswered)) +
      2 * maximumTokens,
    0,
  );
  return {
    promptTokens: 2 * prompts * answersPerSample,
    completionTokens: 2 * samples.length * answersPerSample * judge.maximumTokens,
  };
}

function dearest(prices: readonly TokenPrice[], tokens: TokenCount): number {
  return prices.reduce((most, price) => Math.max(most, costOfTokens(tokens, price)), 0);
}
