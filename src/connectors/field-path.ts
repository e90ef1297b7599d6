import { ConfigError } from '../domain/errors.js';

/** A path into a value of JSON: names and indexes, negative ones from the end. */
export type FieldPath = readonly (string | number)[];

const STEP = /\.?([^.[\]"]+)|\[(-?\d+)\]|\["([^"]+)"\]/y;

/**
 * Reads a path: names joined by dots, indexes and names with dots in brackets.
 *
 * `response.choices[0]["gen_ai.id"]` is `['response', 'choices', 0, 'gen_ai.id']`.
 * @throws ConfigError naming the path.
 */
export function parseFieldPath(text: string): FieldPath {
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const startsWithDot = path.length === 0 && text.startsWith('.');
    const step = startsWithDot ? null : STEP.exec(text);
    if (step === null) {
      throw new ConfigError(
        `"${text}" is no path into a log line; write it like response.choices[0].message or ["a.b"].c`,
      );
    }
    const [, name, index, quoted] = step;
    path.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  if (path.length === 0) throw new ConfigError('a path into a log line is empty');
  return path;
}

/** What stands at `path`, or `undefined`; only own members count. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (typeof step === 'number') {
      current = Array.isArray(current) ? (current.at(step) as unknown) : undefined;
    } else {
      const found = (current as Readonly<Record<string, unknown>>)[step];
      // Most members that are looked for are not there, which is told without asking whose they would be.
      if (found === undefined || Array.isArray(current) || !Object.hasOwn(current, step)) {
        return undefined;
      }
      current = found;
    }
  }
  return current;
}
