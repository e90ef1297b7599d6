import { LEAK_LEVELS, type Level, LEVEL_ORDER } from '../domain/finding.js';
import type { CheckFinding, PlacedFinding } from './check-scan.js';
import type { RowPlace } from './dataset-options.js';

/** Rows of a sample whose places are kept. */
const NAMED_ROWS = 4;

/** What hit a sample. */
export interface SampleHits {
  /** The eval file, and its number among them. */
  readonly evalSet: string;
  readonly evalNumber: number;
  readonly sampleIndex: number;
  readonly sampleId: string | number | null;
  readonly samplePlace: RowPlace;
  /** The worst level of all rows, and the largest share that it rests on. */
  readonly level: Level;
  readonly levelShare: number;
  /** Rows that hit it at a level that is shown, leaks alone where there are any; each counts once, at its worst. */
  readonly rows: number;
  /** All rows that hit it, by level. */
  readonly rowsByLevel: Readonly<Partial<Record<Level, number>>>;
  /** The first of the rows that are shown. */
  readonly places: readonly RowPlace[];
}

/** All samples that were hit. What is in memory grows with their number, not with that of the rows. */
export interface HitSamples {
  /** Counts a row for a sample, by its worst finding of that sample; `null` where it is none of `rows`. */
  count(item: PlacedFinding): SampleHits | null;
  values(): Iterable<SampleHits>;
}

type Growing = { -readonly [Key in keyof SampleHits]: SampleHits[Key] } & {
  readonly places: RowPlace[];
  readonly rowsByLevel: Partial<Record<Level, number>>;
};

/** `shown` are the levels that count as rows; files are numbered as in `evals`. */
export function createHitSamples(shown: readonly Level[], evals: readonly string[]): HitSamples {
  const numbers = new Map(evals.map((file, number) => [file, number]));
  const samples = new Map<string, Growing>();
  return {
    count(item) {
      const { finding, example } = item;
      const { level, levelShare, evalSet, sampleIndex } = finding;
      const key = `${sampleIndex} ${evalSet}`;
      const hits = samples.get(key) ?? noHits(item, numbers.get(evalSet) ?? 0);
      samples.set(key, hits);
      hits.rowsByLevel[level] = (hits.rowsByLevel[level] ?? 0) + 1;
      // A leak is not counted together with rows that only resemble the sample.
      if (isLeak(level) && !isLeak(hits.level)) [hits.rows, hits.places.length] = [0, 0];
      const order = rank(level) - rank(hits.level);
      if (order < 0) [hits.level, hits.levelShare] = [level, levelShare];
      else if (order === 0) hits.levelShare = Math.max(hits.levelShare, levelShare);
      if (!shown.includes(level) || isLeak(level) !== isLeak(hits.level)) return null;
      hits.rows += 1;
      if (hits.places.length < NAMED_ROWS) hits.places.push(placeIn(example));
      return hits;
    },
    values: () => samples.values(),
  };
}

function noHits({ finding, sample }: PlacedFinding, evalNumber: number): Growing {
  const { evalSet, sampleIndex, sampleId, level } = finding;
  return {
    evalSet,
    evalNumber,
    sampleIndex,
    sampleId,
    samplePlace: placeIn(sample),
    level,
    levelShare: 0,
    rows: 0,
    rowsByLevel: {},
    places: [],
  };
}

/** A row's place without its texts, which are not to be kept. */
export function placeIn({ file, index, line }: RowPlace): RowPlace {
  return { file, index, line };
}

/** From what matters most: the level, the share of the sample in per cent, how many rows hit it, its place. */
export function byWeight(a: SampleHits, b: SampleHits): number {
  return (
    rank(a.level) - rank(b.level) ||
    percentOf(b.levelShare) - percentOf(a.levelShare) ||
    b.rows - a.rows ||
    a.evalNumber - b.evalNumber ||
    a.sampleIndex - b.sampleIndex
  );
}

/** A share in whole per cents, rounded down, so that only the whole is a hundred. */
export function percentOf(share: number): number {
  return Math.floor(share * 100 + 1e-9);
}

/** What a level rests on: `31 % of the sample's words`, or `100 % of the words that count (31 % of all)`. */
export function shareOf({ coverage, levelShare }: CheckFinding): string {
  const [own, all] = [percentOf(levelShare), percentOf(coverage)];
  if (own === all) return `${own} % of the sample's words`;
  return `${own} % of the words that count (${all} % of all)`;
}

/** Below zero where `a` is worse than `b`: by the level, the share it rests on, the longest run. */
export function compareFindings(a: CheckFinding, b: CheckFinding): number {
  return (
    rank(a.level) - rank(b.level) ||
    (b.score ?? 0) - (a.score ?? 0) ||
    b.levelShare - a.levelShare ||
    b.longestRun - a.longestRun
  );
}

function isLeak(level: Level): boolean {
  return LEAK_LEVELS.includes(level);
}

function rank(level: Level): number {
  return LEVEL_ORDER.indexOf(level);
}
