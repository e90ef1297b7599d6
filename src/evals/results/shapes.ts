import { z } from 'zod';
import { DataError } from '../../domain/errors.js';

/** A value in the shape that a tool writes. @throws DataError `eval-results-unreadable`, quoting nothing. */
export function shaped<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  where: string,
): z.output<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
  throw new DataError(
    'eval-results-unreadable',
    `${where}: ${path} is not as the tool writes it (${issue?.code ?? 'shape'})`,
  );
}

/**
 * The one of several names that is meant: the chosen one, or the only one there is.
 * @throws DataError `eval-results-ambiguous` naming all of them, and the option that chooses.
 */
export function oneOf(
  names: readonly string[],
  chosen: string | null,
  what: {
    readonly kind: string;
    readonly option: 'metric' | 'filter' | 'provider';
    readonly file: string;
    readonly prefix: string;
  },
): string {
  const all = [...new Set(names)].sort();
  const listed = all.map((name) => `"${name}"`).join(', ');
  if (chosen !== null) {
    if (all.includes(chosen)) return chosen;
    throw new DataError(
      'eval-results-ambiguous',
      `${what.file} has no ${what.kind} "${chosen}", but ${listed === '' ? 'none' : listed}`,
    );
  }
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  throw new DataError(
    'eval-results-ambiguous',
    all.length === 0
      ? `${what.file} has no ${what.kind}`
      : `${what.file} has more than one ${what.kind}: ${listed}; choose one with ${what.prefix}${what.option}`,
  );
}

/** A score between 0 and 1. @throws DataError `eval-results-unreadable` for any other number. */
export function unitScore(score: number, where: string): number {
  if (score >= 0 && score <= 1) return score;
  throw new DataError(
    'eval-results-unreadable',
    `${where} has a score outside 0 to 1, which can't be compared as a share of right answers; choose another metric`,
  );
}

/** Values in one another that are looked through at most. */
const DEEPEST = 12;

/** Every text in a value, once each; a text that is JSON itself is looked through, too, as prompts of messages are. */
export function textsIn(value: unknown): readonly string[] {
  const texts = new Set<string>();
  const look = (at: unknown, depth: number): void => {
    if (depth > DEEPEST) return;
    if (typeof at === 'string') {
      texts.add(at);
      if (/^\s*[[{]/u.test(at)) look(jsonIn(at), depth + 1);
    } else if (typeof at === 'object' && at !== null) {
      for (const member of Object.values(at)) look(member, depth + 1);
    }
  };
  look(value, 0);
  return [...texts];
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const named = z.object({ id: z.union([z.string(), z.number()]) });

/** The `id` of something that may have one. */
export function idIn(value: unknown): readonly string[] {
  const { data } = named.safeParse(value);
  return data === undefined ? [] : [String(data.id)];
}
