import type { JobHandle, JobState } from './job.js';
import type { Message, ToolCall, ToolDefinition } from './record.js';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number;
  readonly maximumTokens: number;
  readonly tools?: readonly ToolDefinition[];
}

export interface ChatAnswer {
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly finishReason: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Answers chat requests. @throws ProviderError */
export interface ChatClient {
  complete(request: ChatRequest, signal?: AbortSignal): Promise<ChatAnswer>;
}

export interface LaunchRequest {
  /** Digest of what the job is: (training file, base model, hyperparameters, seed). At most one job is paid per key. */
  readonly runKey: string;
  readonly baseModel: string;
  readonly trainingFile: {
    readonly bytes: Uint8Array;
    readonly sha256: string;
  };
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  readonly seed: number;
  /** Ends the fine-tuned model's name; at most 64 characters. */
  readonly suffix: string;
}

/** A fine-tuning host. One job per run key: `launch` looks for an existing one first. @throws ProviderError */
export interface FineTuneProvider {
  readonly name: string;
  launch(request: LaunchRequest, signal?: AbortSignal): Promise<JobHandle>;
  poll(handle: JobHandle, signal?: AbortSignal): Promise<JobState>;
  cancel(handle: JobHandle, signal?: AbortSignal): Promise<void>;
}
