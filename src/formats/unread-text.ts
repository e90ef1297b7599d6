import { canonicalMessage } from '../domain/message.js';
import type { Message, ToolCall } from '../domain/record.js';

/** Turns the bytes of a text in JSON, without its quotes and without halves of surrogate pairs, into the text. */
export type ReadText = (json: Uint8Array, isAscii: boolean) => string;

/** How a text stands in its line. */
export interface TextForm {
  readonly isAscii: boolean;
  /** Whether it is as canonical JSON has it. */
  readonly isCanonical: boolean;
  readonly read: ReadText;
}

/** A text in the bytes of its line, as JSON without its quotes; it becomes a string when it is asked for. */
export class UnreadText {
  readonly #line: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #form: TextForm;

  constructor(line: Uint8Array, start: number, end: number, form: TextForm) {
    this.#line = line;
    this.#start = start;
    this.#end = end;
    this.#form = form;
  }

  /** Its UTF-8 in canonical JSON, without its quotes, or `null` where it is in other JSON. */
  json(): Uint8Array | null {
    return this.#form.isCanonical ? this.#bytes() : null;
  }

  /** The text; read anew each time. */
  text(): string {
    const { isAscii, isCanonical, read } = this.#form;
    if (isCanonical) return read(this.#bytes(), isAscii);
    return JSON.parse(`"${Buffer.from(this.#bytes()).toString('utf8')}"`) as string;
  }

  /** Parts of a `Buffer` take three times as long to make. */
  #bytes(): Uint8Array {
    const { buffer, byteOffset } = this.#line;
    return new Uint8Array(buffer, byteOffset + this.#start, this.#end - this.#start);
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
