import { canonicalMessage } from '../domain/message.js';
import type { Message, ToolCall } from '../domain/record.js';

/** Turns the bytes of a text in JSON, without its quotes and without halves of surrogate pairs, into the text. */
export type ReadText = (json: Uint8Array, isAscii: boolean) => string;

interface TextForm {
  readonly isAscii: boolean;
  /** Whether it is as canonical JSON has it. */
  readonly isCanonical: boolean;
  readonly read: ReadText;
}

/** A text in the bytes of its line, as JSON without its quotes; it becomes a string when it is asked for. */
export class UnreadText {
  readonly #json: Uint8Array;
  readonly #form: TextForm;

  constructor(json: Uint8Array, form: TextForm) {
    this.#json = json;
    this.#form = form;
  }

  /** Its UTF-8 in canonical JSON, without its quotes, or `null` where it is in other JSON. */
  json(): Uint8Array | null {
    return this.#form.isCanonical ? this.#json : null;
  }

  /** The text; read anew each time. */
  text(): string {
    const { isAscii, isCanonical, read } = this.#form;
    if (isCanonical) return read(this.#json, isAscii);
    return JSON.parse(`"${Buffer.from(this.#json).toString('utf8')}"`) as string;
  }
}

/**
 * A message whose text is unread, for whoever copies it as it is; for all others it is like any message. An object
 * that is spread of one has no content: make a message of its parts.
 */
export class UnreadMessage implements Message {
  readonly role: Message['role'];
  readonly unread: UnreadText;
  declare readonly toolCalls?: readonly ToolCall[];
  declare readonly toolCallId?: string;

  constructor(
    role: Message['role'],
    unread: UnreadText,
    toolCalls?: readonly ToolCall[],
    toolCallId?: string,
  ) {
    this.role = role;
    this.unread = unread;
    if (toolCalls !== undefined) this.toolCalls = toolCalls;
    if (toolCallId !== undefined) this.toolCallId = toolCallId;
  }

  get content(): string {
    return this.unread.text();
  }

  toJSON(): Message {
    return canonicalMessage(this);
  }
}
