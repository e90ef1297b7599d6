import type { ToolCall } from '../domain/record.js';
import { valueAt } from './field-path.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

/** Arguments nested deeper than this are no tool's; writing them as text could exhaust the stack. */
const MAXIMUM_DEPTH = 500;

/**
 * A message's tool calls: OpenAI's `tool_calls`, with `arguments` as JSON text or as an object, or the
 * older `function_call`. A call without an id is numbered.
 * @throws UnreadableLine `problem` for any other shape.
 */
export function readToolCalls(message: object, problem: LineReason): readonly ToolCall[] {
  const calls = valueAt(message, ['tool_calls']) ?? null;
  if (calls !== null) {
    if (!Array.isArray(calls)) throw new UnreadableLine(problem);
    return calls.map((call: unknown, index) => readToolCall(call, `call_${index}`, problem));
  }
  const single = valueAt(message, ['function_call']) ?? null;
  return single === null ? [] : [readToolCall(single, 'call_0', problem)];
}

/** Name and arguments stand below `function` or beside the id. */
function readToolCall(call: unknown, id: string, problem: LineReason): ToolCall {
  const named = valueAt(call, ['function']) ?? call;
  const name = valueAt(named, ['name']);
  const args = valueAt(named, ['arguments']);
  const ownId = valueAt(call, ['id']);
  if (typeof name !== 'string' || isDeeperThan(args, MAXIMUM_DEPTH)) {
    throw new UnreadableLine(problem);
  }
  return {
    id: typeof ownId === 'string' && ownId !== '' ? ownId : id,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
  };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
