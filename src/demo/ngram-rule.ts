/** What a rule of one shared n-gram takes out, and how many samples it touches. */
export interface NgramRuleCount {
  readonly rows: number;
  readonly samples: number;
}

/** Counts the rows and samples that share a run of `size` words, lower case and without punctuation. */
export function countSharedNgram(
  rows: readonly string[],
  samples: readonly string[],
  size: number,
): NgramRuleCount {
  const holders = new Map<string, Set<number>>();
  for (const [index, sample] of samples.entries()) {
    for (const gram of gramsOf(sample, size)) {
      holders.set(gram, (holders.get(gram) ?? new Set()).add(index));
    }
  }
  const touched = new Set<number>();
  let removed = 0;
  for (const row of rows) {
    const hits = gramsOf(row, size).flatMap((gram) => [...(holders.get(gram) ?? [])]);
    if (hits.length > 0) removed += 1;
    for (const index of hits) touched.add(index);
  }
  return { rows: removed, samples: touched.size };
}

function gramsOf(text: string, size: number): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return Array.from({ length: Math.max(0, words.length - size + 1) }, (_, start) =>
    words.slice(start, start + size).join(' '),
  );
}
