import type { Window } from './alignment.js';

/** Windows of one text in which one sample is looked for, and as many around what is rare in that text. */
const MAXIMUM_WINDOWS = 3;
/** A place is rare where it is hit this many times less often than the one that is hit most. */
const RARE_TIMES = 2;

/** One place where a run of the sample stands in the text. */
export interface Hit {
  readonly place: number;
  readonly text: number;
}

/**
 * The stretches of a text in which most different places of a sample are hit, the fullest first: as long as
 * the sample and half again, then widened by what the sample has before its first and after its last hit.
 * Hits ascend by `text`. One place that is hit again and again, as in a refrain, counts once. Where there are
 * more such stretches than are looked at, those around the sample's rarest places are too: a sheet of a hundred
 * questions that differ in their numbers has everything but this one's numbers in each of them.
 */
export function windowsOf(
  hits: readonly Hit[],
  sampleLength: number,
  textLength: number,
): readonly Window[] {
  const fullest = fullestWindows(hits, sampleLength, textLength);
  if (!fullest.hasMore) return fullest.windows;
  const rare = fullestWindows(rarest(hits, sampleLength), sampleLength, textLength);
  return [...fullest.windows, ...rare.windows];
}

function fullestWindows(
  hits: readonly Hit[],
  sampleLength: number,
  textLength: number,
): { readonly windows: readonly Window[]; readonly hasMore: boolean } {
  const reach = sampleLength + (sampleLength >> 1) + 8;
  const windows: Window[] = [];
  let left = hits;
  while (left.length > 0 && windows.length < MAXIMUM_WINDOWS) {
    const { from, to } = fullest(left, reach, sampleLength);
    const inside = left.slice(from, to);
    windows.push(widened(inside, sampleLength, textLength));
    const first = inside[0]?.text ?? 0;
    const last = inside.at(-1)?.text ?? 0;
    left = left.filter((hit) => hit.text < first || hit.text > last);
  }
  return { windows, hasMore: left.length > 0 };
}

/** The hits of places that are hit least often; of one that is hit most often not all are noted. */
function rarest(hits: readonly Hit[], sampleLength: number): readonly Hit[] {
  const times = new Uint32Array(sampleLength);
  for (const { place } of hits) times[place] = (times[place] ?? 0) + 1;
  const most = times.reduce((highest, own) => Math.max(highest, own), 0);
  return hits.filter(({ place }) => (times[place] ?? 0) * RARE_TIMES <= most);
}

/** The hits within `reach` words that stand at most different places of the sample. */
function fullest(hits: readonly Hit[], reach: number, sampleLength: number): Window {
  const times = new Uint32Array(sampleLength);
  let best = { from: 0, to: 1, places: 0 };
  let from = 0;
  let places = 0;
  hits.forEach(({ place, text }, index) => {
    if (times[place] === 0) places += 1;
    times[place] = (times[place] ?? 0) + 1;
    for (let first = hits[from]; first !== undefined && text - first.text > reach;) {
      times[first.place] = (times[first.place] ?? 0) - 1;
      if (times[first.place] === 0) places -= 1;
      from += 1;
      first = hits[from];
    }
    if (places > best.places) best = { from, to: index + 1, places };
  });
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
