import { matchabilityOfIndexed } from '../contamination/matchability.js';
import { type PlacedSpans, placeSpans } from '../contamination/example-parts.js';
import { createLexicalTier } from '../contamination/rephrase/lexical-tier.js';
import { DEFAULT_SUSPECT_RATE } from '../contamination/rephrase/score.js';
import type { Threshold } from '../contamination/rephrase/thresholds.js';
import { type ContaminationSample, fieldText } from '../contamination/sample-fields.js';
import type { UncountedMatches } from '../contamination/scan-examples.js';
import type { ScannedExample } from '../contamination/scanned-example.js';
import { createSampleIndex, type SampleIndex } from '../contamination/sample-index.js';
import type { SampleMatch } from '../contamination/found-match.js';
import { DataError } from '../domain/errors.js';
import type { Field, Level, Match, Span } from '../domain/finding.js';
import { promptText } from '../domain/record.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import type { TableColumns } from '../formats/parquet-writer.js';
import type { RowScanner } from '../text/row-scanner.js';
import type { PlacedText } from './dataset-options.js';
import { type ScannedText, textsOf, toScannedExample } from './scanned-text.js';

/** One line of `--evidence`. Indexes count from 0 in their files; ids are the rows' own, or null. */
export interface CheckFinding {
  readonly file: string;
  readonly exampleIndex: number;
  readonly exampleId: string | number | null;
  readonly evalSet: string;
  readonly sampleIndex: number;
  readonly sampleId: string | number | null;
  readonly level: Level;
  readonly field: Field;
  /** Share of the field's words in one alignment. */
  readonly coverage: number;
  /** The share that the level rests on, of the words that stand in no template of the eval set. */
  readonly levelShare: number;
  /** Share of the field's words that are contaminated by LLaMA-2's rule. */
  readonly tokenShare: number;
  /** As `coverage`, each word weighing the more the fewer samples have it. */
  readonly idfScore: number;
  /** In words. */
  readonly longestRun: number;
  /** Exact Jaccard of the shingles in use. */
  readonly similarity: number;
  readonly rules: readonly string[];
  /** Of suspects: what the lexical tier gives them; comparable within one run. */
  readonly score?: number;
  /** Which text of the example the spans lie in: `prompt` (user and tool turns, joined by line feeds), `answer`, … */
  readonly examplePart: string;
  /** Shared stretches of that text and of the sample's field, pair by pair (of suspects each by itself). */
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
  field: 'text',
  coverage: 'number',
  levelShare: 'number',
  tokenShare: 'number',
  idfScore: 'number',
  longestRun: 'integer',
  similarity: 'number',
  rules: 'texts',
  score: 'optional-number',
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
  /**
   * Looks at a row for the first time, to learn what many rows hold; whether it may match anything.
   * Other rows need no second look.
   */
  mayMatch(example: ScannedText): boolean;
  /** Where rows are scanned for `mayMatchTaken`; `null` where every row has to be parsed. */
  readonly scanner: RowScanner | null;
  /** As `mayMatch`, see `SampleIndex.countTaken`. */
  mayMatchTaken(texts: number, take: (text: number) => number): boolean;
  /** Every match of one row, by the samples' order, when all rows have been looked at. */
  findingsIn(example: ScannedText): readonly PlacedFinding[];
  /** What was seen in the rows scanned so far and is no finding. */
  uncounted(): UncountedMatches;
  /** By eval file: from when a row is a suspect; empty where none are looked for. */
  thresholds(): Readonly<Record<string, Threshold>>;
}

