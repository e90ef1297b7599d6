/**
 * The names that instrumentations have used for what a model call is, newest first: OpenTelemetry's GenAI
 * conventions (semantic-conventions-genai, and those up to 1.36), OpenLLMetry (traceloop) and OpenInference.
 * A new name is a new entry here.
 */
export const ATTRIBUTES = {
  operation: ['gen_ai.operation.name', 'llm.request.type'],
  /** Kinds of spans that are about more, or less, than one call. */
  spanKind: ['openinference.span.kind', 'traceloop.span.kind'],
  conversation: [
    'gen_ai.conversation.id',
    'session.id',
    'traceloop.association.properties.session_id',
  ],
  responseId: ['gen_ai.response.id'],
  model: [
    'gen_ai.response.model',
    'gen_ai.request.model',
    'llm.response.model',
    'llm.request.model',
    'llm.model_name',
  ],
  user: ['enduser.id', 'user.id', 'traceloop.association.properties.user_id'],
  tenant: ['tenant.id'],
  environment: ['deployment.environment.name', 'deployment.environment'],
  consent: [] as readonly string[],
  system: ['gen_ai.system_instructions'],
  /** Lists of messages: structured, or as JSON text. */
  input: ['gen_ai.input.messages', 'gen_ai.prompt'],
  output: ['gen_ai.output.messages', 'gen_ai.completion'],
  finishReason: ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
  errorType: ['error.type'],
  /** Of the answer that was asked for: `json`, `text`; OpenAI's names for them too. */
  outputType: ['gen_ai.output.type', 'gen_ai.openai.request.response_format'],
  /** A JSON Schema of it, as JSON text. */
  outputSchema: ['gen_ai.request.structured_output_schema', 'llm.request.structured_output_schema'],
  /** Tools that were offered, as a list or as JSON text. */
  tools: ['gen_ai.tool.definitions'],
  /** A request's other members, as JSON text. */
  parameters: ['llm.invocation_parameters'],
  /** No convention has a name for an answer from a cache. */
  cached: [] as readonly string[],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type OtelField = keyof typeof ATTRIBUTES;

/** Messages that are spread over attributes with numbers: `gen_ai.prompt.0.role`. */
export const SPREAD_MESSAGES = {
  input: ['gen_ai.prompt', 'llm.prompts', 'llm.input_messages'],
  output: ['gen_ai.completion', 'llm.completions', 'llm.output_messages'],
} as const;

/** Tools that are spread so: `llm.tools.0.tool.json_schema`. */
export const SPREAD_TOOLS: readonly string[] = ['llm.tools', 'llm.request.functions'];

/** Operations that are a call of a model; spans of others are tools, agents, searches. */
export const CALL_OPERATIONS: readonly string[] = [
  'chat',
  'generate_content',
  'text_completion',
  'completion',
];

/** Spans of these kinds are about one call. */
export const CALL_KINDS: readonly string[] = ['llm'];

/** Events that hold a whole call, as attributes like a span's. */
export const CALL_EVENTS: readonly string[] = [
  'gen_ai.client.inference.operation.details',
  'gen_ai.client.operation.details',
  'gen_ai.content.prompt',
  'gen_ai.content.completion',
];

/** Of these, the ones that as log records are a call by themselves. */
export const WHOLE_CALL_EVENTS: readonly string[] = [
  'gen_ai.client.inference.operation.details',
  'gen_ai.client.operation.details',
];

/** Events that hold one message each, with its role. */
export const MESSAGE_EVENTS: Readonly<Record<string, string>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
};

/** The event that holds an answer, or one of several. */
export const CHOICE_EVENT = 'gen_ai.choice';

/** What somebody or something said of an answer. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';
export const EVALUATION = {
  name: 'gen_ai.evaluation.name',
  value: 'gen_ai.evaluation.score.value',
  label: 'gen_ai.evaluation.score.label',
} as const;
