import type { Connector, ConnectorOptions } from './connector.js';
import { readLogFields } from './log-fields.js';
import { readLogTurns } from './log-line.js';
import { ALL_LOGS } from './log-names.js';
import { openaiShapes } from './openai-shapes.js';
import { createRowConnector } from './row-connector.js';

/**
 * Logs with one call in each row. The default shape is OpenAI's, request and response side by side:
 *
 * `{id?, timestamp, request: {model, messages}, response: {choices: [{message}]}, user_id?, tenant?,
 * session_id? | conversation_id?, consent?, feedback?: [{name, kind, surface?, verdict?, value?,
 * correction?, at?}]}`; `messages` that end in the answer, `prompt` and `completion`, or `input` and
 * `output` at the top are understood too, and so are the records of NVIDIA's data flywheel and what LiteLLM
 * logs. Anything else is said by `fields` (see `log-fields.ts`).
 * @throws ConfigError for a mapping that can't be.
 */
export function createOpenAIConnector(options: ConnectorOptions): Connector {
  const fields = readLogFields(options.fields);
  const shapes = openaiShapes(fields);
  return createRowConnector(
    options,
    (row, position) => readLogTurns(row, position, fields),
    ALL_LOGS,
    shapes === null ? undefined : (line, position) => shapes.read(line, position),
  );
}
