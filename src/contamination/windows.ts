import type { Window } from './alignment.js';

/** Windows of one text in which one sample is looked for. */
const MAXIMUM_WINDOWS = 3;

/** One place where a run of the sample stands in the text. */
export interface Hit {
  readonly place: number;
  readonly text: number;
}

/**
 * The stretches of a text that hold most hits of a sample, the fullest first: as long as the sample and half
 * again, then widened by what the sample has before its first and after its last hit. Hits ascend by `text`.
 */
export function windowsOf(
  hits: readonly Hit[],
  sampleLength: number,
  textLength: number,
): readonly Window[] {
  const reach = sampleLength + (sampleLength >> 1) + 8;
  const windows: Window[] = [];
  let left = hits;
  while (left.length > 0 && windows.length < MAXIMUM_WINDOWS) {
    const { from, to } = fullest(left, reach);
    const inside = left.slice(from, to);
    windows.push(widened(inside, sampleLength, textLength));
    const first = inside[0]?.text ?? 0;
    const last = inside.at(-1)?.text ?? 0;
    left = left.filter((hit) => hit.text < first || hit.text > last);
  }
  return windows;
}

function fullest(hits: readonly Hit[], reach: number): Window {
  let best = { from: 0, to: 1 };
  let from = 0;
  for (let to = 1; to <= hits.length; to += 1) {
    while ((hits[to - 1]?.text ?? 0) - (hits[from]?.text ?? 0) > reach) from += 1;
    if (to - from > best.to - best.from) best = { from, to };
  }
  return best;
}

function widened(hits: readonly Hit[], sampleLength: number, textLength: number): Window {
  const slack = (sampleLength >> 2) + 8;
  let from = textLength;
  let to = 0;
  for (const { place, text } of hits) {
    from = Math.min(from, text - place);
    to = Math.max(to, text - place + sampleLength);
  }
  return { from: Math.max(0, from - slack), to: Math.min(textLength, to + slack) };
}
