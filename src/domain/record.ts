/** A tool call of an assistant message; `arguments` is the JSON text as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One chat message, in holdfast's own names whatever the source called them. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly toolCallId?: string;
}

/** A tool that a request offered. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON text of the JSON Schema of its arguments; absent where any are taken. */
  readonly parameters?: string;
}

/** What somebody or something said about an answer. */
export interface Signal {
  /** The source's name for it, e.g. `filing` or `thumbs`. */
  readonly name: string;
  readonly kind: 'human' | 'judge' | 'implicit' | 'edit';
  readonly surface: 'production' | 'staging' | 'debug';
  readonly verdict: 'approved' | 'rejected' | 'none';
  /** The answer as it should have been, where the signal says so. */
  readonly correction: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** How many spans of each type the redactor replaced, e.g. `{ email: 2 }`. */
export type RedactionCounts = Readonly<Record<string, number>>;

/**
 * Where a line stands in its source object. Offsets and lengths are bytes of the decompressed object; of a row of
 * a table there is only its number, as `line`, and both are 0.
 */
export interface SourcePosition {
  readonly uri: string;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  /** Which of a line's calls, from 1, where a line may hold several. */
  readonly item?: number;
}

/** Why a model stopped: its own end, its limit, to call tools, a filter, a failure, or anything else. */
export const FINISH_REASONS = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'error',
  'other',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/**
 * What is wrong with an answer by its own request: it is no JSON or other JSON than was asked for, calls a tool that
 * was not offered or with arguments that the tool does not take, or the schema to say so by is none.
 */
export const ANSWER_FAULTS = [
  'invalid-json',
  'unfit-json',
  'unknown-tool',
  'unfit-arguments',
  'unusable-schema',
] as const;
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

/** An earlier call of the same conversation, folded into the record that continues it. */
export interface EarlierTurn {
  /** Index in `messages` of the assistant message that this call answered with. */
  readonly message: number;
  /** Id of the call as its source logged it. */
  readonly callId: string;
  readonly time: string;
  readonly model: string | null;
  readonly signals: readonly Signal[];
  readonly consent: Consent;
  readonly quality?: number;
  readonly finishReason?: FinishReason;
  readonly cached?: true;
  readonly surface?: 'staging' | 'debug';
  readonly faults?: readonly AnswerFault[];
}

/** What the log says about using a call for training. */
export type Consent = 'allow' | 'deny' | 'unmarked';

/** One logged model call, or a conversation put together from its calls, redacted. The unit of everything between ingest and release. */
export interface CanonicalRecord {
  readonly v: 1;
  /** The source's id, or the digest of source and canonical content. */
  readonly id: string;
  readonly position: SourcePosition;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly tenant: string | null;
  /** HMAC of tenant and user; the user's id itself is nowhere. */
  readonly userKeyHash: string | null;
  readonly conversationId: string | null;
  readonly model: string | null;
  /** Everything the model saw, system prompt included. */
  readonly messages: readonly Message[];
  readonly output: Message;
  readonly signals: readonly Signal[];
  readonly consent: Consent;
  /** The higher the better, where the log says it. */
  readonly quality?: number;
  /** Where the call was made, unless in production; such a record never becomes a label. */
  readonly surface?: 'staging' | 'debug';
  readonly finishReason?: FinishReason;
  /** How many images stood in messages and answer; a mark stands for each. */
  readonly imagesLeftOut?: number;
  /** Whether a cache answered, and not the model. */
  readonly cached?: true;
  /** Whether the request wanted an answer in JSON. */
  readonly asksForJson?: true;
  /** Of the answer as it was before redaction; left out where there are none. */
  readonly faults?: readonly AnswerFault[];
  /** Calls of this conversation that were folded into this one, by rising `message`; absent where there are none. */
  readonly turns?: readonly EarlierTurn[];
  /** The tools that the request offered, redacted as its texts are; no part of the content's digest. */
  readonly tools?: readonly ToolDefinition[];
  /** Ids, beside its own, of all calls whose texts it holds: of its turns, of the last call, of those it branched off from. */
  readonly calls?: readonly string[];
  readonly redactions: RedactionCounts;
  /**
   * SHA-256 of the canonical JSON of messages, output, signals, consent and quality: tells `seen` from revised. Of a
   * record with turns, of the last call's and the turns.
   */
  readonly contentDigest: string;
}

/** Which side of the split a record is on. It never changes. */
export type Side = 'train' | 'holdout';

/** Where a holdout sample's reference comes from; only `independent` decides anything. */
export type ReferenceOrigin = 'independent' | 'edited' | 'confirmed' | 'judge';

/** Where an answer that is trained on comes from; `model`: the model's own, and nobody confirmed it. */
export type AnswerOrigin = ReferenceOrigin | 'model';

/** An assistant message before the answer that is trained on too. */
export interface TrainedTurn {
  /** Index in `messages`. */
  readonly message: number;
  readonly origin: AnswerOrigin;
}

/** An answer that another one is preferred to; its text may be empty beside tool calls. */
export type RejectedAnswer = Pick<Message, 'content' | 'toolCalls'>;

/** A record that became a training example or a holdout sample. */
export interface Example {
  /** The record's, or `RECORD#turn-N` of an example beside its record's own, which then has a `recordId`. */
  readonly id: string;
  readonly recordId?: string;
  readonly window: string;
  readonly time: string;
  readonly side: Side;
  /** The group's keyed hash. */
  readonly group: string;
  readonly messages: readonly Message[];
  /** What is trained on, or what the holdout sample's answer is compared with; `null` where unknown. */
  readonly answer: string | null;
  /** The answer's tool calls, beside which its text may be empty. */
  readonly toolCalls?: readonly ToolCall[];
  readonly answerOrigin: AnswerOrigin;
  /** The model's own answer, where it is one of a pair: the answer is preferred to it. Absent in supervised rows. */
  readonly rejected?: RejectedAnswer;
  /** By rising `message`; assistant messages that are not named are context. Absent where there are none. */
  readonly trained?: readonly TrainedTurn[];
  /** The tools that the request offered, where the log has them. */
  readonly tools?: readonly ToolDefinition[];
  /** The record's own. */
  readonly quality?: number;
  /** SHA-256 of the canonical JSON of messages and answer, and of tools, tool calls, rejected answer and trained turns where there are any. */
  readonly contentDigest: string;
}

/**
 * The text that prompts are compared by: user and tool turns before the answer, in order, joined by a
 * newline. The system prompt is left out wherever prompts are compared.
 */
export function promptText(messages: readonly Message[]): string {
  return messages
    .filter((message) => message.role === 'user' || message.role === 'tool')
    .map((message) => message.content)
    .join('\n');
}
