import { count } from './books.js';
import type { Example } from './record.js';

/**
 * Counts what rows hold beside one text that answers one prompt: assistant messages before the answer that are
 * trained on, those that are context, and rows that are trained to call a tool. What there is none of has no note.
 */
export function countTurns(rows: readonly Example[], notes: Record<string, number>): void {
  for (const { messages, toolCalls, trained = [] } of rows) {
    const answers = messages.filter(({ role }) => role === 'assistant').length;
    if (trained.length > 0) count(notes, TURN_NOTES.trained, trained.length);
    if (answers > trained.length) count(notes, TURN_NOTES.context, answers - trained.length);
    const calls =
      toolCalls !== undefined ||
      trained.some(({ message }) => messages[message]?.toolCalls !== undefined);
    if (calls) count(notes, TURN_NOTES.calls);
  }
}

/** The notes that `countTurns` makes. */
export const TURN_NOTES = {
  trained: 'earlier-turn-trained',
  context: 'earlier-turn-context',
  calls: 'row-with-tool-calls',
} as const;
