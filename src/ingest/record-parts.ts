/**
 * Where in a record's JSON those members begin, and some end, that the chain remembers of a call, in bytes: what it
 * remembers is made of these once it is written, and takes no room beside the record until then.
 */
export type RecordParts = Uint32Array;

/** What stands at each place of `RecordParts`; `faults` are those of its answer, with why the model stopped. */
export const PART = {
  cached: 0,
  consent: 1,
  contentDigest: 2,
  faults: 3,
  id: 4,
  idEnd: 5,
  model: 6,
  output: 7,
  quality: 8,
  redactions: 9,
  signals: 10,
  tenant: 11,
  time: 12,
  timeEnd: 13,
} as const;

export function createParts(): RecordParts {
  return new Uint32Array(Object.keys(PART).length);
}
