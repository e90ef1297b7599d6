import { ProviderError } from '../domain/errors.js';
import type { JobHost, LaunchRequest } from '../domain/fine-tuning.js';
import { modelServedOf, type NebiusOptions } from './nebius-models.js';
import { createOpenAICompatibleHost } from './openai-compatible.js';

/**
 * Fine-tuning at Nebius Token Factory, by its own OpenAPI description (version 20260630). Its jobs are OpenAI's but for
 * this: they have no metadata, so that the run key is in the suffix, which the listing gives back; there are no methods
 * but supervised tuning of a base model; and a job that is done names no model. One is made of its last checkpoint.
 */
export function createNebiusHost(options: NebiusOptions): JobHost {
  const host = createOpenAICompatibleHost({ ...options, name: 'nebius', runKeyIn: 'suffix' });
  return {
    ...host,
    upload: async (request, signal) => {
      assertTrainable(request);
      return host.upload(request, signal);
    },
    read: async (jobId, signal) => {
      const state = await host.read(jobId, signal);
      return state.kind === 'unnamed' ? modelServedOf(options, jobId, state, signal) : state;
    },
  };
}

/** What its description has no words for is not tried: how it would be understood nobody knows before it is paid. */
function assertTrainable({ method, continues }: LaunchRequest): void {
  const what =
    method !== undefined ? `method: ${method}` : continues !== undefined ? 'from: champion' : null;
  if (what === null) return;
  const message = `nebius trains base models on answers only, and not by ${what}; train elsewhere or leave it out`;
  throw new ProviderError(message, { status: null, isRetryable: false, wasSent: false });
}
