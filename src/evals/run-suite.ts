import type { ChatClient } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { Sample } from '../domain/sample.js';

/** What a model answered to one sample; `output` is `null` where it gave no answer. */
export interface SuiteAnswer {
  readonly sampleId: string;
  readonly output: string | null;
  /** `status-429` or `no-answer`; never the provider's text. */
  readonly error: string | null;
}

export interface SuiteRun {
  readonly client: ChatClient;
  readonly modelId: string;
  readonly samples: readonly Sample[];
  /** How many samples are asked at once. */
  readonly concurrency: number;
  readonly maximumTokens: number;
  readonly signal?: AbortSignal;
}

/** Samples that may fail before a model that never answers ends the run. */
const HOPELESS = 20;

/** Statuses that are about one sample (too long, refused by a filter), not about the host, the key or money. */
const SAMPLE_STATUSES: readonly (number | null)[] = [400, 413, 422];

interface Progress {
  next: number;
  answered: number;
  failed: number;
}

/**
 * Asks a model every sample, at temperature 0, and gives its answers in the samples' order. A sample that
 * the provider refuses, or does not answer however often the client asks, is missing. A refused key or
 * model, spent money, or twenty failures without one answer end the run, and nothing more is asked.
 * @throws ProviderError
 */
export async function runSuite(run: SuiteRun): Promise<readonly SuiteAnswer[]> {
  const answers = new Array<SuiteAnswer>(run.samples.length);
  const progress: Progress = { next: 0, answered: 0, failed: 0 };
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
  const request = { model: modelId, messages: sample.messages, temperature: 0, maximumTokens };
  try {
    const { content } = await client.complete(request, signal);
    progress.answered += 1;
    return { sampleId: sample.id, output: content, error: null };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    progress.failed += 1;
    const isHopeless = progress.answered === 0 && progress.failed >= HOPELESS;
    const isSamplesOwn = error.isRetryable || SAMPLE_STATUSES.includes(error.status);
    if (isHopeless || !isSamplesOwn) throw error;
    const code = error.status === null ? 'no-answer' : `status-${error.status}`;
    return { sampleId: sample.id, output: null, error: code };
  }
}
