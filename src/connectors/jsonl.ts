import { DataError } from '../domain/errors.js';
import type { SourceObject } from '../domain/manifest.js';
import { decompressed } from '../formats/decompress.js';
import { arrayElementsOrLines } from '../formats/json-array.js';
import { lines, type Line } from '../formats/lines.js';
import type { Connector, ConnectorOptions, QuarantinedLine, RawRecord } from './connector.js';
import { readLogFields, type LogFields } from './log-fields.js';
import {
  assertUnchanged,
  listLogFiles,
  listUnknownFiles,
  logFilePath,
  readLogFile,
} from './log-files.js';
import { readLogLine } from './log-line.js';
import { mayHoldArray } from './log-names.js';

/** Ends of a file that make what follows unreadable; the place is quarantined, the rest was read. */
const BROKEN_ENDS = [
  'truncated-archive',
  'corrupt-archive',
  'unsupported-archive',
  'unterminated-array',
];

/**
 * Logs in files with one JSON object per line, or one JSON array of them per `.json` file. The default
 * shape is OpenAI's, request and response side by side:
 *
 * `{id?, timestamp, request: {model, messages}, response: {choices: [{message}]}, user_id?, tenant?,
 * session_id? | conversation_id?, consent?, feedback?: [{name, kind, surface?, verdict?, value?,
 * correction?, at?}]}`; `messages` that end in the answer, `prompt` and `completion`, or `input` and
 * `output` at the top are understood too. Anything else is said by `fields` (see `log-fields.ts`).
 * @throws ConfigError for a mapping that can't be.
 */
export function createJsonlConnector(options: ConnectorOptions): Connector {
  const fields = readLogFields(options.fields);
  return {
    list: () => listLogFiles(options.path),
    unknown: () => listUnknownFiles(options.path),
    read: (object) => read(object, fields, options),
  };
}

async function* read(
  object: SourceObject,
  fields: LogFields,
  options: ConnectorOptions,
): AsyncGenerator<RawRecord | QuarantinedLine, void, undefined> {
  const { uri } = object;
  const file = await logFilePath(options.path, uri);
  const seen = { bytes: 0, line: 0, next: 0 };
  const bytes = counted(decompressed(uri, readLogFile(file, object)), (length) => {
    seen.bytes += length;
  });
  try {
    for await (const line of split(uri, bytes, options)) {
      seen.line = line.line;
      seen.next = line.next;
      const position = { uri, line: line.line, offset: line.offset, length: line.length };
      if (!isBlank(line)) yield readLogLine(line.bytes, position, fields);
    }
  } catch (error) {
    if (!(error instanceof DataError) || !BROKEN_ENDS.includes(error.code)) throw error;
    await assertUnchanged(file, object);
    const length = seen.bytes - seen.next;
    const position = { uri, line: seen.line + 1, offset: seen.next, length };
    yield { kind: 'quarantined', position, reason: error.code };
  }
}

function split(
  uri: string,
  bytes: AsyncIterable<Uint8Array>,
  options: ConnectorOptions,
): AsyncIterable<Line> {
  return mayHoldArray(uri) ? arrayElementsOrLines(bytes, options) : lines(bytes, options);
}

/** White space only, as JSON has it; such a line is none. */
function isBlank({ bytes }: Line): boolean {
  return bytes !== null && bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    onBytes(chunk.length);
    yield chunk;
  }
}
