import { type FieldPath, valueAt } from './field-path.js';

/** What stands at the first of each field's paths at which there is anything; `null` is nothing. */
export type Found<Field extends string> = Readonly<Record<Field, unknown>>;

export type FieldFinder<Field extends string> = (line: object) => Found<Field>;

/** A path that begins with a certain name. */
interface Place<Field> {
  readonly field: Field;
  readonly number: number;
  /** How many of the field's paths are looked at before it. */
  readonly rank: number;
  readonly rest: FieldPath;
}

const NOWHERE = 255;

/**
 * Makes a finder of all fields at once. A line has few names and a mapping many paths, so the names are gone through,
 * and not the paths.
 */
export function createFieldFinder<Field extends string>(
  paths: Readonly<Record<Field, readonly FieldPath[]>>,
): FieldFinder<Field> {
  const fields = Object.keys(paths) as Field[];
  const nothing = Object.fromEntries(fields.map((field) => [field, undefined])) as Found<Field>;
  const places = placesByName(fields, paths);
  const ranks = new Uint8Array(fields.length);
  return (line) => {
    const found: Record<Field, unknown> = { ...nothing };
    ranks.fill(NOWHERE);
    for (const name of Object.keys(line)) {
      const value = (line as Readonly<Record<string, unknown>>)[name];
      if (value === undefined || value === null) continue;
      for (const { field, number, rank, rest } of places.get(name) ?? []) {
        if (rank >= (ranks[number] ?? 0)) continue;
        const inside = rest.length === 0 ? value : valueAt(value, rest);
        if (inside === undefined || inside === null) continue;
        found[field] = inside;
        ranks[number] = rank;
      }
    }
    return found;
  };
}

function placesByName<Field extends string>(
  fields: readonly Field[],
  paths: Readonly<Record<Field, readonly FieldPath[]>>,
): ReadonlyMap<string, readonly Place<Field>[]> {
  const places = new Map<string, Place<Field>[]>();
  for (const [number, field] of fields.entries()) {
    for (const [rank, [first, ...rest]] of paths[field].entries()) {
      // A line is no list.
      if (typeof first !== 'string') continue;
      const before = places.get(first) ?? [];
      places.set(first, [...before, { field, number, rank, rest }]);
    }
  }
  return places;
}
