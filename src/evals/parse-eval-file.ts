import { z } from 'zod';
import { DataError } from '../domain/errors.js';
import type { Message } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.string(),
});

/** An empty reference would call every model right that says nothing. */
const answer = z.string().regex(/\S/u);

/** A line of an eval file: `reference` and `answer` mean the same, and so do `cluster` and `group`. */
const line = z.object({
  id: z.union([z.string().min(1), z.number()]).optional(),
  input: z.union([z.string(), z.array(message).min(1)]),
  reference: answer.nullish(),
  answer: answer.nullish(),
  options: z.array(z.string()).optional(),
  cluster: z.string().optional(),
  group: z.string().optional(),
});

/**
 * Reads an eval file: JSONL with `{id?, input: string | messages, reference?, options?, cluster?}` a line.
 * `name` stands in errors. A sample without an id is called by its line, `line-1` for the first.
 * @throws DataError `eval-line-unreadable` with the line's number for the first line that is no sample,
 * `eval-id-repeated`, or `eval-set-empty`; a set with a hole in it is no set.
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
  if (samples.length === 0) {
    throw new DataError(
      'eval-set-empty',
      `${name} holds no samples; an empty set measures nothing`,
    );
  }
  return samples;
}

function parseLine(text: string, name: string, number: number): Sample {
  const parsed = line.safeParse(parseJson(text, name, number));
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
  const { id, input, options } = parsed.data;
  const reference = onlyOne(parsed.data.reference, parsed.data.answer);
  const cluster = onlyOne(parsed.data.cluster, parsed.data.group);
  if (reference === CONFLICT || cluster === CONFLICT) {
    throw unreadable(name, number, 'two of its fields mean the same and differ');
  }
  const sampleId = id === undefined ? `line-${number}` : String(id);
  return {
    id: sampleId,
    messages: toMessages(input),
    reference,
    referenceOrigin: 'independent',
    options: options ?? [],
    cluster: cluster ?? sampleId,
  };
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

function toMessages(input: string | z.infer<typeof message>[]): readonly Message[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return input.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content,
  }));
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
