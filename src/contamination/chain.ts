import type { Run } from './alignment.js';

/** Words that may lie between two runs of one alignment, on either side. */
export const MAXIMUM_GAP = 24;
/** What a gap costs, in words: a fifth for being there and a tenth for each word of it. */
const GAP_COST = 0.2;
const GAP_WORD_COST = 0.1;

interface Link {
  readonly score: number;
  readonly from: number;
  /** Words of this run that the chain before it covers already. */
  readonly overlap: number;
}

/**
 * The heaviest chain of runs that ascend on both sides: a word is worth 1, gaps cost. Runs that overlap
 * are cut at their beginning. `runs` are sorted by their end in the sample.
 */
export function chainRuns(runs: readonly Run[]): readonly Run[] {
  const links: Link[] = [];
  let best = -1;
  runs.forEach((run, index) => {
    const link = bestLink(run, runs, links);
    links.push(link);
    if (best === -1 || link.score > (links[best]?.score ?? 0)) best = index;
  });
  const chain: Run[] = [];
  for (let index = best; index !== -1;) {
    const run = runs[index];
    const link = links[index];
    if (run === undefined || link === undefined) break;
    chain.push({
      sample: run.sample + link.overlap,
      text: run.text + link.overlap,
      length: run.length - link.overlap,
    });
    index = link.from;
  }
  return chain.reverse();
}

function bestLink(run: Run, runs: readonly Run[], links: readonly Link[]): Link {
  let best: Link = { score: run.length, from: -1, overlap: 0 };
  for (let index = 0; index < links.length; index += 1) {
    const before = runs[index];
    const link = links[index];
    if (before === undefined || link === undefined) continue;
    const sampleGap = run.sample - (before.sample + before.length);
    const textGap = run.text - (before.text + before.length);
    if (sampleGap > MAXIMUM_GAP || textGap > MAXIMUM_GAP) continue;
    const overlap = Math.max(0, -sampleGap, -textGap);
    if (overlap >= run.length) continue;
    const cost = GAP_COST + GAP_WORD_COST * (sampleGap + textGap + 2 * overlap);
    const score = link.score + run.length - overlap - cost;
    if (score > best.score) best = { score, from: index, overlap };
  }
  return best;
}
