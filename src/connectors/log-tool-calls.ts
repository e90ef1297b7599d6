import type { ToolCall } from '../domain/record.js';
import { valueAt } from './field-path.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

/** Arguments nested deeper than this are no tool's; writing them as text could exhaust the stack. */
export const MAXIMUM_DEPTH = 500;

const FUNCTION_CALL = ['function_call'] as const;
const NONE: readonly ToolCall[] = [];

/**
 * A message's tool calls: OpenAI's `tool_calls`, with `arguments` as JSON text or as an object, the older
 * `function_call`, or an object of arguments by tool, `{look_up: {id: 7}}`. `calls` is what stands at the
 * mapping's path. A call without an id is numbered.
 * @throws UnreadableLine `problem` for any other shape.
 */
export function readToolCalls(
  message: object,
  calls: unknown,
  problem: LineReason,
): readonly ToolCall[] {
  if (calls !== undefined && calls !== null) {
    if (typeof calls !== 'object') throw new UnreadableLine(problem);
    const list: readonly unknown[] = Array.isArray(calls) ? calls : byTool(calls);
    return list.map((call, index) => readToolCall(call, `call_${index}`, problem));
  }
  const single = valueAt(message, FUNCTION_CALL) ?? null;
  return single === null ? NONE : [readToolCall(single, 'call_0', problem)];
}

function byTool(calls: object): readonly unknown[] {
  return Object.entries(calls).map(([name, args]) => ({ name, arguments: args as unknown }));
}

/**
 * One call; name and arguments stand below `function` or beside the id. It may itself be JSON text.
 * @throws UnreadableLine `problem` for any other shape.
 */
export function readToolCall(given: unknown, id: string, problem: LineReason): ToolCall {
  const call = typeof given === 'string' ? parsed(given, problem) : given;
  const named = valueAt(call, ['function']) ?? call;
  const name = valueAt(named, ['name']);
  const args = valueAt(named, ['arguments']) ?? valueAt(named, ['input']);
  const ownId = valueAt(call, ['id']) ?? valueAt(call, ['call_id']);
  if (typeof name !== 'string' || isDeeperThan(args, MAXIMUM_DEPTH)) {
    throw new UnreadableLine(problem);
  }
  return {
    id: typeof ownId === 'string' && ownId !== '' ? ownId : id,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
  };
}

function parsed(text: string, problem: LineReason): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableLine(problem);
  }
}

/** Whether lists and objects lie more than so many levels within each other. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
