import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { repositoryRoot } from '../support/paths.js';
import type { TrialData } from './rephrasing-trial.js';

const FOLDER = join(repositoryRoot, '..', 'shared', 'data');

/** Files of the trial below the folder of public data, and where each comes from. */
export const TRIAL_FILES = {
  samples: 'gsm8k/grade_school_math/data/test.jsonl',
  others: 'gsm8k/grade_school_math/data/train.jsonl',
  rewordings: 'paraphrase/gsm8k_test_rephrased.jsonl',
} as const;
export const ARC_FILES = {
  samples: 'llm_adapters/dataset/ARC-Challenge/test.json',
  others: 'llm_adapters/dataset/ARC-Challenge/train.json',
} as const;
/** Questions to a bank, of another subject than the others. */
export const BANK_FILE = 'banking77/banking_data/train.csv';

/** What of some files is not there, as a sentence; `null` where all are. */
export function missingData(files: Readonly<Record<string, string>>): string | null {
  const missing = Object.values(files).filter((file) => !existsSync(join(FOLDER, file)));
  return missing.length === 0
    ? null
    : `needs ${missing.join(', ')} in ../shared/data beside the checkout: GSM8K (openai/grade-school-math), its ` +
        'rephrasings (lm-sys/llm-decontaminator, with the line of the test question as evalIndex), ' +
        'ARC (AGI-Edgerunners/LLM-Adapters) and banking77 (PolyAI-LDN/task-specific-datasets)';
}

/** GSM8K's test questions, rewordings of half of them by a language model, and its train questions. */
export function readTrialData(): TrialData {
  const questions = (file: string): string[] =>
    jsonLines<{ question: string }>(file).map(({ question }) => question);
  return {
    samples: questions(TRIAL_FILES.samples),
    others: questions(TRIAL_FILES.others).map((text, index) => ({ index, text })),
    rewordings: jsonLines<{ evalIndex: number; rephrased: string }>(TRIAL_FILES.rewordings).map(
      ({ evalIndex, rephrased }) => ({ index: evalIndex, text: rephrased }),
    ),
  };
}

/** Every thirteenth question, so that all intents are among the first ones; there are 10,003. */
export function readBankQuestions(): string[] {
  const [, ...rows]: string[][] = parse(readFileSync(join(FOLDER, BANK_FILE)));
  return rows.map((_, index) => rows[(index * 13) % rows.length]?.[0] ?? '');
}

/** The questions of ARC-Challenge without their options: little in numbers and names. */
export function readArcQuestions(file: string): string[] {
  const rows = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { instruction: string }[];
  return rows.map(({ instruction }) =>
    instruction
      .replace(/^Please choose the correct answer to the question:\s*/u, '')
      .replace(/\s*Answer1:[^]*$/u, ''),
  );
}

function jsonLines<Row>(file: string): Row[] {
  return readFileSync(join(FOLDER, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
