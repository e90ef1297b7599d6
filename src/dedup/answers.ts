import { canonicalJson } from '../domain/json.js';
import type { Message } from '../domain/record.js';
import type { DedupePolicy } from '../domain/shingle.js';
import { createKernel } from '../text/kernel.js';
import { normalise } from '../text/normalise.js';
import { type NearMeasure, createNearMeasure } from './near-similarity.js';

/** An answer as answers are compared. Two with one key are equal. */
export interface AnswerPrint {
  readonly key: string;
  /** The answer where it is free text, which may also be near; else `null`. */
  readonly freeText: string | null;
}

/**
 * `null` equals `null`, JSON objects and arrays are equal by their canonical form and never near (two tool
 * calls with other arguments are two answers), anything else is free text, equal after normalisation.
 */
export function answerPrint(answer: string | null): AnswerPrint {
  if (answer === null) return { key: 'none', freeText: null };
  const structured = structuredKey(answer);
  if (structured !== null) return { key: `json:${structured}`, freeText: null };
  return { key: `text:${normalise(answer).text}`, freeText: answer };
}

/** Whether two answers are equal, or free texts that are near by the policy's own threshold for answers. */
export function createAnswerMatch({
  shingle,
  answerThreshold: threshold,
}: DedupePolicy): (a: AnswerPrint, b: AnswerPrint) => boolean {
  let measure: NearMeasure | null = null;
  return (a, b) => {
    if (a.key === b.key) return true;
    if (threshold >= 1 || a.freeText === null || b.freeText === null) return false;
    measure ??= createNearMeasure({ shingle, threshold }, createKernel());
    return measure(a.freeText, b.freeText) > 0;
  };
}

/** Every tool call of the messages, in order, with canonical arguments; empty where there is none. */
export function toolCallsKey(messages: readonly Message[]): string {
  const calls = messages.flatMap((message) => message.toolCalls ?? []);
  if (calls.length === 0) return '';
  return canonicalJson(
    calls.map((call) => [call.name, structuredKey(call.arguments) ?? call.arguments]),
  );
}

/**
 * Options as they are compared: a set, but in their order where an answer is given that is none of them, since it
 * may name one by its place. Never empty.
 */
export function optionsKey(options: readonly string[], answer: string | null = null): string {
  const texts = options.map((option) => normalise(option).text);
  const isPlace = answer !== null && !texts.includes(normalise(answer).text);
  return canonicalJson(isPlace ? texts : texts.toSorted());
}

function structuredKey(text: string): string | null {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return null;
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return null;
  }
}
