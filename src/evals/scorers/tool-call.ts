import { z } from 'zod';
import { canonicalJson } from '../../domain/json.js';
import type { AnswerScorer } from './answer-scorer.js';

const call = z.object({
  name: z.string().min(1),
  arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).default({}),
});
const calls = z.union([call.transform((one) => [one]), z.array(call)]);

/**
 * The reference is a call or a list of them, `{name, arguments}` in JSON; `[]` wants none. An answer is right that makes
 * exactly these, in any order, with arguments of the same value.
 */
export const toolCallScorer: AnswerScorer = {
  complaint: ({ reference }) =>
    expectedCalls(reference) === null ? 'the reference is no call of a tool in JSON' : null,
  isRight: ({ toolCalls }, { reference }) => {
    const expected = expectedCalls(reference);
    if (expected?.length !== toolCalls.length) return false;
    const given = toolCalls.map((each) => keyOf(each.name, each.arguments)).sort();
    return given.every((key, index) => key === expected[index]);
  },
};

/** The calls of a reference as keys, sorted. */
function expectedCalls(reference: string): readonly string[] | null {
  try {
    const { data } = calls.safeParse(JSON.parse(reference));
    return data?.map((each) => keyOf(each.name, each.arguments)).sort() ?? null;
  } catch {
    return null;
  }
}

/** Equal for calls of one tool with equal arguments, however these are written. */
function keyOf(name: string, given: unknown): string {
  return canonicalJson([name, typeof given === 'string' ? valueOf(given) : given]);
}

/** What a text of JSON says; one that is none stands for itself, apart from every value. */
function valueOf(text: string): unknown {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return { unreadable: text };
  }
}
