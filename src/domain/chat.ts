import type { Message, ToolCall, ToolDefinition } from './record.js';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number;
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
