import type { ContaminationSample } from '../contamination/indexed-sample.js';
import { matchabilityOfIndexed } from '../contamination/matchability.js';
import { createSampleIndex, type SampleIndex } from '../contamination/sample-index.js';
import { exampleTexts, type PlacedSpans, placeSpans } from '../contamination/example-parts.js';
import { DataError } from '../domain/errors.js';
import { LEAK_LEVELS, type Level, type Match, type Span } from '../domain/finding.js';
import { promptText } from '../domain/record.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import type { TableColumns } from '../formats/parquet-writer.js';
import type { PlacedText } from './dataset-options.js';

/** One line of `--evidence`. Indexes count from 0 in their files; ids are the rows' own, or null. */
export interface CheckFinding {
  readonly file: string;
  readonly exampleIndex: number;
  readonly exampleId: string | number | null;
  readonly evalSet: string;
  readonly sampleIndex: number;
  readonly sampleId: string | number | null;
  readonly level: Level;
  /** Share of the sample's words in one alignment. */
  readonly coverage: number;
  /** In words. */
  readonly longestRun: number;
  /** Exact Jaccard of the shingles in use. */
  readonly similarity: number;
  readonly rules: readonly string[];
  /** Which text of the example the spans lie in: `prompt` (user and tool turns, joined by line feeds), `answer`, … */
  readonly examplePart: string;
  /** Shared stretches of that text and of the sample's prompt, pair by pair, in UTF-16 units. */
  readonly exampleSpans: readonly Span[];
  readonly sampleSpans: readonly Span[];
}

/** The same in a Parquet file. */
export const FINDING_COLUMNS: TableColumns<keyof CheckFinding> = {
  file: 'text',
  exampleIndex: 'integer',
  exampleId: 'optional-text',
  evalSet: 'text',
  sampleIndex: 'integer',
  sampleId: 'optional-text',
  level: 'text',
  coverage: 'number',
  longestRun: 'integer',
  similarity: 'number',
  rules: 'texts',
  examplePart: 'text',
  exampleSpans: 'spans',
  sampleSpans: 'spans',
};

/** A finding with both rows and the texts its spans lie in; `--evidence` has none of their texts. */
export interface PlacedFinding {
  readonly finding: CheckFinding;
  readonly example: PlacedText;
  readonly sample: PlacedText;
  readonly exampleText: string;
  readonly sampleText: string;
}

/** A sample that nothing can protect. */
export interface Unprotected {
  readonly evalSet: string;
  readonly sampleIndex: number;
  readonly sampleId: string | number | null;
}

/** What can be done for the samples of one eval file. */
export interface EvalProtection {
  readonly evalSet: string;
  readonly samples: number;
  /** How many samples each rule can find. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly unprotected: readonly Unprotected[];
}

/** The samples of all eval files, ready to be scanned for. */
export interface CheckSamples {
  readonly count: number;
  readonly protection: readonly EvalProtection[];
  /** Every match of one row, by the samples' order. */
  findingsIn(example: PlacedText): readonly PlacedFinding[];
}

/** From what counts most to what counts least: a sample copied here and only resembled there is leaked. */
export const LEVEL_ORDER: readonly Level[] = [...LEAK_LEVELS, 'kin', 'suspect'];

/** Indexes the samples. @throws DataError `eval-set-empty` where a file has none. */
export function prepareSamples(
  files: readonly string[],
  samples: readonly PlacedText[],
  policy: ContaminationPolicy,
): CheckSamples {
  const prepared = samples.map(toContaminationSample);
  const index = createSampleIndex(prepared, policy);
  const protection = files.map((file) => protectionOf(file, samples, index, policy));
  return {
    count: samples.length,
    protection,
    findingsIn: (example) => findingsIn(example, samples, index),
  };
}

/** A passage that many questions share is no part of what is looked for. */
function toContaminationSample(text: PlacedText, position: number): ContaminationSample {
  const { file, messages, question, options, answer } = text;
  const prompt = question ?? promptText(messages);
  return { set: file, id: String(position), prompt, options, reference: answer };
}

function protectionOf(
  file: string,
  samples: readonly PlacedText[],
  index: SampleIndex,
  policy: ContaminationPolicy,
): EvalProtection {
  const own = index.samples.filter(({ sample }) => sample.set === file);
  if (own.length === 0) {
    throw new DataError('eval-set-empty', `${file} holds no samples; there is nothing to check`);
  }
  const { coverage, unmatchable } = matchabilityOfIndexed(own, policy);
  const unprotected = unmatchable.flatMap((position): Unprotected[] => {
    const sample = samples[Number(position)];
    return sample === undefined
      ? []
      : [{ evalSet: file, sampleIndex: sample.index, sampleId: sample.id }];
  });
  return { evalSet: file, samples: own.length, coverage, unprotected };
}

function findingsIn(
  example: PlacedText,
  samples: readonly PlacedText[],
  index: SampleIndex,
): readonly PlacedFinding[] {
  const { messages, answer, options } = example;
  const texts = exampleTexts(messages, answer);
  const scanned = {
    id: String(example.index),
    parts: texts.map(({ text }) => text),
    answer,
    ...(options.length > 0 ? { options } : {}),
  };
  return index.scan(scanned).flatMap(({ sample: number, match }): PlacedFinding[] => {
    const sample = samples[number];
    const placed = placeSpans(texts, match.exampleSpans);
    if (sample === undefined || placed === null) return [];
    const finding = findingOf(example, sample, match, placed);
    const sampleText = index.samples[number]?.sample.prompt ?? '';
    return [{ finding, example, sample, exampleText: placed.part.text, sampleText }];
  });
}

function findingOf(
  example: PlacedText,
  sample: PlacedText,
  { level, coverage, longestRun, similarity, rules, sampleSpans }: Match,
  { part, spans }: PlacedSpans,
): CheckFinding {
  return {
    file: example.file,
    exampleIndex: example.index,
    exampleId: example.id,
    evalSet: sample.file,
    sampleIndex: sample.index,
    sampleId: sample.id,
    level,
    coverage,
    longestRun,
    similarity,
    rules,
    examplePart: part.name,
    exampleSpans: spans,
    sampleSpans,
  };
}
