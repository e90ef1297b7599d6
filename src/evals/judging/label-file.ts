import { z } from 'zod';
import { DataError } from '../../domain/errors.js';
import type { Message } from '../../domain/record.js';
import { type Preference, PREFERENCES } from '../../gate/kappa.js';
import { evalLine, messagesOf } from '../eval-line.js';

/** Two answers to one question, and which of them a person prefers. */
export interface LabelledPair {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly first: string;
  readonly second: string;
  readonly better: Preference;
  /** What is known to be right, where the judge is to see it. */
  readonly reference: string | null;
}

const labelLine = z.object({
  id: evalLine.shape.id,
  input: evalLine.shape.input,
  first: z.string(),
  second: z.string(),
  better: z.enum(PREFERENCES),
  reference: evalLine.shape.reference,
});

/**
 * Reads pairs that people compared: JSONL with `{id?, input: string | messages, first, second, better: "first" | "second" |
 * "tie", reference?}` a line. `name` stands in errors.
 * @throws DataError `label-line-unreadable` with the line's number, or `labels-empty`
 */
export function parseLabels(bytes: Uint8Array, name: string): readonly LabelledPair[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const pairs = lines.flatMap((text, index) =>
    text.trim() === '' ? [] : [parseLine(text, name, index + 1)],
  );
  if (pairs.length > 0) return pairs;
  throw new DataError('labels-empty', `${name} holds no pairs that somebody compared`);
}

function parseLine(text: string, name: string, number: number): LabelledPair {
  const parsed = labelLine.safeParse(jsonOf(text));
  if (parsed.success) {
    const { id, input, reference, ...pair } = parsed.data;
    return {
      ...pair,
      id: id === undefined ? `line-${number}` : String(id),
      messages: messagesOf(input),
      reference: reference ?? null,
    };
  }
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new DataError(
    'label-line-unreadable',
    `${name} line ${number} is no compared pair${where === '' ? '' : `: see its "${where}"`}; a line is ` +
      '{"input": "…", "first": "…", "second": "…", "better": "first"}, or "second", or "tie"',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
