import type { z } from 'zod';
import { knownKeysAt, requiredKeysAt } from './json-schema.js';
import { nearestName } from './names.js';

/** One thing that is wrong with a configuration: where, and in a sentence what is accepted there. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** `sources[0].path`, as it is written in messages; `the file` for the whole. */
export function formatPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    return before === '' ? String(part) : `${before}.${String(part)}`;
  }, '');
  return text === '' ? 'the file' : text;
}

/**
 * What zod found, one problem for each place and key, in holdfast's words. The values that stand in the
 * file are never quoted: a key may have been pasted where its variable's name belongs.
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
): readonly Problem[] {
  const seen = new Set<string>();
  return issues
    .flatMap((issue) => describeIssue(issue, raw))
    .filter(({ path, message }) => {
      const key = `${formatPath(path)} ${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

function describeIssue(issue: z.core.$ZodIssue, raw: unknown): readonly Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key));
  }
  const group = issue.code === 'invalid_union' ? groupIssues(issue) : null;
  if (group !== null) {
    return group.flatMap((each) => describeIssue({ ...each, path: [...path, ...each.path] }, raw));
  }
  const required = requiredKeysAt(path);
  if ((valueAt(raw, path) ?? null) !== null) return [{ path, message: expectation(issue) }];
  const needed =
    required.length > 0 ? `expected a group with ${required.join(', ')}` : expectation(issue);
  return [{ path, message: `missing; ${needed}` }];
}

/** What is wrong inside of a value that is a group of keys, where only one of the alternatives is one. */
function groupIssues(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const groups = issue.errors.filter((inner) => inner.some(({ path }) => path.length > 0));
  const [group] = groups;
  return groups.length === 1 && group !== undefined ? group : null;
}

function unknownKey(path: readonly PropertyKey[], key: string): Problem {
  const known = knownKeysAt(path);
  const nearest = nearestName(key, known);
  const hint = nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { path: [...path, key], message: `unknown key; ${hint}` };
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined,
    raw,
  );
}

function expectation(issue: z.core.$ZodIssue): string {
  // The schema's own words, where it has some; zod's begin with a capital and may quote the value.
  if (issue.message.startsWith('expected ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected)}`;
    case 'invalid_value':
      return `expected ${alternatives(issue.values.map(String))}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return issue.message;
  }
}

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string') return 'expected a text that is not empty';
  if (issue.origin === 'array') return 'expected at least one entry';
  return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = issue.errors.flatMap((inner) =>
    inner.map((one) => expectation(one).replace(/^expected /, '')),
  );
  return `expected ${alternatives([...new Set(options)])}`;
}

function alternatives(options: readonly string[]): string {
  const last = options.at(-1) ?? '';
  return options.length < 2 ? last : `${options.slice(0, -1).join(', ')} or ${last}`;
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
    record: 'a group of keys',
  };
  return words[expected] ?? expected;
}
