/** What models put a thought between: Qwen, DeepSeek and others; by request; Mistral; Seed. */
const MARKS = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['[THINK]', '[/THINK]'],
  ['<seed:think>', '</seed:think>'],
] as const;

/** An answer without the thought in front of it. */
export interface BareAnswer {
  readonly content: string;
  /** Whether the thought never came to its end, so that nothing was answered. */
  readonly isUnfinished: boolean;
}

/**
 * Takes the thought away that an answer begins with, up to its first closing mark. Templates that open it themselves (those
 * of DeepSeek-R1 and Qwen's thinking models) leave only the closing mark, so that an answer
 * which speaks of such a mark loses what stands before it. What stands behind is the answer's own.
 *
 * `<think>2 and 2</think>\n\n4` and `2 and 2</think>\n\n4` give `4`; `<think>2 and` gives nothing, unfinished.
 */
export function withoutThought(content: string): BareAnswer {
  const text = content.trimStart();
  const opened = MARKS.find(([open]) => text.startsWith(open));
  const [, close] = opened ?? MARKS.find(([, mark]) => text.includes(mark)) ?? [];
  if (close === undefined) return { content, isUnfinished: false };
  const end = text.indexOf(close);
  return end === -1
    ? { content: '', isUnfinished: true }
    : { content: text.slice(end + close.length).trimStart(), isUnfinished: false };
}
