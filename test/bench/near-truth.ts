/** Two documents by their numbers, the smaller first, and their exact Jaccard. */
export interface NearPair {
  readonly a: number;
  readonly b: number;
  readonly jaccard: number;
}

const RUN_WORDS = 5;
/** Runs that more documents share are in no list: a pair has to have another one in common. */
const LONGEST_LIST = 200;
const PARTS = 16;

/**
 * All pairs whose sets of runs of five words, divided by white space, have at least this Jaccard, by counting
 * what documents have in common in lists of the documents of each run. Strings, without any hash of ours.
 */
export function nearPairsOf(texts: readonly string[], threshold: number): readonly NearPair[] {
  // A map holds at most 2^24 keys.
  const numbers = Array.from({ length: PARTS }, () => new Map<string, number>());
  const lists: number[][] = [];
  const sets = texts.map((text, document) => {
    const words = text.split(/\s+/u);
    const own = new Set<number>();
    for (let start = 0; start + RUN_WORDS <= words.length; start += 1) {
      const run = words.slice(start, start + RUN_WORDS).join(' ');
      const part = numbers[(run.length + run.charCodeAt(0)) % PARTS] ?? new Map<string, number>();
      let number = part.get(run);
      if (number === undefined) {
        number = lists.length;
        part.set(run, number);
        lists.push([]);
      }
      own.add(number);
    }
    for (const number of own) lists[number]?.push(document);
    return own;
  });
  const pairs: NearPair[] = [];
  sets.forEach((own, a) => {
    const candidates = new Set<number>();
    for (const number of own) {
      const list = lists[number] ?? [];
      if (list.length > LONGEST_LIST) continue;
      for (const b of list) if (b > a) candidates.add(b);
    }
    for (const b of candidates) {
      const other = sets[b] ?? new Set<number>();
      let common = 0;
      for (const number of own) if (other.has(number)) common += 1;
      const jaccard = common / (own.size + other.size - common);
      if (jaccard >= threshold) pairs.push({ a, b, jaccard });
    }
  });
  return pairs;
}
