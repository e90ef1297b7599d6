import { closeSync, openSync, writeSync } from 'node:fs';
import { createRandom, type Random } from '../support/random.js';

/** How a corpus for the duplicate search is made. */
export interface NearCorpusPlan {
  readonly documents: number;
  readonly seed: number;
  /** Share of the documents that are an edited copy of another one. */
  readonly editedShare: number;
}

const VOCABULARY = 50_000;
/** Zipf's exponent; English has about 1. */
const EXPONENT = 1.07;
const WORDS = { least: 180, most: 250 } as const;
const RUN_WORDS = 5;
const LOWEST = 0.5;
const HIGHEST = 0.95;
const BATCH_CHARACTERS = 1_000_000;

/**
 * Writes documents of about 1.1 kB as JSON Lines (`id`, `text`), the same for the same plan. A share of them
 * are copies of an earlier original, with single words replaced so that the Jaccard of runs of five words
 * is spread evenly from 0.5 to 0.95: a replaced word that stands apart takes five runs of n, so k of them
 * leave J = (n - 5k) / (n + 5k).
 */
export function writeNearCorpus(path: string, plan: NearCorpusPlan): void {
  const random = createRandom(plan.seed);
  const words = createVocabulary(random);
  const draw = createZipf(random);
  const originals: string[][] = [];
  const file = openSync(path, 'w');
  let batch = '';
  for (let index = 0; index < plan.documents; index += 1) {
    const source =
      random() < plan.editedShare && originals.length > 0
        ? originals[Math.floor(random() * originals.length)]
        : undefined;
    const text =
      source === undefined ? original(random, words, draw) : edited(source, random, words);
    if (source === undefined) originals.push(text);
    batch += `${JSON.stringify({ id: `d${index}`, text: text.join(' ') })}\n`;
    if (batch.length > BATCH_CHARACTERS) {
      writeSync(file, batch);
      batch = '';
    }
  }
  writeSync(file, batch);
  closeSync(file);
}

function original(random: Random, words: readonly string[], draw: () => number): string[] {
  const length = WORDS.least + Math.floor(random() * (WORDS.most - WORDS.least + 1));
  return Array.from({ length }, () => words[draw()] ?? '');
}

function edited(source: readonly string[], random: Random, words: readonly string[]): string[] {
  const target = LOWEST + random() * (HIGHEST - LOWEST);
  const runs = source.length - RUN_WORDS + 1;
  const edits = Math.max(1, Math.round((runs * (1 - target)) / (1 + target) / RUN_WORDS));
  const text = [...source];
  // One place in each of as many equal stretches, so that edits stand apart.
  const stretch = source.length / edits;
  for (let edit = 0; edit < edits; edit += 1) {
    const place = Math.floor(stretch * (edit + 0.25 + random() * 0.5));
    text[place] = words[Math.floor(random() * words.length)] ?? '';
  }
  return text;
}

/** Words of 2 to 9 letters, short ones first as the frequent ones are. */
export function createVocabulary(random: Random): readonly string[] {
  const words = new Set<string>();
  while (words.size < VOCABULARY) {
    const length = 2 + Math.floor(random() * (words.size < 300 ? 3 : 8));
    let word = '';
    for (let letter = 0; letter < length; letter += 1) {
      word += String.fromCharCode(97 + Math.floor(random() * 26));
    }
    words.add(word);
  }
  return [...words];
}

/** Ranks from 0 on with probabilities of 1 / (rank + 1)^EXPONENT, by bisection of their sums. */
export function createZipf(random: Random): () => number {
  const sums = new Float64Array(VOCABULARY);
  let sum = 0;
  for (let rank = 0; rank < VOCABULARY; rank += 1) {
    sum += 1 / (rank + 1) ** EXPONENT;
    sums[rank] = sum;
  }
  return () => {
    const target = random() * sum;
    let from = 0;
    let to = VOCABULARY - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sums[middle] ?? 0) < target) from = middle + 1;
      else to = middle;
    }
    return from;
  };
}
