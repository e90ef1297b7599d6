/** A JSON value, as it stands in objects, histories and digests. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The one serialisation that digests are taken of: keys sorted by UTF-16 code unit, no spaces,
 * `undefined` members left out (the shape of RFC 8785, with JavaScript's own number format, as it has).
 *
 * `canonicalJson({ b: 1, a: [true] })` is `{"a":[true],"b":1}`.
 * @throws TypeError for values JSON has no form for (NaN, functions).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`no JSON form for ${value}`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? arrayJson(value) : objectJson(value);
    default:
      throw new TypeError(`no JSON form for a ${typeof value}`);
  }
}

function arrayJson(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ',';
    text += canonicalJson(items[index] ?? null);
  }
  return `${text}]`;
}

function objectJson(value: object): string {
  let text = '{';
  let separator = '';
  for (const key of sortedKeys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    text += separator + nameJson(key) + canonicalJson(member);
    separator = ',';
  }
  return `${text}}`;
}

function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  for (let index = 1; index < keys.length; index += 1) {
    // JavaScript compares strings by code unit, as the default order of `sort` does.
    if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return keys.sort();
  }
  return keys;
}

/** Names come again in every row; only so many are kept, since a map's keys are data. */
const MAXIMUM_NAMES = 1_000;
const names = new Map<string, string>();

/** A name with the colon behind it. */
function nameJson(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const text = `${JSON.stringify(name)}:`;
  if (names.size < MAXIMUM_NAMES && name.length <= 64) names.set(name, text);
  return text;
}
