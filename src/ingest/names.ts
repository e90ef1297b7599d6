/** Texts that come again and again, as numbers from 0 on. */
export interface Names {
  /** The number of a text, given to it where it has none yet. */
  numberOf(name: string): number;
  at(number: number): string;
}

/** Makes an empty one. */
export function createNames(): Names {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  let [lastName, lastNumber] = ['', -1];
  return {
    numberOf(name) {
      if (name === lastName && lastNumber !== -1) return lastNumber;
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.length;
        names.push(name);
        numbers.set(name, number);
      }
      [lastName, lastNumber] = [name, number];
      return number;
    },
    at: (number) => names[number] ?? '',
  };
}
