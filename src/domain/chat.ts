import type { Manner } from './manner.js';
import type { Message, ToolCall, ToolDefinition } from './record.js';

export interface ChatRequest extends Manner {
  readonly model: string;
  readonly messages: readonly Message[];
  /** `null`: none is sent, and the host's own counts. */
  readonly temperature: number | null;
  readonly maximumTokens: number;
  readonly tools?: readonly ToolDefinition[];
}

export interface ChatAnswer {
  /** The model as the host names what answered, where it says so. */
  readonly model?: string;
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly finishReason: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How long the answer took, and the day (UTC), where the client has a clock. */
  readonly measured?: { readonly latencyMs: number; readonly day: string };
}

/** Answers chat requests. @throws ProviderError */
export interface ChatClient {
  complete(request: ChatRequest, signal?: AbortSignal): Promise<ChatAnswer>;
}
