/** Ids as numbers from 0 on, in the order in which they came. */
export interface IdIndex {
  readonly size: number;
  /** The number of an id, which is a new one where the id is. */
  add(id: string): number;
  at(number: number): string;
}

export function createIdIndex(): IdIndex {
  const ids: string[] = [];
  const numbers = new Map<string, number>();
  return {
    get size() {
      return ids.length;
    },
    add(id) {
      const known = numbers.get(id);
      if (known !== undefined) return known;
      const number = ids.length;
      numbers.set(id, number);
      ids.push(id);
      return number;
    },
    at: (number) => ids[number] ?? '',
  };
}
