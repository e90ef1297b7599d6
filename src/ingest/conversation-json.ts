import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Signal } from '../domain/record.js';

const BEGINNING = '{"calls":[';
/** Within a string a quotation mark has a backslash before it, so that the last one of these is a call's end. */
const END = '],"id":"';

/**
 * What the chain is to remember of a call that stands alone: the canonical JSON of a `Conversation` of nothing else. Its
 * call is what `loggedCall` gives, written by hand, since every call of every log has one.
 */
export function conversationOfOne(record: CanonicalRecord, transcript: string): string {
  const id = JSON.stringify(record.id);
  return (
    `${BEGINNING}{"contentDigest":"${record.contentDigest}","transcript":"${transcript}",` +
    `"turn":${turnJson(record, id)}}${END.slice(0, -1)}${id}}`
  );
}

/** The JSON of the one call of what `conversationOfOne` gave. */
export function callOfOne(conversation: Uint8Array): string {
  const bytes = Buffer.from(conversation.buffer, conversation.byteOffset, conversation.length);
  return bytes.toString('utf8', BEGINNING.length, bytes.lastIndexOf(END));
}

/** The canonical JSON of a `Conversation` whose calls are canonical JSON already. */
export function conversationJson(
  id: string,
  calls: readonly string[],
  holds: readonly string[],
): string {
  const others = holds.length === 0 ? '' : `"holds":${canonicalJson(holds)},`;
  return `{"calls":[${calls.join(',')}],${others}"id":${canonicalJson(id)}}`;
}

/** What a call says of its answer, an `EarlierTurn`. */
function turnJson(record: CanonicalRecord, id: string): string {
  const { cached, consent, faults, finishReason, messages, model, quality, surface } = record;
  return (
    `{${cached === undefined ? '' : `"cached":${cached},`}"callId":${id},"consent":"${consent}",` +
    `${faults === undefined ? '' : `"faults":${JSON.stringify(faults)},`}` +
    `${finishReason === undefined ? '' : `"finishReason":"${finishReason}",`}` +
    `"message":${messages.length},"model":${JSON.stringify(model)},` +
    `${quality === undefined ? '' : `"quality":${canonicalJson(quality)},`}` +
    `"signals":${signalsJson(record.signals)},` +
    `${surface === undefined ? '' : `"surface":"${surface}",`}"time":"${record.time}"}`
  );
}

function signalsJson(signals: readonly Signal[]): string {
  let text = '[';
  for (const signal of signals) text += `${text === '[' ? '' : ','}${signalJson(signal)}`;
  return `${text}]`;
}

function signalJson({ at, correction, kind, name, surface, verdict }: Signal): string {
  return (
    `{"at":"${at}","correction":${JSON.stringify(correction)},"kind":"${kind}",` +
    `"name":${JSON.stringify(name)},"surface":"${surface}","verdict":"${verdict}"}`
  );
}
