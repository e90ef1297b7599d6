import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { type Random, createRandom } from '../support/random.js';
import { createVocabulary, createZipf } from './near-corpus.js';

/** How a training file and an eval set are made, the same for the same plan. */
export interface LeakCorpusPlan {
  readonly documents: number;
  readonly samples: number;
  readonly seed: number;
  /** Share of the documents that hold a sample, half of them with edits. */
  readonly leakedShare: number;
}

/** A sample that was put into a document. */
export interface PlantedLeak {
  readonly document: number;
  readonly sample: number;
  /** Words of the sample that were replaced. */
  readonly edits: number;
}

const DOCUMENT_WORDS = { least: 180, most: 250 } as const;
const SAMPLE_WORDS = { least: 30, most: 60 } as const;
const MOST_EDITS = 4;
const BATCH_CHARACTERS = 1_000_000;

/**
 * Writes documents of about 1.1 kB (`id`, `text`) and samples of 30 to 60 words (`id`, `text`) of one
 * vocabulary as JSON Lines. A sample stands somewhere within its document, as it is or with up to four
 * words replaced.
 */
export function writeLeakCorpus(
  documentsPath: string,
  samplesPath: string,
  plan: LeakCorpusPlan,
): readonly PlantedLeak[] {
  const random = createRandom(plan.seed);
  const words = createVocabulary(random);
  const draw = createZipf(random);
  const text = ({ least, most }: { least: number; most: number }): string[] =>
    Array.from({ length: between(random, least, most) }, () => words[draw()] ?? '');
  const samples = Array.from({ length: plan.samples }, () => text(SAMPLE_WORDS));
  writeFileSync(samplesPath, samples.map((own, index) => line(`s${index}`, own)).join(''));
  const planted: PlantedLeak[] = [];
  const file = openSync(documentsPath, 'w');
  let batch = '';
  for (let document = 0; document < plan.documents; document += 1) {
    const own = text(DOCUMENT_WORDS);
    if (random() < plan.leakedShare) {
      const sample = between(random, 0, plan.samples - 1);
      const edits = random() < 0.5 ? 0 : between(random, 1, MOST_EDITS);
      const leaked = edited(samples[sample] ?? [], edits, random, words);
      own.splice(between(random, 0, own.length - leaked.length), leaked.length, ...leaked);
      planted.push({ document, sample, edits });
    }
    batch += line(`d${document}`, own);
    if (batch.length > BATCH_CHARACTERS) {
      writeSync(file, batch);
      batch = '';
    }
  }
  writeSync(file, batch);
  closeSync(file);
  return planted;
}

function line(id: string, words: readonly string[]): string {
  return `${JSON.stringify({ id, text: words.join(' ') })}\n`;
}

function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function edited(
  sample: readonly string[],
  edits: number,
  random: Random,
  words: readonly string[],
): string[] {
  const own = [...sample];
  for (let edit = 0; edit < edits; edit += 1) {
    own[between(random, 0, own.length - 1)] = words[between(random, 0, words.length - 1)] ?? '';
  }
  return own;
}
