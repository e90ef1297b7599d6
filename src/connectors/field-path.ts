import { ConfigError } from '../domain/errors.js';

/** Steps into a JSON value: member names and array positions (negative ones count from the end). */
export type FieldPath = readonly (string | number)[];

/**
 * Parses `request.messages`, `choices[0].message` or `items[-1].text`.
 * @throws ConfigError for what is no path.
 */
export function parseFieldPath(text: string): FieldPath {
  const steps: (string | number)[] = [];
  const pattern = /(?:^|\.)([^.[\]]+)|\[(-?\d+)\]/gy;
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, name, index] = match;
    steps.push(name ?? Number(index));
    end = pattern.lastIndex;
  }
  if (steps.length === 0 || end !== text.length) {
    throw new ConfigError(
      `"${text}" is no path into a log line; write it like request.messages or choices[0].text`,
    );
  }
  return steps;
}

/** The value at a path, or `undefined` where there is none. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let current: unknown = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (typeof step === 'number') {
      current = Array.isArray(current) ? (current.at(step) as unknown) : undefined;
    } else {
      current = Object.hasOwn(current, step)
        ? (current as Record<string, unknown>)[step]
        : undefined;
    }
  }
  return current;
}