/** Indexes the samples, for suspects too where `withSuspects`. @throws DataError `eval-set-empty` where a file has none. */
export function prepareSamples(
  files: readonly string[],
  samples: readonly PlacedText[],
  policy: ContaminationPolicy,
  withSuspects: boolean,
): CheckSamples {
  const prepared = samples.map(toContaminationSample);
  const index = createSampleIndex(prepared, policy);
  const tier = withSuspects
    ? createLexicalTier(prepared, { policy, targetRate: DEFAULT_SUSPECT_RATE })
    : null;
  const protection = files.map((file) => protectionOf(file, samples, index, policy));
  const census = index.createCensus();
  return {
    count: samples.length,
    protection,
    scanner: tier === null ? index.scanner : null,
    mayMatchTaken: (texts, take) => index.countTaken(texts, take, census),
    mayMatch(example) {
      const scanned = toScannedExample(example);
      const mayMatch = index.count(scanned, census);
      if (tier === null) return mayMatch;
      const found = samplesOf(mayMatch ? index.scan(scanned, null) : []);
      return tier.observe(wordedParts(scanned), found) || mayMatch;
    },
    findingsIn(example) {
      const scanned = toScannedExample(example);
      const matches = index.scan(scanned, census);
      const suspects = tier?.suspects(wordedParts(scanned), samplesOf(matches)) ?? [];
      const all = [...matches, ...suspects].sort((a, b) => a.sample - b.sample);
      return placedFindings(example, samples, prepared, all);
    },
    uncounted: () => ({
      excusedMatches: census.excusedCount(),
      templateRows: census.templateCount(),
    }),
    thresholds: () => Object.fromEntries(tier?.thresholds() ?? []),
  };
}

/** The texts that may say a sample in other words; a template is no place for one. */
function wordedParts({ parts, others = [] }: ScannedExample): readonly string[] {
  return [...parts, ...others];
}

function samplesOf(matches: readonly SampleMatch[]): ReadonlySet<number> {
  return new Set(matches.map(({ sample }) => sample));
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
  const own = index.texts.filter(({ sample }) => sample.set === file);
  const count = own.filter(({ field, rawSpan }) => field === 'prompt' && rawSpan === null).length;
  if (count === 0) {
    throw new DataError('eval-set-empty', `${file} holds no samples; there is nothing to check`);
  }
  const { coverage, unmatchable } = matchabilityOfIndexed(own, policy);
  const unprotected = unmatchable.flatMap((position): Unprotected[] => {
    const sample = samples[Number(position)];
    return sample === undefined
      ? []
      : [{ evalSet: file, sampleIndex: sample.index, sampleId: sample.id }];
  });
  return { evalSet: file, samples: count, coverage, unprotected };
}

function placedFindings(
  example: ScannedText,
  samples: readonly PlacedText[],
  prepared: readonly ContaminationSample[],
  matches: readonly SampleMatch[],
): readonly PlacedFinding[] {
  if (matches.length === 0) return [];
  const texts = textsOf(example);
  return matches.flatMap(({ sample: number, match }): PlacedFinding[] => {
    const [sample, own] = [samples[number], prepared[number]];
    const placed = placeSpans(texts, match.exampleSpans);
    if (sample === undefined || own === undefined || placed === null) return [];
    const finding = findingOf(example, sample, match, placed);
    const sampleText = fieldText(own, match.field);
    return [{ finding, example, sample, exampleText: placed.part.text, sampleText }];
  });
}

function findingOf(
  example: PlacedText,
  sample: PlacedText,
  match: Match,
  { part, spans }: PlacedSpans,
): CheckFinding {
  const { level, field, coverage, levelShare, tokenShare, idfScore, longestRun } = match;
  const { similarity, rules, score, sampleSpans } = match;
  return {
    file: example.file,
    exampleIndex: example.index,
    exampleId: example.id,
    evalSet: sample.file,
    sampleIndex: sample.index,
    sampleId: sample.id,
    level,
    field,
    coverage,
    levelShare,
    tokenShare,
    idfScore,
    longestRun,
    similarity,
    rules,
    ...(score === undefined ? {} : { score }),
    examplePart: part.name,
    exampleSpans: spans,
    sampleSpans,
  };
}
