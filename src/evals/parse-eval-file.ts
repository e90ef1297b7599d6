import { DataError } from '../domain/errors.js';
import type { Sample } from '../domain/sample.js';
import { evalLine, messagesOf, toolsOf } from './eval-line.js';
import { scorerComplaint } from './scorers/scorer.js';

/**
 * Reads an eval file: JSONL with `{id?, input: string | messages, reference?, options?, scorer?, tools?, cluster?,
 * slices?, critical?, pair?}` a line. Samples of one pair are one cluster, called by the pair where they name none. `name` stands in errors. A sample without an id is called by its line, `line-1` for the first.
 * @throws DataError `eval-line-unreadable` with the line's number for the first line that is no sample,
 * `eval-id-repeated`, `eval-pair-incomplete`, or `eval-set-empty`; a set with a hole in it is no set.
 */
export function parseEvalFile(bytes: Uint8Array, name: string): readonly Sample[] {
  const samples: Sample[] = [];
  const ids = new Set<string>();
  const lines = decode(bytes, name)
    .replace(/^\uFEFF/u, '')
    .split('\n');
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const sample = parseLine(text, name, index + 1);
    if (ids.has(sample.id)) {
      throw new DataError('eval-id-repeated', `${name} line ${index + 1}: its id was used before`);
    }
    ids.add(sample.id);
    samples.push(sample);
  }
  assertPairs(samples, name);
  if (samples.length === 0) {
    throw new DataError(
      'eval-set-empty',
      `${name} holds no samples; an empty set measures nothing`,
    );
  }
  return samples;
}

function parseLine(text: string, name: string, number: number): Sample {
  const parsed = evalLine.safeParse(parseJson(text, name, number));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where =
      issue === undefined || issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
    throw unreadable(
      name,
      number,
      `${where} is not as a sample has it (${issue?.code ?? 'shape'})`,
    );
  }
  const { id, input, options = [], scorer, tools, slices, critical, pair } = parsed.data;
  const reference = onlyOne(parsed.data.reference, parsed.data.answer);
  const cluster = onlyOne(parsed.data.cluster, parsed.data.group);
  if (reference === CONFLICT || cluster === CONFLICT) {
    throw unreadable(name, number, 'two of its fields mean the same and differ');
  }
  const complaint =
    scorer === undefined || reference === null
      ? null
      : scorerComplaint(scorer, { reference, options });
  if (complaint !== null)
    throw unreadable(name, number, `"${scorer}" can't judge it: ${complaint}`);
  const sampleId = id === undefined ? `line-${number}` : String(id);
  return {
    id: sampleId,
    messages: messagesOf(input),
    reference,
    referenceOrigin: 'independent',
    options,
    cluster: cluster ?? pair ?? sampleId,
    ...(scorer === undefined ? {} : { scorer }),
    ...(tools === undefined ? {} : { tools: toolsOf(tools) }),
    ...(slices === undefined ? {} : { slices: [...new Set(slices)].sort() }),
    ...(critical === undefined ? {} : { critical }),
    ...(pair === undefined ? {} : { pair }),
  };
}

/** A pair of one compares nothing, and one over two clusters would be counted twice. */
function assertPairs(samples: readonly Sample[], name: string): void {
  const pairs = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.pair !== undefined)
      pairs.set(sample.pair, [...(pairs.get(sample.pair) ?? []), sample]);
  }
  for (const members of pairs.values()) {
    const [first] = members;
    const clusters = new Set(members.map(({ cluster }) => cluster)).size;
    if (first === undefined || (members.length > 1 && clusters === 1)) continue;
    const pair = `the pair of sample ${first.id}`;
    const what =
      members.length > 1
        ? `the members of ${pair} are of several clusters`
        : `${pair} has no other member`;
    throw new DataError(
      'eval-pair-incomplete',
      `${name}: ${what}; a pair has two members or more, all of one cluster`,
    );
  }
}

/** Stands for two values where one was wanted. */
const CONFLICT = Symbol('conflict');

function onlyOne(
  one: string | null | undefined,
  other: string | null | undefined,
): string | null | typeof CONFLICT {
  if (typeof one === 'string' && typeof other === 'string' && one !== other) return CONFLICT;
  return one ?? other ?? null;
}

function parseJson(text: string, name: string, number: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(name, number, 'it is no JSON');
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DataError('eval-line-unreadable', `${name} is not UTF-8; nothing was frozen`);
  }
}

function unreadable(name: string, number: number, why: string): DataError {
  return new DataError(
    'eval-line-unreadable',
    `${name} line ${number} cannot be read: ${why}. A set with a hole in it is not frozen`,
  );
}
