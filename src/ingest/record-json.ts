import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, ToolDefinition } from '../domain/record.js';

/**
 * The JSON of what a record's content is made of, and of the whole. Its parts are as canonical JSON has them only where
 * the members of messages, tool calls and signals stand in its order, which is that of their names.
 */
export interface ContentJson {
  readonly messages: string;
  readonly output: string;
  readonly signals: string;
  readonly whole: string;
}

type Content = Pick<CanonicalRecord, 'messages' | 'output' | 'signals' | 'consent'> & {
  readonly quality: number | undefined;
};
type Call = Pick<CanonicalRecord, 'time' | 'tenant' | 'userKeyHash' | 'conversationId' | 'model'>;

export function contentJson(content: Content): ContentJson {
  const { consent, quality } = content;
  const messages = JSON.stringify(content.messages);
  const output = JSON.stringify(content.output);
  const signals = JSON.stringify(content.signals);
  const rated = quality === undefined ? '' : `"quality":${canonicalJson(quality)},`;
  const whole =
    `{"consent":"${consent}","messages":${messages},"output":${output},` +
    `${rated}"signals":${signals}}`;
  return { messages, output, signals, whole };
}

/** What the id of a record is the digest of, where its log has none: where it was found, and what it is. */
export function identityJson(log: string, call: Call, { messages, output }: ContentJson): string {
  const { time, tenant, userKeyHash, conversationId, model } = call;
  return (
    `{"conversationId":${hex(conversationId)},"log":${JSON.stringify(log)},"messages":${messages},` +
    `"model":${JSON.stringify(model)},"output":${output},"tenant":${JSON.stringify(tenant)},` +
    `"time":"${time}","userKeyHash":${hex(userKeyHash)}}`
  );
}

/** The canonical JSON of a record whose form is right, in which its content is as it was made. */
export function recordJson(record: CanonicalRecord, content: ContentJson): string {
  const { quality, surface, finishReason, imagesLeftOut, faults, tools } = record;
  return (
    `{${record.asksForJson === true ? '"asksForJson":true,' : ''}` +
    `${record.cached === true ? '"cached":true,' : ''}"consent":"${record.consent}",` +
    `"contentDigest":"${record.contentDigest}","conversationId":${hex(record.conversationId)},` +
    `${faults === undefined ? '' : `"faults":${JSON.stringify(faults)},`}` +
    `${finishReason === undefined ? '' : `"finishReason":"${finishReason}",`}` +
    `"id":${JSON.stringify(record.id)},` +
    `${imagesLeftOut === undefined ? '' : `"imagesLeftOut":${imagesLeftOut},`}` +
    `"messages":${content.messages},"model":${JSON.stringify(record.model)},` +
    `"output":${content.output},"position":${positionJson(record.position)},` +
    `${quality === undefined ? '' : `"quality":${canonicalJson(quality)},`}` +
    `"redactions":${canonicalJson(record.redactions)},"signals":${content.signals},` +
    `${surface === undefined ? '' : `"surface":"${surface}",`}` +
    `"tenant":${JSON.stringify(record.tenant)},"time":"${record.time}",` +
    `${tools === undefined ? '' : `"tools":${toolsJson(tools)},`}` +
    `"userKeyHash":${hex(record.userKeyHash)},"v":1}`
  );
}

/** By list, since one is shared by all records that were offered the same tools. */
const writtenTools = new WeakMap<readonly ToolDefinition[], string>();

function toolsJson(tools: readonly ToolDefinition[]): string {
  const json = writtenTools.get(tools) ?? canonicalJson(tools);
  writtenTools.set(tools, json);
  return json;
}

function positionJson({ uri, line, offset, length, item }: CanonicalRecord['position']): string {
  const first = item === undefined ? '' : `"item":${item},`;
  return `{${first}"length":${length},"line":${line},"offset":${offset},"uri":${JSON.stringify(uri)}}`;
}

/** Of what needs no escapes. */
function hex(digest: string | null): string {
  return digest === null ? 'null' : `"${digest}"`;
}
