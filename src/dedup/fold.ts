import type { DedupePolicy } from '../domain/shingle.js';
import { createKernel } from '../text/kernel.js';
import { normalise } from '../text/normalise.js';
import { type AnswerPrint, answerPrint, createAnswerMatch } from './answers.js';
import { createNearIndex } from './near-index.js';

/** What is deduplicated: a prompt with its answer, whatever it came from. */
export interface FoldItem {
  readonly id: string;
  /** Digest of the canonical content: equal means exact duplicates. */
  readonly digest: string;
  readonly prompt: string;
  readonly answer: string | null;
  /** The answer that conflicts are told by, where `answer` holds more than that. */
  readonly ownAnswer?: string | null;
  /** As `toolCallsKey` gives it; items with other tool calls are never duplicates. */
  readonly toolCalls: string;
  /** The same of the calls that are trained on, where there are any: items with others are in conflict. */
  readonly trainedCalls?: string;
}

/** A dropped item, the kept one that it was compared with, how near their prompts are, and by which rule. */
export interface FoldPair<Item> {
  readonly item: Item;
  readonly kept: Item;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

export interface Folded<Item> {
  /** In the order of survival. */
  readonly kept: readonly Item[];
  /** In the order of survival too. */
  readonly dropped: readonly FoldPair<Item>[];
  /** Items that look like so many others that they were compared with the likeliest of them only. */
  readonly cappedCount: number;
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
  const dropped: FoldPair<Item>[] = [];
  for (const item of ordered) {
    const target = stars.place(item);
    if (target === null) kept.push(item);
    else dropped.push({ item, ...target });
  }
  return { kept, dropped, cappedCount: stars.cappedCount() };
}

type Target<Item> = Omit<FoldPair<Item>, 'item'>;

interface Stars<Item> {
  place(item: Item): Target<Item> | null;
  cappedCount(): number;
}

function createStars<Item extends FoldItem>(policy: DedupePolicy): Stars<Item> {
  const { shingle, promptThreshold: threshold } = policy;
  const index = createNearIndex({ shingle, threshold }, { kernel: createKernel() });
  const answersMatch = createAnswerMatch(policy);
  /** Kept items and their answers by their number in the index. */
  const kept: { readonly item: Item; readonly answer: AnswerPrint }[] = [];
  const lists = new Map<string, number>();
  const byDigest = new Map<string, Target<Item>>();

  /** Only items of one list can be duplicates: those of equal tool calls and an answer that is equal or free text. */
  function listOf({ toolCalls }: Item, { key, freeText }: AnswerPrint): number {
    const mayBeNear = policy.answerThreshold < 1 && freeText !== null;
    const name = `${toolCalls}\n${mayBeNear ? 'text' : key}`;
    const list = lists.get(name) ?? lists.size;
    lists.set(name, list);
    return list;
  }

  function nearest(item: Item, answer: AnswerPrint, list: number): Target<Item> | null {
    let best: Target<Item> | null = null;
    for (const { entry, similarity } of index.near(item.prompt, list)) {
      const star = kept[entry];
      if (star === undefined || similarity <= (best?.similarity ?? 0)) continue;
      if (!answersMatch(star.answer, answer)) continue;
      best = { kept: star.item, similarity, rule: 'near' };
      // Nothing is nearer, and of those as near this one was kept first.
      if (similarity === 1) break;
    }
    return best;
  }

  return {
    place(item) {
      if (isBlank(item)) return null;
      const known = byDigest.get(item.digest);
      if (known !== undefined) return known;
      const answer = answerPrint(item.answer);
      const list = listOf(item, answer);
      const target = nearest(item, answer, list);
      if (target === null) {
        kept.push({ item, answer });
        index.add(item.prompt, list);
      }
      byDigest.set(item.digest, target ?? { kept: item, similarity: 1, rule: 'exact' });
      return target;
    },
    cappedCount: () => index.cappedCount,
  };
}

function isBlank(item: FoldItem): boolean {
  if (item.toolCalls !== '' || normalise(item.answer ?? '').text !== '') return false;
  return normalise(item.prompt).text === '';
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
