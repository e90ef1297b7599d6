import { endOf } from '../domain/answer-end.js';
import type { ChatClient } from '../domain/chat.js';
import { ConfigError, ProviderError } from '../domain/errors.js';
import { type Manner, mannerOf } from '../domain/manner.js';
import type { ToolCall } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';
import type { AnswerUsage } from '../domain/usage.js';
import type { AnswerCache, GivenAnswer } from './answer-cache.js';

/** What a model answered to one sample, redacted; `output` is `null` where the provider refused the sample. */
export interface SuiteAnswer {
  readonly sampleId: string;
  readonly output: string | null;
  /** The calls of tools that it made, where it made any. */
  readonly toolCalls?: readonly ToolCall[];
  /** What it answered when it was asked again, where samples are asked more than once. */
  readonly further?: readonly GivenAnswer[];
  /** What the first answer took, where that was measured; not in the file of a suite's answers. */
  readonly usage?: AnswerUsage;
  /** What an eval harness of the user's own scored it, 0 to 1, where one measured the suite. */
  readonly score?: number;
  /** Digest of what such a harness made of the sample: only where it is the same two models were asked the same. */
  readonly item?: string;
  /** `status-400`; never the provider's text. */
  readonly error: string | null;
}

/** A stored file of a suite's answers. */
export function parseAnswers(bytes: Uint8Array): readonly SuiteAnswer[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as SuiteAnswer);
}

export interface SuiteRun extends Manner {
  readonly client: ChatClient;
  readonly modelId: string;
  readonly samples: readonly Sample[];
  /** How many samples are asked at once. */
  readonly concurrency: number;
  /** `null`: none is sent. */
  readonly temperature: number | null;
  readonly maximumTokens: number;
  /** How often each sample is asked. */
  readonly answersPerSample: number;
  readonly budget: SuiteBudget;
  readonly cache: AnswerCache;
  /** An answer may repeat what a user wrote, or name what the model once read. */
  readonly redact: (answer: string, sample: Sample) => string;
  readonly signal?: AbortSignal;
}

/** What one model may be asked for one suite by one attempt; answers that are kept cost nothing. `null`: no bound. */
export interface SuiteBudget {
  readonly requests: number | null;
  /** Of prompts and answers together, as the host counts them. */
  readonly tokens: number | null;
}

/** Samples that may be refused before a model that answers none ends the run. */
export const HOPELESS = 20;

/** Statuses that are about one sample (too long, refused by a filter), not about the host, the key or money. */
const SAMPLE_STATUSES: readonly number[] = [400, 413, 422];

interface Progress {
  next: number;
  answered: number;
  refused: number;
  requests: number;
  tokens: number;
}

/**
 * Asks a model every sample and gives its answers in the samples' order. A sample that the provider refuses is
 * missing. Twenty refusals without one answer end the run, and so does whatever is no sample's own: a refused key or
 * model, spent money, an outage. Nothing more is asked then; what was answered is in the cache, so that whoever asks
 * again asks only for the rest.
 * @throws ProviderError as the client gave it: retryable after an outage, with how long to wait.
 * @throws ConfigError where the budget is used up.
 */
export async function runSuite(run: SuiteRun): Promise<readonly SuiteAnswer[]> {
  const answers = new Array<SuiteAnswer>(run.samples.length);
  const progress: Progress = { next: 0, answered: 0, refused: 0, requests: 0, tokens: 0 };
  const ask = async (): Promise<void> => {
    for (;;) {
      run.signal?.throwIfAborted();
      const position = progress.next;
      progress.next += 1;
      const sample = run.samples[position];
      if (sample === undefined) return;
      answers[position] = await answerOf(run, sample, progress);
    }
  };
  const asking = Array.from({ length: run.concurrency }, async () => {
    try {
      await ask();
    } finally {
      progress.next = run.samples.length;
    }
  });
  // What others are asking is paid for, so that its answers are waited for and kept.
  await Promise.allSettled(asking);
  await Promise.all(asking);
  return answers;
}

async function answerOf(run: SuiteRun, sample: Sample, progress: Progress): Promise<SuiteAnswer> {
  const sampleId = sample.id;
  try {
    const first = await askOnce(run, sample, 0, progress);
    const further: GivenAnswer[] = [];
    for (let attempt = 1; attempt < run.answersPerSample; attempt += 1) {
      further.push(await askOnce(run, sample, attempt, progress));
    }
    return { sampleId, ...first, ...(further.length > 0 && { further }), error: null };
  } catch (error) {
    const status = refusalOfSample(error);
    if (status === null) throw error;
    progress.refused += 1;
    if (progress.answered === 0 && progress.refused >= HOPELESS) throw error;
    return { sampleId, output: null, error: `status-${status}` };
  }
}

async function askOnce(
  run: SuiteRun,
  sample: Sample,
  attempt: number,
  progress: Progress,
): Promise<GivenAnswer> {
  const { cache, client, modelId, temperature, maximumTokens, signal } = run;
  const kept = await cache.find(sample, attempt);
  if (kept === null) {
    spend(run, progress);
    const { messages, tools } = sample;
    const request = {
      model: modelId,
      messages,
      temperature,
      maximumTokens,
      ...mannerOf(run),
      ...(tools && { tools }),
    };
    const { content, toolCalls = [], measured, ...used } = await client.complete(request, signal);
    progress.answered += 1;
    progress.tokens += used.promptTokens + used.completionTokens;
    const redact = (text: string): string => run.redact(text, sample);
    const calls = toolCalls.map((call) => ({ ...call, arguments: redact(call.arguments) }));
    const { promptTokens, completionTokens, finishReason } = used;
    const end = endOf(finishReason);
    const answer = {
      output: redact(content),
      ...(calls.length > 0 && { toolCalls: calls }),
      ...(measured && {
        usage: { ...measured, promptTokens, completionTokens, ...(end && { end }) },
      }),
    };
    return cache.keep(sample, attempt, answer);
  }
  progress.answered += 1;
  return kept;
}

/** Takes a request out of the budget. */
function spend({ budget, modelId }: SuiteRun, progress: Progress): void {
  const { requests, tokens } = budget;
  const isSpent =
    progress.requests >= (requests ?? Infinity) || progress.tokens >= (tokens ?? Infinity);
  if (isSpent) {
    throw new ConfigError(
      `${modelId} was asked ${progress.requests} times for ${progress.tokens} tokens, as much as chat.budget allows for ` +
        `a suite. Raise chat.budget and run the window again with --reopen; the champion's answers are kept`,
    );
  }
  progress.requests += 1;
}

/** The status by which the provider refused the sample itself, or `null`. A spent limit may be told with status 400, too. */
export function refusalOfSample(error: unknown): number | null {
  if (!(error instanceof ProviderError) || error.status === null || error.isMoney) return null;
  return SAMPLE_STATUSES.includes(error.status) ? error.status : null;
}
