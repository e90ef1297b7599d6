import type { ChatClient } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { ToolCall } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';

/** What a model answered to one sample, redacted; `output` is `null` where the provider refused the sample. */
export interface SuiteAnswer {
  readonly sampleId: string;
  readonly output: string | null;
  /** The calls of tools that it made, where it made any. */
  readonly toolCalls?: readonly ToolCall[];
  /** `status-400`; never the provider's text. */
  readonly error: string | null;
}

export interface SuiteRun {
  readonly client: ChatClient;
  readonly modelId: string;
  readonly samples: readonly Sample[];
  /** How many samples are asked at once. */
  readonly concurrency: number;
  readonly maximumTokens: number;
  /** An answer may repeat what a user wrote, or name what the model once read. */
  readonly redact: (answer: string, sample: Sample) => string;
  readonly signal?: AbortSignal;
}

/** Samples that may be refused before a model that answers none ends the run. */
const HOPELESS = 20;

/** Statuses that are about one sample (too long, refused by a filter), not about the host, the key or money. */
const SAMPLE_STATUSES: readonly number[] = [400, 413, 422];

interface Progress {
  next: number;
  answered: number;
  refused: number;
}

/**
 * Asks a model every sample, at temperature 0, and gives its answers in the samples' order. A sample that
 * the provider refuses is missing. Twenty refusals without one answer end the run, and so does whatever is
 * no sample's own: a refused key or model, spent money, an outage. Nothing more is asked then; an outage
 * is no answer that could be written down, so the suite is asked again when it is over.
 * @throws ProviderError as the client gave it: retryable after an outage, with how long to wait.
 */
export async function runSuite(run: SuiteRun): Promise<readonly SuiteAnswer[]> {
  const answers = new Array<SuiteAnswer>(run.samples.length);
  const progress: Progress = { next: 0, answered: 0, refused: 0 };
  const ask = async (): Promise<void> => {
    for (;;) {
      run.signal?.throwIfAborted();
      const position = progress.next;
      progress.next += 1;
      const sample = run.samples[position];
      if (sample === undefined) return;
      answers[position] = await askOne(run, sample, progress);
    }
  };
  try {
    await Promise.all(Array.from({ length: run.concurrency }, ask));
  } finally {
    progress.next = run.samples.length;
  }
  return answers;
}

async function askOne(run: SuiteRun, sample: Sample, progress: Progress): Promise<SuiteAnswer> {
  const { client, modelId, maximumTokens, signal } = run;
  const { id: sampleId, messages, tools } = sample;
  const request = {
    model: modelId,
    messages,
    temperature: 0,
    maximumTokens,
    ...(tools && { tools }),
  };
  try {
    const { content, toolCalls = [] } = await client.complete(request, signal);
    progress.answered += 1;
    const redact = (text: string): string => run.redact(text, sample);
    const answer = { sampleId, output: redact(content), error: null };
    if (toolCalls.length === 0) return answer;
    return { ...answer, toolCalls: toolCalls.map((call) => redactCall(call, redact)) };
  } catch (error) {
    const status = refusalOfSample(error);
    if (status === null) throw error;
    progress.refused += 1;
    if (progress.answered === 0 && progress.refused >= HOPELESS) throw error;
    return { sampleId, output: null, error: `status-${status}` };
  }
}

function redactCall(
  { id, name, arguments: given }: ToolCall,
  redact: (text: string) => string,
): ToolCall {
  return { id, name, arguments: redact(given) };
}

/** The status by which the provider refused the sample itself, or `null`. */
function refusalOfSample(error: unknown): number | null {
  if (!(error instanceof ProviderError) || error.status === null) return null;
  return SAMPLE_STATUSES.includes(error.status) ? error.status : null;
}
