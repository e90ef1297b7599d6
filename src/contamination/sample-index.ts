import { FIELDS, LEAK_LEVELS, type Level, LEVEL_ORDER, type Match } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import type { RowScanner } from '../text/row-scanner.js';
import { haveSameKeys } from '../text/words.js';
import { align } from './align.js';
import type { Alignment, Window } from './alignment.js';
import { type Candidate, createFinder } from './finder.js';
import type { FoundMatch, SampleMatch } from './found-match.js';
import { indexSamples } from './indexed-sample.js';
import type { IndexedText } from './indexed-text.js';
import { type ExampleFacts, type Grounds, type Judged, judge } from './judge.js';
import type { ExamplePart } from './example-part.js';
import { plainTextOf } from './plain-text.js';
import { type RowCensus, createRowCensus } from './row-census.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import type { ContaminationSample } from './sample-fields.js';
import {
  type RawPart,
  type ScannedExample,
  createPartReader,
  rawPartsOf,
} from './scanned-example.js';
import { type SampleRuns, createSampleRuns } from './sample-runs.js';
import { createTemplateReader } from './template-matches.js';

/** Samples that examples are scanned for. */
export interface SampleIndex {
  readonly texts: readonly IndexedText[];
  /**
   * The best match for each field of each sample that the example matches at any level, by number and field. What
   * `census` counted is damped, and it notes how many leaks of a part that were.
   */
  scan(example: ScannedExample, census?: RowCensus | null): readonly SampleMatch[];
  /** Begins to count what examples have in common with the samples, before any is scanned. */
  createCensus(): RowCensus;
  /** Counts an example, and says whether it may match anything: no other has to be scanned. */
  count(example: ScannedExample, census: RowCensus): boolean;
  /** Where rows are scanned for `countTaken`; `null` where they can't be. */
  readonly scanner: RowScanner | null;
  /**
   * As `count`, of an example of `texts` texts, the first its own and the rest `others`: the scanner takes the text
   * that is asked for, and its length in bytes is returned.
   */
  countTaken(texts: number, take: (text: number) => number, census: RowCensus): boolean;
}

/** A template is judged by itself, whatever its row is about. */
const NO_FACTS: ExampleFacts = { options: undefined, answer: undefined };

/**
 * Indexes samples once, to scan any number of examples. Candidates come from rare runs of words, from whole
 * short samples and from MinHash; each is aligned word by word, and only the alignment decides.
 */
export function createSampleIndex(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): SampleIndex {
  const { indexed, vocabulary } = indexSamples(samples, policy);
  const texts = indexed.map(({ raw }) => raw);
  const tellingCounts = indexed.map(({ informativeCount }) => informativeCount);
  const finder = createFinder(texts, tellingCounts, policy.shingle);
  const partOf = createPartReader(vocabulary, policy);
  let runs: SampleRuns | null = null;

  function* matchesIn(
    part: ExamplePart,
    candidates: readonly Candidate[],
    facts: ExampleFacts,
    census: RowCensus | null,
  ): Generator<FoundMatch, void, undefined> {
    for (const candidate of candidates) {
      const { number, source } = candidate;
      const text = indexed[number];
      if (text === undefined) continue;
      const common = census?.commonWords(number) ?? null;
      const isShort = text.words.count < SHORT_SAMPLE_WORDS;
      for (const judged of matchesAt(text, part, candidate, { facts, policy, source, common })) {
        yield { sample: text.number, isShort, ...judged };
      }
    }
  }

  /** Matches of a part and, where it has markup, of what is left without it. */
  function* matchesOf(
    { raw, offset }: RawPart,
    facts: ExampleFacts,
    census: RowCensus | null,
  ): Generator<FoundMatch, void, undefined> {
    const candidates = finder.candidates(raw);
    const part = candidates.length > 0 ? partOf(raw, offset, null) : null;
    if (part !== null) yield* matchesIn(part, candidates, facts, census);
    const plain = plainTextOf(raw);
    const others = plain === null ? [] : finder.candidates(plain.text);
    if (plain === null || others.length === 0) return;
    const without = partOf(plain.text, offset, plain.rawSpan);
    const isSame = part !== null && haveSameKeys(part.words, without.words);
    if (!isSame) yield* matchesIn(without, others, facts, census);
  }

  const templateOf = createTemplateReader((raw) =>
    matchesOf({ raw, kind: 'template', offset: 0 }, NO_FACTS, null),
  );

  /** Counts the text that candidates were asked for last, and where it is given without its markup, too. */
  function countText(
    raw: string | null,
    isOwn: boolean,
    candidates: readonly Candidate[],
    census: RowCensus,
  ): boolean {
    census.take(finder.words(), finder.sharedPlaces(), isOwn);
    const plain = raw === null ? null : plainTextOf(raw);
    const others = plain === null ? [] : finder.candidates(plain.text);
    if (plain !== null) census.take(finder.words(), finder.sharedPlaces(), isOwn);
    return candidates.length + others.length > 0;
  }

  /** Counts a template, whose runs of words are nobody's own. */
  function countTemplate(raw: string, census: RowCensus): boolean {
    const { leaks, holdsPart } = templateOf(raw);
    if (holdsPart) census.noteTemplate();
    return leaks.length > 0;
  }

  /** Matches of a part of an example, in its place. */
  function* matchesOfPart(
    part: RawPart,
    facts: ExampleFacts,
    census: RowCensus | null,
  ): Generator<FoundMatch, void, undefined> {
    if (part.kind !== 'template') return yield* matchesOf(part, facts, census);
    for (const found of templateOf(part.raw).leaks) {
      yield { ...found, match: movedBy(found.match, part.offset) };
    }
  }

  return {
    texts: indexed,
    scan(example, census = null) {
      const best = new Map<number, SampleMatch>();
      const excused = new Set<number>();
      const facts = { options: example.options, answer: example.answer };
      for (const part of rawPartsOf(example)) {
        for (const found of matchesOfPart(part, facts, census)) {
          const { sample, match, isExcused } = found;
          const key = sample * FIELDS.length + FIELDS.indexOf(match.field);
          if (isExcused) {
            if (LEAK_LEVELS.includes(match.level)) excused.add(key);
            continue;
          }
          const known = best.get(key);
          if (known === undefined || isBetter(match, known.match)) best.set(key, { sample, match });
        }
      }
      census?.excuse([...excused].filter((key) => !best.has(key)).length);
      const found = [...best].sort(([a], [b]) => a - b).map(([, match]) => match);
      return found.map((match) => withPrompt(match, found));
    },
    count(example, census) {
      census.begin();
      let mayMatch = false;
      for (const { raw, kind } of rawPartsOf(example)) {
        const may =
          kind === 'template'
            ? countTemplate(raw, census)
            : countText(raw, kind === 'own', finder.candidates(raw), census);
        mayMatch = may || mayMatch;
      }
      census.end();
      return mayMatch;
    },
    scanner: finder.scanner,
    countTaken(texts, take, census) {
      census.begin();
      let mayMatch = false;
      for (let text = 0; text < texts; text += 1) {
        const length = take(text);
        const candidates = finder.candidatesTaken(length);
        const isPlain = finder.scanner?.takenHasSigns(length) === false;
        const raw = isPlain ? null : finder.text();
        mayMatch = countText(raw, text === 0, candidates, census) || mayMatch;
      }
      census.end();
      return mayMatch;
    },
    createCensus: () => createRowCensus((runs ??= createSampleRuns(texts))),
  };
}

