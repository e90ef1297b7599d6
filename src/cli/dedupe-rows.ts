import { answerPrint, toolCallsKey } from '../dedup/answers.js';
import {
  createDuplicateSearch,
  type FoundDuplicate,
  type SearchPolicy,
} from '../dedup/duplicate-search.js';
import { canonicalJson } from '../domain/json.js';
import { promptText } from '../domain/record.js';
import { createKernel } from '../text/kernel.js';
import { normalise } from '../text/normalise.js';
import type { PlacedText, RowPlace } from './dataset-options.js';
import { createPromptStore } from './prompt-file.js';

/** What survives of near-duplicates. */
export type Keep = 'longest' | 'first';

export type RowOfFile = RowPlace & Pick<PlacedText, 'id'>;

/** The rows of files while duplicates are looked for among them: places, lengths and hashes of texts. */
export interface DedupeRows {
  add(text: PlacedText): void;
  size(): number;
  at(row: number): RowOfFile;
  /** For each row in the order of survival what it is a duplicate of, or `null`. */
  fold(): Iterable<FoundDuplicate | null>;
  /** Prompts that kept rows answer in more than one way. */
  conflictCount(): number;
  close(): void;
}

export function createRows(files: readonly string[], policy: SearchPolicy, keep: Keep): DedupeRows {
  const prompts = createPromptStore();
  const search = createDuplicateSearch(policy, { kernel: createKernel(), prompts });
  const numbers = new Map(files.map((file, number) => [file, number]));
  const ids: (string | number | null)[] = [];
  const fileNumbers: number[] = [];
  const indexes: number[] = [];
  const lines: number[] = [];
  const lengths: number[] = [];
  return {
    add(text) {
      const { messages, answer } = text;
      const prompt = promptText(messages);
      const isPlain = messages.length === 1 && answer === null && messages[0]?.role === 'user';
      search.add({
        prompt,
        answerKey: isPlain ? '' : answerKey(text),
        content: isPlain ? prompt : canonicalJson([messages, answer]),
      });
      ids.push(text.id);
      fileNumbers.push(numbers.get(text.file) ?? 0);
      indexes.push(text.index);
      lines.push(text.line ?? 0);
      lengths.push(prompt.length + (answer?.length ?? 0));
    },
    size: () => ids.length,
    at: (row) => ({
      file: files[fileNumbers[row] ?? 0] ?? '',
      index: indexes[row] ?? 0,
      line: lines[row] === 0 ? null : (lines[row] ?? null),
      id: ids[row] ?? null,
    }),
    fold: () =>
      search.fold(
        keep === 'first' ? (a, b) => a - b : (a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0),
      ),
    conflictCount: () => search.conflictCount(),
    close: () => prompts.close(),
  };
}

/** What two rows have to have in common to be duplicates; empty where there is neither answer nor tool call. */
function answerKey({ messages, answer }: PlacedText): string {
  const toolCalls = toolCallsKey(messages);
  if (toolCalls === '' && normalise(answer ?? '').text === '') return '';
  return `${toolCalls}\n${answerPrint(answer).key}`;
}
