import { type Example, promptText } from '../domain/record.js';
import type { DedupePolicy } from '../domain/shingle.js';
import { normalise } from '../text/normalise.js';
import { answerPrint, toolCallsKey } from './answers.js';
import { type Fold, type FoldItem, foldDuplicates } from './fold.js';

/** Kept examples that ask the same and answer otherwise; two ids at least, sorted. */
export interface Conflict {
  readonly ids: readonly string[];
}

export interface DedupedExamples {
  /** Sorted by id. */
  readonly kept: readonly Example[];
  /** Sorted by id. */
  readonly dropped: readonly Fold[];
  readonly conflicts: readonly Conflict[];
}

/** From the answer that is worth most to the one that is worth least. */
const ORIGINS: readonly Example['answerOrigin'][] = [
  'independent',
  'edited',
  'confirmed',
  'judge',
  'model',
];

interface ExampleItem extends FoldItem {
  readonly example: Example;
}

/**
 * Folds duplicates among examples: exact on the content's digest, near when the prompts are near and the
 * answers equal or, as free text, near. Of two the better answer survives (independent, edited,
 * confirmed, judge, model), then the newer, then the smaller digest. Other tool calls are other examples.
 */
export function dedupeExamples(
  examples: readonly Example[],
  policy: DedupePolicy,
): DedupedExamples {
  const items = examples.map((example): ExampleItem => ({
    id: example.id,
    digest: example.contentDigest,
    prompt: promptText(example.messages),
    answer: example.answer,
    toolCalls: toolCallsKey(example.messages),
    example,
  }));
  const { kept, dropped } = foldDuplicates(items, policy, bySurvival);
  return {
    kept: kept.map((item) => item.example).sort(byId),
    dropped: [...dropped].sort(byId),
    conflicts: conflictsAmong(kept),
  };
}

function bySurvival(a: ExampleItem, b: ExampleItem): number {
  const origin = ORIGINS.indexOf(a.example.answerOrigin) - ORIGINS.indexOf(b.example.answerOrigin);
  if (origin !== 0) return origin;
  return a.example.time > b.example.time ? -1 : a.example.time < b.example.time ? 1 : 0;
}

/** Groups of kept items with one prompt after normalisation and more than one answer. */
export function conflictsAmong(kept: readonly FoldItem[]): readonly Conflict[] {
  const groups = new Map<string, FoldItem[]>();
  for (const item of kept) {
    const prompt = normalise(item.prompt).text;
    if (prompt === '') continue;
    const group = groups.get(prompt);
    if (group === undefined) groups.set(prompt, [item]);
    else group.push(item);
  }
  return [...groups.values()]
    .filter((group) => answerCount(group) > 1)
    .map((group) => ({ ids: group.map((item) => item.id).sort() }))
    .sort((a, b) => ((a.ids[0] ?? '') < (b.ids[0] ?? '') ? -1 : 1));
}

function answerCount(group: readonly FoldItem[]): number {
  return new Set(group.map((item) => answerPrint(item.answer).key)).size;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
