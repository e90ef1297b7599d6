import { excerptPair, type PairExcerpt } from '../release/report/excerpt.js';
import type { CheckFinding, PlacedFinding } from './check-scan.js';
import type { RowPlace } from './dataset-options.js';
import { byWeight, compareFindings, placeIn, type SampleHits } from './sample-hits.js';

/** A sample with the finding that shows it best, and excerpts of both texts. */
export interface ShownFinding {
  /** What is known of the sample by now. */
  readonly hits: SampleHits;
  readonly finding: CheckFinding;
  readonly excerpt: PairExcerpt;
  readonly examplePlace: RowPlace;
}

/** The samples that weigh most, each with one finding, as many as there is room for. */
export interface WorstFindings {
  /** Takes a finding and what is known of its sample with it. */
  offer(hits: SampleHits, item: PlacedFinding): void;
  /** Sorted by `byWeight`. */
  list(): readonly ShownFinding[];
}

/**
 * Keeps the `limit` samples that come first by `byWeight`, whatever the number of findings. Every finding offers
 * its sample anew, and a sample's weight only ever grows: one that belongs to the first at the end is let in with
 * its last finding at the latest, and nothing lets it go after that. Of its findings it shows the worst since.
 */
export function createWorstFindings(limit: number): WorstFindings {
  const shown = new Map<SampleHits, ShownFinding>();

  /** Makes room for a sample, if it weighs more than one that has a place. */
  function isLetIn(hits: SampleHits): boolean {
    if (shown.size < limit) return true;
    let last = hits;
    for (const known of shown.keys()) if (byWeight(known, last) > 0) last = known;
    return shown.delete(last);
  }

  return {
    offer(hits, item) {
      const known = shown.get(hits);
      if (known === undefined ? isLetIn(hits) : compareFindings(item.finding, known.finding) < 0) {
        shown.set(hits, showing(hits, item));
      }
    },
    list: () => [...shown.values()].sort((a, b) => byWeight(a.hits, b.hits)),
  };
}

function showing(hits: SampleHits, item: PlacedFinding): ShownFinding {
  const { finding, example } = item;
  const excerpt = excerptPair(
    { text: item.sampleText, spans: finding.sampleSpans },
    { text: item.exampleText, spans: finding.exampleSpans },
  );
  return {
    hits,
    finding,
    // A copy: a piece of a text would keep the whole text in memory.
    excerpt: structuredClone(excerpt),
    examplePlace: placeIn(example),
  };
}
