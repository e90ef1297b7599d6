import { Validator } from '@cfworker/json-schema';

/** Whether a value fits a schema; `unusable` where the schema is none that can be judged by. */
export type SchemaVerdict = 'fits' | 'unfit' | 'unusable';

/** Schemas nested deeper than this, or larger, are no request's. */
const MAXIMUM_DEPTH = 100;
const MAXIMUM_CHARACTERS = 1_000_000;

/** So many schemas are kept ready: a log repeats its application's few. */
const MAXIMUM_KEPT = 200;
const kept = new Map<string, Validator | null>();

/**
 * Holds a value of JSON against a JSON Schema, draft 2020-12 unless `$schema` names an older one.
 *
 * The schema may be anybody's, so no code is made of it (see docs/decisions), and its regular expressions, which could
 * run for ever, are not run: `pattern` and `format` judge nothing, a schema with `patternProperties` is unusable.
 */
export function holdAgainstSchema(value: unknown, schema: unknown): SchemaVerdict {
  const validator = validatorOf(schema);
  if (validator === null) return 'unusable';
  try {
    return validator.validate(value).valid ? 'fits' : 'unfit';
  } catch {
    // A reference that leads nowhere, or in a circle.
    return 'unusable';
  }
}

/** Whether all that a schema asks for is judged: it has no `pattern`, `format` or `patternProperties`. */
export function isJudgedWhole(schema: object): boolean {
  return JSON.stringify(withoutExpressions(schema)) === JSON.stringify(schema);
}

function validatorOf(schema: unknown): Validator | null {
  if (typeof schema === 'boolean') return new Validator(schema);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return null;
  if (isDeeperThan(schema, MAXIMUM_DEPTH)) return null;
  const text = JSON.stringify(schema);
  if (text.length > MAXIMUM_CHARACTERS) return null;
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= MAXIMUM_KEPT) kept.clear();
  const made = makeValidator(schema);
  kept.set(text, made);
  return made;
}

function makeValidator(schema: object): Validator | null {
  const judged = withoutExpressions(schema);
  if (judged === null) return null;
  try {
    return new Validator(judged, draftOf(schema));
  } catch {
    return null;
  }
}

function draftOf(schema: object): '4' | '7' | '2019-09' | '2020-12' {
  const named = '$schema' in schema && typeof schema.$schema === 'string' ? schema.$schema : '';
  if (named.includes('draft-04')) return '4';
  if (named.includes('draft-06') || named.includes('draft-07')) return '7';
  return named.includes('2019-09') ? '2019-09' : '2020-12';
}

/** Keywords whose members are names of the schema's author, with a schema each. */
const NAMED_SCHEMAS: readonly string[] = [
  'properties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
];
/** Keywords whose values are data, whatever they look like. */
const DATA: readonly string[] = ['const', 'enum', 'default', 'examples'];

/** The schema without `pattern` and `format`; `null` where it has `patternProperties`. */
function withoutExpressions(schema: object): Record<string, unknown> | null {
  const members: [string, unknown][] = [];
  for (const [keyword, value] of Object.entries(schema) as [string, unknown][]) {
    if (keyword === 'patternProperties') return null;
    if (keyword === 'pattern' || keyword === 'format') continue;
    const stripped = DATA.includes(keyword)
      ? value
      : strippedValue(value, NAMED_SCHEMAS.includes(keyword));
    if (stripped === undefined) return null;
    members.push([keyword, stripped]);
  }
  return Object.fromEntries(members);
}

/** A keyword's value with the schemas within it stripped; `undefined` where one is unusable. */
function strippedValue(value: unknown, isNamed: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => strippedValue(item, false));
    return items.includes(undefined) ? undefined : items;
  }
  if (!isNamed) return withoutExpressions(value) ?? undefined;
  const members = Object.entries(value).map(
    ([name, inner]: [string, unknown]) => [name, strippedValue(inner, false)] as const,
  );
  return members.some(([, inner]) => inner === undefined) ? undefined : Object.fromEntries(members);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
