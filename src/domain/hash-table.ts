/** Numbers from 0 on that are found by the hashes, 32 bits each, of what they stand for; about 7 bytes for each. */
export interface HashTable {
  /** Of the numbers with this hash, the first that `is` says is the one; -1 where there is none. */
  find(hash: number, is: (number: number) => boolean): number;
  /** Takes in a number that is not there yet, whose hash is known by now. */
  add(number: number): void;
}

const FIRST_CAPACITY = 1_024;

/** Makes an empty one: open addressing with linear probing, at most three quarters full. */
export function createHashTable(hashOf: (number: number) => number): HashTable {
  /** One more than the number, so that 0 is none. */
  let slots = new Uint32Array(FIRST_CAPACITY);
  let count = 0;

  function place(number: number): void {
    const mask = slots.length - 1;
    let slot = hashOf(number) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  }

  function grow(): void {
    const before = slots;
    slots = new Uint32Array(before.length * 2);
    for (const entry of before) if (entry !== 0) place(entry - 1);
  }

  return {
    find(hash, is) {
      const mask = slots.length - 1;
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = slots[slot] ?? 0;
        if (entry === 0) return -1;
        if (is(entry - 1)) return entry - 1;
      }
    },
    add(number) {
      if (count * 4 >= slots.length * 3) grow();
      place(number);
      count += 1;
    },
  };
}
