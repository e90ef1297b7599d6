import { createOpenAIConnector } from '../../src/connectors/openai.js';
import type { Call, Part, Turn } from './calls.js';
import { type LogFormat, deepLine, idOf } from './connector.js';

const GOOD = {
  id: 'x',
  timestamp: '2026-02-10T00:00:00Z',
  request: { messages: [{ role: 'user', content: 'secret' }] },
  response: { choices: [{ message: { role: 'assistant', content: 'hush' } }] },
};

/** How applications log their calls. */
export const openaiFormat: LogFormat = {
  create: createOpenAIConnector,
  fields: {},
  hasTables: true,
  deep: [
    deepLine({ ...GOOD, request: { messages: [{ role: 'tool', content: '@' }] } }),
    'too-deep',
  ],
  write: (calls) => ({
    files: { 'calls-2026-02-10': calls.map(rowOf) },
    lines: calls.length,
  }),
  wrong: [
    [{ ...GOOD, timestamp: '99999-01-01' }, 'invalid-time'],
    [{ ...GOOD, timestamp: 1e300 }, 'invalid-time'],
    [{ ...GOOD, request: { messages: { secret: 1 } } }, 'invalid-messages'],
    [{ ...GOOD, response: { choices: [{ message: 7 }] } }, 'invalid-output'],
    [{ ...GOOD, user_id: { secret: 1 } }, 'invalid-user'],
  ],
};

/** Times are written in every form there is, and arguments as text or as an object, in turn. */
function rowOf(call: Call, index: number): object {
  const instant = Date.parse(call.time);
  const times = [
    instant / 1_000,
    call.time,
    String(instant).padStart(9, '0'),
    '2026-02-11T05:30:00+05:30',
  ];
  const message = (turn: Turn): object => messageOf(turn, index % 2 === 0);
  return {
    id: idOf(call),
    timestamp: index === 2 ? call.time : times[index % times.length],
    user_id: call.user,
    session_id: call.conversation,
    environment: call.environment,
    request: { model: call.model, messages: call.messages.map(message) },
    response: {
      id: 'chatcmpl-1',
      choices: [{ index: 0, message: message(call.answer), finish_reason: call.finish }],
      usage: { total_tokens: 7 },
    },
    feedback: call.thumbs.map(({ up, at }) => ({ name: 'thumbs', value: up, at })),
  };
}

function messageOf({ role, parts }: Turn, hasTextArguments: boolean): object {
  const calls = parts.flatMap((part) => (part.kind === 'call' ? [part] : []));
  const [result] = parts.flatMap((part) => (part.kind === 'result' ? [part] : []));
  if (result !== undefined) return { role, tool_call_id: result.id, content: result.text };
  const contents = parts.flatMap(contentOf);
  const [only] = contents;
  const isText = contents.length === 1 && only?.type === 'text';
  return {
    role,
    content: contents.length === 0 ? null : isText ? only.text : contents,
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, args }) => ({
        id,
        type: 'function',
        function: { name, arguments: hasTextArguments ? JSON.stringify(args) : args },
      })),
    }),
  };
}

function contentOf(part: Part): { readonly type: string; readonly text?: string }[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image':
      return [{ type: 'image_url', ...{ image_url: { url: 'data:image/png;base64,aGk=' } } }];
    case 'thought':
    case 'call':
    case 'result':
      return [];
  }
}
