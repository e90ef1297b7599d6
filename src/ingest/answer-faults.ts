import type { RawRecord } from '../connectors/connector.js';
import type { AnswerFault, Message, ToolCall } from '../domain/record.js';
import { holdAgainstSchema } from '../formats/json-schema.js';

/**
 * What is wrong with an answer by what its request asked for, each fault once, in a fixed order. It is found before
 * redaction, since a placeholder fits no schema, and of the text nothing but the fault goes on.
 */
export function answerFaults({ output, jsonRequest, tools }: RawRecord): readonly AnswerFault[] {
  if (jsonRequest === undefined && tools === undefined) return NONE;
  const faults = new Set<AnswerFault>();
  const calls = output.toolCalls ?? [];
  if (jsonRequest !== undefined && calls.length === 0) {
    const fault = jsonFault(output, jsonRequest.schema);
    if (fault !== null) faults.add(fault);
  }
  if (tools !== undefined) {
    for (const call of calls) {
      const fault = callFault(call, tools);
      if (fault !== null) faults.add(fault);
    }
  }
  return [...faults].sort();
}

const NONE: readonly AnswerFault[] = [];

function jsonFault({ content }: Message, schema: unknown): AnswerFault | null {
  const value = parsed(content);
  if (value === undefined) return 'invalid-json';
  return schema === undefined ? null : schemaFault(value, schema, 'unfit-json');
}

function callFault(
  { name, arguments: text }: ToolCall,
  tools: NonNullable<RawRecord['tools']>,
): AnswerFault | null {
  const tool = tools.find((offered) => offered.name === name);
  if (tool === undefined) return 'unknown-tool';
  const value = text.trim() === '' ? {} : parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'unfit-arguments';
  return tool.parameters === undefined
    ? null
    : schemaFault(value, tool.parameters, 'unfit-arguments');
}

function schemaFault(value: unknown, schema: unknown, unfit: AnswerFault): AnswerFault | null {
  switch (holdAgainstSchema(value, schema)) {
    case 'fits':
      return null;
    case 'unfit':
      return unfit;
    case 'unusable':
      return 'unusable-schema';
  }
}

/** `undefined` is what no JSON is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