/** The options of a question that is kin are those of another question. */
function withPrompt(found: SampleMatch, all: readonly SampleMatch[]): SampleMatch {
  const { sample, match } = found;
  if (match.field !== 'options') return found;
  const isKin = all.some(
    (other) =>
      other.sample === sample && other.match.field === 'prompt' && other.match.level === 'kin',
  );
  return isKin ? { sample, match: { ...match, level: 'kin' } } : found;
}

const WHOLE_LEVELS: readonly Level[] = ['verbatim', 'dirty'];

/** The match at a place; where that is kin, what stands beside it there may be the sample. */
function* matchesAt(
  text: IndexedText,
  part: ExamplePart,
  { place }: Candidate,
  grounds: Grounds,
): Generator<Judged, void, undefined> {
  if ('start' in place) {
    const judged = judge(text, part, wholeAt(text, place.start), grounds);
    if (judged !== null) yield judged;
    return;
  }
  const alignment = align(text.ids, part.ids, place);
  const judged = alignment === null ? null : judge(text, part, alignment, grounds);
  if (alignment === null || judged === null) return;
  yield judged;
  if (judged.match.level !== 'kin') return;
  for (const rest of besides(alignment, place)) {
    const other = align(text.ids, part.ids, rest);
    const judgedOther = other === null ? null : judge(text, part, other, grounds);
    // A part beside it belongs to what is kin.
    if (judgedOther !== null && WHOLE_LEVELS.includes(judgedOther.match.level)) yield judgedOther;
  }
}

/** What an alignment leaves of a window, before it and behind it. */
function besides({ pairs }: Alignment, { from, to }: Window): readonly Window[] {
  const before = { from, to: pairs[0]?.text ?? from };
  const behind = { from: (pairs.at(-1)?.text ?? to) + 1, to };
  return [before, behind].filter((rest) => rest.from < rest.to);
}

function movedBy(match: Match, offset: number): Match {
  const exampleSpans = match.exampleSpans.map(({ start, end }) => ({
    start: start + offset,
    end: end + offset,
  }));
  return { ...match, exampleSpans };
}

function wholeAt({ words }: IndexedText, start: number): Alignment {
  const pairs = Array.from({ length: words.count }, (_, word) => ({
    sample: word,
    text: start + word,
  }));
  return { pairs, longestRun: words.count };
}

function isBetter(a: Match, b: Match): boolean {
  const order = LEVEL_ORDER.indexOf(a.level) - LEVEL_ORDER.indexOf(b.level);
  if (order !== 0) return order < 0;
  if (a.levelShare !== b.levelShare) return a.levelShare > b.levelShare;
  if (a.coverage !== b.coverage) return a.coverage > b.coverage;
  return a.longestRun > b.longestRun;
}
