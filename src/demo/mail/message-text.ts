import { decodeBody, stripHtml } from './decode-text.js';
import { header, splitMessage } from './message-source.js';
import type { MessageSource } from './message-source.js';

/** Parts in parts in parts: no honest message goes deeper. */
const MAXIMUM_DEPTH = 8;

interface ContentType {
  /** e.g. `text/plain`, lower case. */
  readonly type: string;
  readonly charset: string;
  readonly boundary: string | null;
}

function parameter(value: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value);
  return match === null ? null : (match[1] ?? match[2] ?? '');
}

function contentType(part: MessageSource): ContentType {
  const value = header(part.headers, 'content-type');
  const type = /^[^\s;]+\/[^\s;]+/.exec(value)?.[0].toLowerCase() ?? 'text/plain';
  return {
    type,
    charset: parameter(value, 'charset') ?? 'latin1',
    boundary: parameter(value, 'boundary'),
  };
}

/** The parts between the boundary's lines; a message whose last boundary is missing ends with its text. */
function partsOf(body: string, boundary: string): readonly MessageSource[] {
  const parts: string[][] = [];
  for (const line of body.split('\n')) {
    const trimmed = line.trimEnd();
    if (trimmed === `--${boundary}--`) break;
    if (trimmed === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => splitMessage(lines.join('\n')));
}

function multipartText(
  part: MessageSource,
  { type, boundary }: ContentType,
  depth: number,
): string {
  const parts = partsOf(part.body, boundary ?? '');
  if (type !== 'multipart/alternative') {
    return parts.map((inner) => textOf(inner, depth + 1)).join('\n');
  }
  const plain = parts.find((inner) => contentType(inner).type === 'text/plain');
  const shown = plain ?? parts.at(-1);
  return shown === undefined ? '' : textOf(shown, depth + 1);
}

/**
 * What a reader sees of a message or part: its `text/*` parts, decoded, HTML without its tags. Of
 * alternatives the plain one is taken; attachments are passed over.
 */
export function textOf(part: MessageSource, depth = 0): string {
  const content = contentType(part);
  if (content.type.startsWith('multipart/') && content.boundary !== null) {
    return depth < MAXIMUM_DEPTH ? multipartText(part, content, depth) : '';
  }
  if (!content.type.startsWith('text/')) return '';
  const encoding = header(part.headers, 'content-transfer-encoding');
  const text = decodeBody(part.body, encoding, content.charset).replaceAll('\r\n', '\n');
  const isHtml = content.type === 'text/html' || /^\s*<(?:!doctype|html)/i.test(text);
  return isHtml ? stripHtml(text) : text;
}
