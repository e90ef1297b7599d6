import type { ScannedText } from './scanned-text.js';

/** Rows that are looked at again: kept as long as they are few, else known by their places only. */
export interface HeldRows {
  add(row: ScannedText): void;
  /** The rows in their order, or `null` where they were too many to keep: then `files` are read again. */
  kept(): readonly ScannedText[] | null;
  /** The files that rows were added from. */
  files(): readonly string[];
  has(row: ScannedText): boolean;
  /** How many rows were added from a file. */
  countOf(file: string): number;
}

/** Keeps rows of at most so many characters, all in all. */
export function createHeldRows(maximumCharacters: number): HeldRows {
  const places = new Map<string, Set<number>>();
  let rows: ScannedText[] | null = [];
  let characters = 0;
  return {
    add(row) {
      const own = places.get(row.file) ?? new Set<number>();
      places.set(row.file, own.add(row.index));
      characters += charactersOf(row);
      if (characters > maximumCharacters) rows = null;
      rows?.push(row);
    },
    kept: () => rows,
    files: () => [...places.keys()],
    has: ({ file, index }) => places.get(file)?.has(index) === true,
    countOf: (file) => places.get(file)?.size ?? 0,
  };
}

function charactersOf({ messages, answer, question, options, others }: ScannedText): number {
  const texts = [...messages.map(({ content }) => content), ...options, answer, question];
  const calls = messages.flatMap(({ toolCalls = [] }) => toolCalls.map((call) => call.arguments));
  const besides = others.map(({ text }) => text);
  return [...texts, ...calls, ...besides].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
