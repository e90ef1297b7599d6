import { type Example, type RejectedAnswer, promptText } from '../domain/record.js';
import type { DedupePolicy, SurvivalReason } from '../domain/shingle.js';
import { normalise } from '../text/normalise.js';
import { answerPrint, toolCallsKey } from './answers.js';
import { type FoldItem, type FoldPair, foldDuplicates } from './fold.js';
import { survivalOrder } from './survival.js';

/** Kept examples that ask the same and answer otherwise; two ids at least, sorted. */
export interface Conflict {
  readonly ids: readonly string[];
}

/** A dropped example, the kept one that it was compared with, how near their prompts are, and by which rules. */
export interface Fold {
  readonly id: string;
  readonly keptId: string;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
  /** Why the other one survived. */
  readonly survivedBy: SurvivalReason;
}

export interface DedupedExamples {
  /** Sorted by id. */
  readonly kept: readonly Example[];
  /** Sorted by id. */
  readonly dropped: readonly Fold[];
  readonly conflicts: readonly Conflict[];
  /** Examples that look like so many others that they were compared with the likeliest of them only. */
  readonly cappedCount: number;
}

export interface ExampleItem extends FoldItem {
  readonly example: Example;
}

/**
 * Folds duplicates among examples: exact on the content's digest, near when the prompts are near and the
 * answers equal or, as free text, near. Which of two survives the policy says, and then the smaller digest.
 * Other tool calls are other examples.
 */
export function dedupeExamples(
  examples: readonly Example[],
  policy: DedupePolicy,
): DedupedExamples {
  const items = examples.map(itemOf);
  const order = survivalOrder(policy.survivors);
  const { kept, dropped, cappedCount } = foldDuplicates(items, policy, (a, b) =>
    order.compare(a.example, b.example),
  );
  const toFold = ({ item, kept: survivor, similarity, rule }: FoldPair<ExampleItem>): Fold => {
    const survivedBy = order.reason(survivor.example, item.example);
    return { id: item.id, keptId: survivor.id, similarity, rule, survivedBy };
  };
  return {
    kept: kept.map((item) => item.example).sort(byId),
    dropped: dropped.map(toFold).sort(byId),
    conflicts: conflictsAmong(kept),
    cappedCount,
  };
}

/**
 * What two examples are compared by. All texts that are trained on are the answer, and only examples that train on as
 * many turns can be duplicates: none is lost by folding.
 */
export function itemOf(example: Example): ExampleItem {
  const { id, contentDigest: digest, messages, answer, toolCalls, trained = [] } = example;
  const said = trained.map(({ message }) => messages[message]).filter((turn) => turn !== undefined);
  const own =
    toolCalls === undefined ? [] : [{ role: 'assistant', content: '', toolCalls } as const];
  const calls = toolCallsKey([...messages, ...own]);
  const trainedCalls = toolCallsKey([...said, ...own]);
  const item: ExampleItem = {
    id,
    digest,
    prompt: promptText(messages),
    answer:
      said.length === 0 ? answer : [...said.map(({ content }) => content), answer ?? ''].join('\n'),
    toolCalls: said.length === 0 ? calls : `${said.length + 1} turns\n${calls}`,
    ...(trainedCalls !== '' && { trainedCalls }),
    example,
  };
  return example.rejected === undefined ? item : pairItem(item, example.rejected);
}

/** A pair is compared by both answers: with another one rejected it teaches something else. */
function pairItem(own: ExampleItem, rejected: RejectedAnswer): ExampleItem {
  const calls = toolCallsKey([{ role: 'assistant', ...rejected }]);
  return {
    ...own,
    answer: `${own.answer ?? ''}\n${rejected.content}`,
    ownAnswer: own.answer,
    toolCalls: `${own.toolCalls}\nrejected\n${calls}`,
  };
}

/** Groups of kept items with one prompt after normalisation and more than one answer or call of a tool. */
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
  const answers = group.map(
    ({ answer, ownAnswer = answer, trainedCalls = '' }) =>
      `${trainedCalls}\n${answerPrint(ownAnswer).key}`,
  );
  return new Set(answers).size;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
