import { DataError } from '../domain/errors.js';
import type { Sample } from '../domain/sample.js';

/** Parses what a freeze wrote; its digest has been checked, so the shape is holdfast's own. */
export function parseFrozenSamples(bytes: Uint8Array, name: string): readonly Sample[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const samples = lines.filter((line) => line !== '').map((line) => parse(line, name));
  if (samples.length === 0) {
    throw new DataError('eval-set-empty', `eval set ${name} holds no samples`);
  }
  return samples;
}

function parse(line: string, name: string): Sample {
  try {
    return JSON.parse(line) as Sample;
  } catch {
    throw new DataError('eval-set-changed', `eval set ${name} holds a line that is no JSON`);
  }
}
