import { assertNever } from '../domain/errors.js';
import type { Field } from '../domain/finding.js';
import { hashRun } from '../text/hash.js';
import { type Words, haveSameKeys, wordsOf } from '../text/words.js';
import { type PlainText, plainTextOf } from './plain-text.js';
import { SHORT_SAMPLE_WORDS, TELLING_ANSWER_WORDS } from './policy.js';

/** A sample as contamination is looked for: what is asked, what may be chosen, what is expected. */
export interface ContaminationSample {
  /** The eval set's name, or `holdout:<window>`. */
  readonly set: string;
  readonly id: string;
  readonly prompt: string;
  readonly options: readonly string[];
  readonly reference: string | null;
}

/** A text of a sample that is looked for by itself. */
export interface SampleField {
  readonly sample: ContaminationSample;
  /** The sample's place among the samples. */
  readonly number: number;
  readonly field: Field;
  /** The field's text, or what is left of it without its markup. */
  readonly raw: string;
  readonly words: Words;
  /** The way back to the field's text where markup was taken out, else `null`. */
  readonly rawSpan: PlainText['rawSpan'] | null;
}

/**
 * The texts by which samples are found: each prompt; each answer that tells its question, which takes
 * `TELLING_ANSWER_WORDS` words and no other question of the set with the same one; and options that say as
 * much, one on a line, where no other question has the same. Those with markup come again without it, last.
 */
export function fieldsOf(samples: readonly ContaminationSample[]): readonly SampleField[] {
  const prompts = samples.map((sample, number) => fieldOf(sample, number, 'prompt'));
  const asked = prompts.map(({ words }) => keyOf(words));
  const answers = samples.flatMap((sample, number) => {
    const field = fieldOf(sample, number, 'answer');
    return field.words.count >= TELLING_ANSWER_WORDS ? [field] : [];
  });
  const options = samples.flatMap((sample, number) => {
    if (sample.options.length < 2) return [];
    const field = fieldOf(sample, number, 'options');
    return field.words.count >= SHORT_SAMPLE_WORDS ? [field] : [];
  });
  const fields = [...prompts, ...ofOneQuestion(answers, asked), ...ofOneQuestion(options, asked)];
  return [...fields, ...fields.flatMap(withoutMarkup)];
}

/** The same text once more where its markup stands between its words. */
function withoutMarkup(field: SampleField): readonly SampleField[] {
  const plain = plainTextOf(field.raw);
  if (plain === null) return [];
  const words = wordsOf(plain.text);
  if (words.count === 0 || haveSameKeys(words, field.words)) return [];
  return [{ ...field, raw: plain.text, words, rawSpan: plain.rawSpan }];
}

function fieldOf(sample: ContaminationSample, number: number, field: Field): SampleField {
  const raw = fieldText(sample, field);
  return { sample, number, field, raw, words: wordsOf(raw), rawSpan: null };
}

/** The text of a field, which a match's `sampleSpans` point into. */
export function fieldText(sample: ContaminationSample, field: Field): string {
  switch (field) {
    case 'prompt':
      return sample.prompt;
    case 'answer':
      return sample.reference ?? '';
    case 'options':
      return sample.options.join('\n');
    default:
      return assertNever(field);
  }
}

/** Those that two questions of a set have in common tell neither. */
function ofOneQuestion(
  fields: readonly SampleField[],
  asked: readonly number[],
): readonly SampleField[] {
  const questions = new Map<string, Set<number>>();
  const keys = fields.map(({ sample, words }) => `${keyOf(words)} ${sample.set}`);
  fields.forEach(({ number }, index) => {
    const key = keys[index] ?? '';
    const known = questions.get(key) ?? new Set<number>();
    questions.set(key, known.add(asked[number] ?? 0));
  });
  return fields.filter((_, index) => questions.get(keys[index] ?? '')?.size === 1);
}

function keyOf(words: Words): number {
  return hashRun(words.keys, 0, words.count);
}
