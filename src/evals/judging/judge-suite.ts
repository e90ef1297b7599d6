import { countEnds, type EndCounts, endOf } from '../../domain/answer-end.js';
import type { ChatClient } from '../../domain/chat.js';
import { ConfigError, InvariantError } from '../../domain/errors.js';
import type {
  JudgeConfiguration,
  JudgeReply,
  PairVerdict,
  SampleVerdicts,
} from '../../domain/judging.js';
import { mannerOf } from '../../domain/manner.js';
import type { Sample } from '../../domain/sample.js';
import { addTokens, type TokenCount } from '../../domain/token-price.js';
import type { GivenAnswer } from '../answer-cache.js';
import { HOPELESS, refusalOfSample, type SuiteAnswer } from '../run-suite.js';
import { areEqual, questionOf, replyIn } from './rubric.js';
import type { GivenReply, ReplyUsage, VerdictStore } from './verdict-store.js';

export interface JudgedSuite {
  readonly client: ChatClient;
  readonly judge: JudgeConfiguration;
  readonly samples: readonly Sample[];
  readonly champion: readonly SuiteAnswer[];
  readonly candidate: readonly SuiteAnswer[];
  /** Ids of the models whose answers are compared: neither may be the judge. */
  readonly judged: readonly string[];
  readonly verdicts: VerdictStore;
  readonly signal?: AbortSignal;
}

/** What a judge said of a suite, and what its replies took, also those that were kept before. */
export interface JudgedAnswers {
  readonly verdicts: readonly SampleVerdicts[];
  readonly replies: number;
  readonly tokens: TokenCount;
  /** Replies that came to no end of their own; left out where there are none. */
  readonly ends?: EndCounts;
}

interface Progress {
  next: number;
  replied: number;
  refused: number;
  requests: number;
  tokens: number;
  /** What replies that count took. */
  readonly counted: ReplyUsage[];
}

/**
 * Has the answers of two models compared, sample by sample, blind and in both orders, and gives the verdicts in the
 * samples' order; a sample without an answer by one of them has none. What was said before is not asked again.
 * @throws ConfigError where the judge is one of the judged, is served as another model than at first, or has used up its budget.
 * @throws ProviderError as the client gave it; every reply so far is kept.
 */
export async function judgeSuite(suite: JudgedSuite): Promise<JudgedAnswers> {
  refuseOwnJudge(suite.judge.model, suite.judged);
  const found = new Array<SampleVerdicts | null>(suite.samples.length).fill(null);
  const given = {
    champion: new Map(suite.champion.map((answer) => [answer.sampleId, answer])),
    candidate: new Map(suite.candidate.map((answer) => [answer.sampleId, answer])),
  };
  const progress: Progress = {
    next: 0,
    replied: 0,
    refused: 0,
    requests: 0,
    tokens: 0,
    counted: [],
  };
  const work = async (): Promise<void> => {
    for (;;) {
      suite.signal?.throwIfAborted();
      const position = progress.next;
      progress.next += 1;
      const sample = suite.samples[position];
      if (sample === undefined) return;
      const [champion, candidate] = [given.champion.get(sample.id), given.candidate.get(sample.id)];
      if (champion === undefined || candidate === undefined) {
        throw new InvariantError(`sample ${sample.id} was not asked of both models`);
      }
      found[position] = await judgeSample(suite, sample, champion, candidate, progress);
    }
  };
  const working = Array.from({ length: suite.judge.concurrency }, async () => {
    try {
      await work();
    } finally {
      progress.next = suite.samples.length;
    }
  });
  // What others are asking is paid for, so that its replies are waited for and kept.
  await Promise.allSettled(working);
  await Promise.all(working);
  const verdicts = found.filter((each) => each !== null);
  return { verdicts, ...taken(progress.counted) };
}

function taken(replies: readonly ReplyUsage[]): Omit<JudgedAnswers, 'verdicts'> {
  const tokens = replies.reduce<TokenCount>(addTokens, { promptTokens: 0, completionTokens: 0 });
  const ends = countEnds(replies);
  return { replies: replies.length, tokens, ...(ends && { ends }) };
}

/** @throws ConfigError where `judge` is one of the models that are compared */
export function refuseOwnJudge(judge: string, judged: readonly string[]): void {
  if (!judged.includes(judge)) return;
  throw new ConfigError(
    `the judge is ${judge}, which is one of the models that are compared, and no model judges itself: ` +
      `name another in judge.model`,
  );
}

async function judgeSample(
  suite: JudgedSuite,
  sample: Sample,
  champion: SuiteAnswer,
  candidate: SuiteAnswer,
  progress: Progress,
): Promise<SampleVerdicts | null> {
  const [ours, others] = [answersIn(champion), answersIn(candidate)];
  if (ours.length === 0 || others.length === 0) return null;
  const pairs: PairVerdict[] = [];
  for (const [index, own] of ours.entries()) {
    const other = others[index];
    if (other === undefined) break;
    if (areEqual(own, other)) {
      pairs.push({ kind: 'equal' });
      continue;
    }
    const championFirst = await reply(suite, sample, own, other, progress);
    const candidateFirst = await reply(suite, sample, other, own, progress);
    pairs.push({ kind: 'asked', championFirst, candidateFirst });
  }
  return { sampleId: sample.id, pairs };
}

function answersIn({ output, toolCalls, further = [] }: SuiteAnswer): readonly GivenAnswer[] {
  return output === null ? [] : [{ output, ...(toolCalls && { toolCalls }) }, ...further];
}

async function reply(
  { client, judge, judged, verdicts, signal }: JudgedSuite,
  sample: Sample,
  first: GivenAnswer,
  second: GivenAnswer,
  progress: Progress,
): Promise<JudgeReply> {
  const messages = questionOf(judge.rubric, sample, first, second);
  const known = await verdicts.find(messages);
  if (known !== null) return count(progress, known);
  const { model, temperature = 0, maximumTokens } = judge;
  spend(judge, progress);
  try {
    const request = { model, messages, temperature, maximumTokens, ...mannerOf(judge) };
    const answered = await client.complete(request, signal);
    progress.tokens += answered.promptTokens + answered.completionTokens;
    if (answered.model !== undefined) refuseOwnJudge(answered.model, judged);
    await verdicts.assertServedAs(answered.model);
    progress.replied += 1;
    const { promptTokens, completionTokens } = answered;
    const end = endOf(answered.finishReason);
    const tokens = { promptTokens, completionTokens, ...(end && { end }) };
    return count(
      progress,
      await verdicts.keep(messages, { reply: replyIn(answered.content), tokens }),
    );
  } catch (error) {
    // Too long, or refused by a filter: the judge has no word on it. Where it has on nothing, it is the request's fault.
    if (refusalOfSample(error) === null) throw error;
    progress.refused += 1;
    if (progress.replied === 0 && progress.refused >= HOPELESS) throw error;
    return 'abstained';
  }
}

function count(progress: Progress, { reply, tokens }: GivenReply): JudgeReply {
  if (tokens !== null) progress.counted.push(tokens);
  return reply;
}

/** Takes a request out of the budget. */
function spend({ budget, model }: JudgeConfiguration, progress: Progress): void {
  const { requests, tokens } = progress;
  if (requests >= (budget?.requests ?? Infinity) || tokens >= (budget?.tokens ?? Infinity)) {
    throw new ConfigError(
      `the judge ${model} was asked ${requests} times for ${tokens} tokens, as much as judge.budget allows for a suite. ` +
        `Raise judge.budget and run the window again with --reopen; its replies are kept`,
    );
  }
  progress.requests += 1;
}
