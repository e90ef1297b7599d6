import type { DedupePolicy } from '../domain/shingle.js';
import { normalise } from '../text/normalise.js';
import { type AnswerPrint, answerPrint, answersMatch } from './answers.js';
import { type NearIndex, createNearIndex } from './near-index.js';

/** What is deduplicated: a prompt with its answer, whatever it came from. */
export interface FoldItem {
  readonly id: string;
  /** Digest of the canonical content: equal means exact duplicates. */
  readonly digest: string;
  readonly prompt: string;
  readonly answer: string | null;
  /** As `toolCallsKey` gives it; items with other tool calls are never duplicates. */
  readonly toolCalls: string;
}

/** A dropped item, the kept one that it was compared with, how near their prompts are, and by which rule. */
export interface Fold {
  readonly id: string;
  readonly keptId: string;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

export interface Folded<Item> {
  /** In the order of survival. */
  readonly kept: readonly Item[];
  /** In the order of survival too. */
  readonly dropped: readonly Fold[];
}

/**
 * Keeps one of every star of duplicates. Items are taken in the order of survival: `survivesBefore`, then
 * digest, then id, so that the order of arrival makes no difference. Each is folded into the nearest kept
 * item that it was itself compared with, or kept: two items that look alike only through a third stay.
 * An item without any text is nobody's duplicate.
 */
export function foldDuplicates<Item extends FoldItem>(
  items: readonly Item[],
  policy: DedupePolicy,
  survivesBefore: (a: Item, b: Item) => number,
): Folded<Item> {
  const ordered = [...items].sort(
    (a, b) => survivesBefore(a, b) || byCodeUnit(a.digest, b.digest) || byCodeUnit(a.id, b.id),
  );
  const stars = createStars<Item>(policy);
  const kept: Item[] = [];
  const dropped: Fold[] = [];
  for (const item of ordered) {
    const fold = stars.place(item);
    if (fold === null) kept.push(item);
    else dropped.push({ id: item.id, ...fold });
  }
  return { kept, dropped };
}

type FoldTarget = Omit<Fold, 'id'>;

interface Star<Item> {
  readonly item: Item;
  readonly answer: AnswerPrint;
  readonly order: number;
}

/** Kept items of one prompt, by tool calls and answer. */
type PromptStars<Item> = Map<string, Star<Item>>;

function createStars<Item extends FoldItem>(
  policy: DedupePolicy,
): { place(item: Item): FoldTarget | null } {
  const index: NearIndex = createNearIndex({
    shingle: policy.shingle,
    threshold: policy.promptThreshold,
  });
  const prompts = new Map<string, PromptStars<Item>>();
  const byDigest = new Map<string, FoldTarget>();
  let order = 0;

  function nearest(item: Item, answer: AnswerPrint): FoldTarget | null {
    let best: { readonly star: Star<Item>; readonly similarity: number } | null = null;
    for (const { id: prompt, similarity } of index.query(item.prompt)) {
      if (best !== null && similarity < best.similarity) break;
      const star = starFor(prompts.get(prompt), item, answer, policy);
      if (star !== null && (best === null || star.order < best.star.order)) {
        best = { star, similarity };
      }
    }
    if (best === null) return null;
    return { keptId: best.star.item.id, similarity: best.similarity, rule: 'near' };
  }

  function keep(item: Item, answer: AnswerPrint): void {
    order += 1;
    let stars = prompts.get(item.prompt);
    if (stars === undefined) {
      stars = new Map();
      prompts.set(item.prompt, stars);
      index.add(item.prompt, item.prompt);
    }
    stars.set(starKey(item, answer), { item, answer, order });
  }

  return {
    place(item) {
      if (isEmpty(item)) return null;
      const known = byDigest.get(item.digest);
      if (known !== undefined) return known;
      const answer = answerPrint(item.answer);
      const target = nearest(item, answer);
      if (target === null) keep(item, answer);
      byDigest.set(item.digest, target ?? { keptId: item.id, similarity: 1, rule: 'exact' });
      return target;
    },
  };
}

function starFor<Item extends FoldItem>(
  stars: PromptStars<Item> | undefined,
  item: Item,
  answer: AnswerPrint,
  policy: DedupePolicy,
): Star<Item> | null {
  if (stars === undefined) return null;
  const equal = stars.get(starKey(item, answer));
  if (equal !== undefined || policy.answerThreshold >= 1) return equal ?? null;
  for (const star of stars.values()) {
    const sameCalls = star.item.toolCalls === item.toolCalls;
    if (sameCalls && answersMatch(star.answer, answer, policy)) return star;
  }
  return null;
}

function starKey(item: FoldItem, answer: AnswerPrint): string {
  return `${item.toolCalls}\n${answer.key}`;
}

function isEmpty(item: FoldItem): boolean {
  if (normalise(item.prompt).text !== '') return false;
  return item.toolCalls === '' && normalise(item.answer ?? '').text === '';
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
