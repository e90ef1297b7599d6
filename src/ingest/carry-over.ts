import type { RawRecord } from '../connectors/connector.js';
import { canonicalJson } from '../domain/json.js';
import { exampleContent } from '../domain/example-content.js';
import type { EarlierTurn, Example, Message, RejectedAnswer } from '../domain/record.js';
import type { Conversation } from './conversation-history.js';
import { sha256Of } from './digests.js';
import { redactJsonText } from './json-text.js';
import { redactTool } from './offered-tools.js';
import { type KnownContent, wasRead } from './known-contents.js';
import {
  createRecordEncoder,
  type EncodedRecord,
  identifierOf,
  messageTexts,
  redactMessage,
} from './record.js';
import type { Redacted, Redactor } from './redaction.js';

/** Makes what earlier windows wrote with other redactors what this window would have written, as far as it can be. */
export interface CarryOver {
  /** A record's id; what is personal data by now is hashed, as it is in ids that are read now. */
  readonly id: (id: string) => string;
  readonly example: (example: Example) => Example;
  readonly conversation: (conversation: Conversation) => Conversation;
}

/** Carries over to a redactor; `key` is what ids are hashed with. */
export function createCarryOver(redactor: Redactor, key: string): CarryOver {
  const id = (each: string): string => identifierOf('id', each, redactor, key);
  return {
    id,
    example: (example) => ({
      ...redactedAgain(example, redactor),
      id: id(example.id),
      ...(example.recordId !== undefined && { recordId: id(example.recordId) }),
    }),
    conversation: ({ id: own, calls, holds, ...rest }) => ({
      ...rest,
      id: id(own),
      calls: calls.map((call) => ({ ...call, turn: turnAgain(call.turn, redactor, id) })),
      ...(holds !== undefined && { holds: holds.map(id) }),
    }),
  };
}

/** An earlier call's turn: its id, and the corrections of its answer, which are texts. */
function turnAgain(turn: EarlierTurn, redactor: Redactor, id: (id: string) => string): EarlierTurn {
  const signals = turn.signals.map((signal) => {
    const { correction } = signal;
    return correction === null
      ? signal
      : { ...signal, correction: redactor.redact(correction).text };
  });
  return { ...turn, callId: id(turn.callId), signals };
}

/** An example after a further redactor; it has another content's digest only where something is replaced. */
export function redactedAgain(example: Example, redactor: Redactor): Example {
  const answer = example.answer ?? '';
  const { toolCalls = [], tools = [], rejected } = example;
  const last: Message = { role: 'assistant', content: answer, toolCalls };
  const other: readonly Message[] =
    rejected === undefined ? [] : [{ role: 'assistant', ...rejected }];
  const texts = [...example.messages, last, ...other].flatMap(messageTexts);
  const conversation = redactor.conversation(texts);
  let isChanged = false;
  const textOf = ({ text, counts }: Redacted): string => {
    if (Object.keys(counts).length > 0) isChanged = true;
    return text;
  };
  const redact = (text: string): string => textOf(conversation.redact(text));
  const redactJson = (text: string): string => textOf(redactJsonText(text, conversation));
  const messages = example.messages.map((message) => redactMessage(message, redact, redactJson));
  const redactedAnswer = example.answer === null ? null : redactJson(answer);
  const calls = redactMessage({ ...last, content: '' }, redact, redactJson).toolCalls ?? [];
  const [otherAgain] = other.map((message) => redactMessage(message, redact, redactJson));
  const offered = tools.map((tool) => redactTool(tool, redact, redactJson));
  if (!isChanged) return example;
  const content = {
    messages,
    answer: redactedAnswer,
    ...(example.toolCalls !== undefined && { toolCalls: calls }),
    ...(example.tools !== undefined && { tools: offered }),
    ...(otherAgain !== undefined && { rejected: rejectedOf(otherAgain) }),
  };
  const redacted = { ...example, ...content };
  return { ...redacted, contentDigest: sha256Of(canonicalJson(exampleContent(redacted))) };
}

function rejectedOf({ content, toolCalls }: Message): RejectedAnswer {
  return { content, ...(toolCalls !== undefined && { toolCalls }) };
}

export interface RecognitionOptions {
  /** What the chain knows, by ids that were carried over. */
  readonly known: ReadonlyMap<string, KnownContent>;
  readonly redactor: Redactor;
  /** The other redactors that records of the chain went through. */
  readonly earlier: readonly Redactor[];
  readonly key: string;
}

/**
 * Makes records of lines, and knows those again that the chain has from another redactor: such a record has the
 * id that it had then, and where its line is what it was, the content's digest of then too, so that it counts as seen.
 */
export function createRecordMaker({
  known,
  redactor,
  earlier,
  key,
}: RecognitionOptions): (raw: RawRecord) => EncodedRecord {
  const encoder = createRecordEncoder(redactor, key);
  if (earlier.length === 0) return encoder.encode;
  const before = earlier.map((by) => ({ by, encoder: createRecordEncoder(by, key) }));
  const carried = createCarryOver(redactor, key);
  return (raw) => {
    const encoded = encoder.encode(raw);
    const { record } = encoded;
    if (wasRead(known.get(record.id), record.contentDigest)) return encoded;
    let id = record.id;
    for (const each of before) {
      if (!mayBeKnown(raw, each.by)) continue;
      const older = each.encoder.encode(raw).record;
      const olderId = carried.id(older.id);
      const content = known.get(olderId);
      if (wasRead(content, older.contentDigest)) {
        return encoder.identifiedAs(encoded, { id: olderId, contentDigest: older.contentDigest });
      }
      if (content !== undefined && !known.has(id)) id = olderId;
    }
    const { contentDigest } = record;
    return id === record.id ? encoded : encoder.identifiedAs(encoded, { id, contentDigest });
  };

  /** Most lines have an id of their own and are new: those need not be redacted again. */
  function mayBeKnown({ externalId }: RawRecord, by: Redactor): boolean {
    if (externalId === null || externalId === '') return true;
    return known.has(carried.id(identifierOf('id', externalId, by, key)));
  }
}
