import type { Match, Span } from '../../domain/finding.js';
import type { ContaminationPolicy } from '../../domain/shingle.js';
import { jaccard, shinglesOf } from '../../text/shingles.js';
import type { RephraseCandidate } from './rephrase-index.js';
import type { RephraseSample } from './rephrase-sample.js';
import { UNKNOWN, type Terms } from './terms.js';

/** The rule that the lexical tier's findings name. */
export const LEXICAL_RULE = 'rephrasing';

/** What a suspect is compared with. */
export interface ComparedSample {
  readonly raw: string;
  readonly sample: RephraseSample | undefined;
  readonly isFunctionWord: (id: number) => boolean;
}

/**
 * A suspect as a finding: how much of the sample's words and numbers the stretch has in any order, the longest
 * common run of them, and where they stand in both texts. Spans count in the parts joined by line feeds.
 */
export function suspectMatch(
  parts: readonly string[],
  part: number,
  { terms, window, features }: RephraseCandidate,
  { raw, sample, isFunctionWord }: ComparedSample,
  score: number,
  policy: ContaminationPolicy,
): Match {
  const stretch = slice(terms, window.from, window.to);
  const own = sample?.terms ?? slice(terms, 0, 0);
  const inStretch = new Set(stretch.ids.filter((id) => id > UNKNOWN));
  const inSample = new Set(own.ids);
  const offset = parts.slice(0, part).reduce((sum, text) => sum + text.length + 1, 0);
  const common = own.ids.filter((id) => inStretch.has(id)).length;
  const coverage = own.count === 0 ? 0 : common / own.count;
  return {
    level: 'suspect',
    field: 'prompt',
    coverage,
    levelShare: coverage,
    tokenShare: 0,
    idfScore: features.words,
    longestRun: longestCommonRun(own.ids, stretch.ids),
    similarity: jaccard(
      shinglesOf(raw, policy.shingle),
      shinglesOf(parts[part] ?? '', policy.shingle),
    ),
    rules: [LEXICAL_RULE],
    exampleSpans: spansOf(stretch, inSample, isFunctionWord, offset),
    sampleSpans: spansOf(own, inStretch, isFunctionWord, 0),
    score,
  };
}

function slice({ ids, starts, ends }: Terms, from: number, to: number): Terms {
  return {
    count: to - from,
    ids: ids.subarray(from, to),
    starts: starts.subarray(from, to),
    ends: ends.subarray(from, to),
  };
}

/** Stretches of terms that are in `wanted`, neighbours together; function words alone are none. */
function spansOf(
  terms: Terms,
  wanted: ReadonlySet<number>,
  isFunctionWord: (id: number) => boolean,
  offset: number,
): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < terms.count; at += 1) {
    const first = at;
    let isTelling = false;
    for (; wanted.has(terms.ids[at] ?? UNKNOWN); at += 1) {
      if (!isFunctionWord(terms.ids[at] ?? UNKNOWN)) isTelling = true;
    }
    if (!isTelling) continue;
    const start = offset + (terms.starts[first] ?? 0);
    spans.push({ start, end: offset + (terms.ends[at - 1] ?? 0) });
  }
  return spans;
}

function longestCommonRun(a: Int32Array, b: Int32Array): number {
  let longest = 0;
  let before = new Int32Array(b.length + 1);
  for (const own of a) {
    const row = new Int32Array(b.length + 1);
    for (let index = 1; index <= b.length; index += 1) {
      if (own !== b[index - 1]) continue;
      row[index] = (before[index - 1] ?? 0) + 1;
      longest = Math.max(longest, row[index] ?? 0);
    }
    before = row;
  }
  return longest;
}
