import { createHash } from 'node:crypto';
import type { Example, Message } from '../domain/record.js';
import { estimateTokens } from '../domain/tokens.js';

/** A training row as it stands in a prompt. */
export interface PromptExample {
  /** The row's. */
  readonly id: string;
  /** Its turns without a system prompt, the answer last. */
  readonly turns: readonly Message[];
  /** An estimate of what they come to. */
  readonly tokens: number;
}

/** What a single row may take of all that the rows of a prompt may. */
const LARGEST_SHARE = 1 / 4;

/**
 * Chooses at most `count` rows of a release for a prompt, never more than `maximumTokens` of them together. Of each answer
 * one row comes first, the commonest answers before the others, then a second of each, and so on; among rows of one answer
 * the order is that of SHA-256 of release and id. Rows that don't fit are passed over. The first rows of a longer choice
 * are the shorter one, so that prompts begin alike. Rows that call tools are no examples: not every prompt offers theirs.
 */
export function chooseExamples(
  rows: readonly Example[],
  release: string,
  { count, maximumTokens }: { readonly count: number; readonly maximumTokens: number },
): readonly PromptExample[] {
  const chosen: PromptExample[] = [];
  let left = maximumTokens;
  for (const row of inRounds(rows.filter(isShowable), release)) {
    if (chosen.length >= count) break;
    const example = shown(row);
    if (example.tokens > Math.min(left, maximumTokens * LARGEST_SHARE)) continue;
    chosen.push(example);
    left -= example.tokens;
  }
  return chosen;
}

/** The sizes of prompts that can be made where `available` rows were chosen: rising, each once, none empty. */
export function promptSizes(wanted: readonly number[], available: number): readonly number[] {
  const sizes = new Set(wanted.map((count) => Math.min(count, available)));
  return [...sizes].filter((size) => size > 0).sort((a, b) => a - b);
}

/** A prompt with examples as turns behind its system prompt. */
export function withExamples(
  messages: readonly Message[],
  examples: readonly PromptExample[],
): readonly Message[] {
  const opening = messages.findIndex(({ role }) => role !== 'system');
  const start = opening === -1 ? messages.length : opening;
  const turns = examples.flatMap((example) => example.turns);
  return [...messages.slice(0, start), ...turns, ...messages.slice(start)];
}

type Showable = Example & { readonly answer: string };

function isShowable(row: Example): row is Showable {
  const { answer, messages, toolCalls = [] } = row;
  if (answer === null || answer === '' || toolCalls.length > 0) return false;
  return messages.every((message) => message.role !== 'tool' && message.toolCalls === undefined);
}

function shown({ id, messages, answer }: Showable): PromptExample {
  const asked = messages.filter(({ role }) => role !== 'system');
  const turns: readonly Message[] = [...asked, { role: 'assistant', content: answer }];
  return { id, turns, tokens: estimateTokens(turns) };
}

/** The first row of each answer, then the second of each: rarer answers behind commoner ones. */
function inRounds(rows: readonly Showable[], release: string): readonly Showable[] {
  const byAnswer = new Map<string, Showable[]>();
  for (const row of inOrderOfDigests(rows, release)) {
    const same = byAnswer.get(row.answer);
    if (same === undefined) byAnswer.set(row.answer, [row]);
    else same.push(row);
  }
  // Sorting is stable: answers that are as common stay in the order of their first rows.
  const answers = [...byAnswer.values()].sort((a, b) => b.length - a.length);
  return answers
    .flatMap((same, place) => same.map((row, round) => ({ row, round, place })))
    .sort((a, b) => a.round - b.round || a.place - b.place)
    .map(({ row }) => row);
}

function inOrderOfDigests(rows: readonly Showable[], release: string): readonly Showable[] {
  const digest = (id: string): string =>
    createHash('sha256').update(`${release}\n${id}`).digest('hex');
  return rows
    .map((row) => ({ row, rank: digest(row.id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ row }) => row);
}
