import { createHash } from 'node:crypto';
import { DataError, invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { ObjectReference } from '../domain/manifest.js';
import type { Lineage } from '../domain/model.js';
import type { Message, RejectedAnswer } from '../domain/record.js';
import { otherTextsOf } from '../formats/dataset-others.js';
import { readTrainerRow } from '../formats/trainer-rows.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, sha256Hex } from '../storage/objects.js';

/** A row of a training file: the whole conversation, the text of its last message as the answer, and the texts of its tools. */
export interface TrainingRow {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly answer: string;
  readonly templates: readonly string[];
  /** Of a pair the answer that was rejected, which it was trained on as well. */
  readonly rejected?: RejectedAnswer;
}

/** Whether a training file is a release's, whose texts were redacted; declared ones are as they were given. */
export function isOfRelease({ key }: ObjectReference): boolean {
  return key.startsWith('releases/');
}

/** Model ids hold characters that keys don't; their digest stands for them. */
export function lineageKey(modelId: string): string {
  return `lineage/${createHash('sha256').update(modelId).digest('hex')}.json`;
}

/**
 * Writes what a model was trained on; said once and never changed. Saying it again with the same files is
 * fine wherever they lie: releases may hold the same training file, and then they share a model.
 * @throws InvariantError where the model is known to come from other files.
 */
export async function writeLineage(store: ObjectStore, lineage: Lineage): Promise<void> {
  const key = lineageKey(lineage.modelId);
  const { created } = await store.putIfAbsent(key, Buffer.from(canonicalJson(lineage)));
  if (created) return;
  invariant(
    isSameOrigin(await readJson<Lineage>(store, key), lineage),
    `${lineage.modelId} is written down with other training files in ${key}`,
  );
}

/** Whether a person said which model this is, since its provider names none. */
export async function isNamedByPerson(store: ObjectStore, modelId: string): Promise<boolean> {
  const key = lineageKey(modelId);
  if ((await store.head(key)) === null) return false;
  return (await readJson<Lineage>(store, key)).isNamedByPerson === true;
}

/** Whether two lineages say the same: the same base, and files of the same content wherever they lie. */
function isSameOrigin(one: Lineage, other: Lineage): boolean {
  return originOf(one) === originOf(other);
}

function originOf({ baseModel, trainingFiles }: Lineage): string {
  const files =
    trainingFiles === 'unknown' ? trainingFiles : trainingFiles.map(({ sha256 }) => sha256);
  return canonicalJson([baseModel, files]);
}

/**
 * Where a model's lineage lies.
 * @throws DataError `lineage-missing`: a model whose training is not written down can't be compared cleanly.
 */
export async function findLineage(store: ObjectStore, modelId: string): Promise<ObjectReference> {
  const key = lineageKey(modelId);
  if ((await store.head(key)) === null) {
    throw new DataError(
      'lineage-missing',
      `nothing says what ${modelId} was trained on; declare it under "champion", with trainedOn: unknown if need be`,
    );
  }
  const bytes = await readBytes(store, key);
  return { key, sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
}

/** Reads a lineage as a window manifest names it. @throws DataError `object-changed` */
export async function readLineage(
  store: ObjectStore,
  reference: ObjectReference,
): Promise<Lineage> {
  const lineage = await readJson<Lineage>(store, reference.key);
  if (sha256Hex(canonicalJson(lineage)) === reference.sha256) return lineage;
  throw new DataError(
    'object-changed',
    `${reference.key} is not the lineage that was written down`,
  );
}

/**
 * The rows of a trainer's JSONL file (`{"messages":[…]}`, the answer last, or pairs), by line number.
 * @throws DataError `object-changed` when the file is not the one that was written down, and
 * `training-file-malformed` with the line's number.
 */
export async function readTrainingRows(
  store: ObjectStore,
  file: ObjectReference,
): Promise<readonly TrainingRow[]> {
  return parseTrainingRows(await readTrainingFile(store, file), file.key);
}

/** A training file's bytes. @throws DataError `object-changed` */
export async function readTrainingFile(
  store: ObjectStore,
  file: ObjectReference,
): Promise<Uint8Array> {
  const bytes = await readBytes(store, file.key);
  if (sha256Hex(bytes) !== file.sha256) {
    throw new DataError(
      'object-changed',
      `${file.key} is not the training file that was written down`,
    );
  }
  return bytes;
}

/** Parses a trainer's JSONL. `name` stands in errors; a line is never quoted. */
export function parseTrainingRows(bytes: Uint8Array, name: string): readonly TrainingRow[] {
  return parseLines(bytes, name, parseRow);
}

/** Each line of a trainer's JSONL by `parse`, with the id of its row. @throws DataError where that gives `null` */
export function parseLines<Row extends object>(
  bytes: Uint8Array,
  name: string,
  parse: (value: unknown) => Row | null,
): readonly (Row & { readonly id: string })[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = parse(jsonIn(line));
    if (row === null) {
      throw new DataError(
        'training-file-malformed',
        `${name} line ${index + 1} is no {"messages": […]} that ends with the assistant's answer, and no pair of answers`,
      );
    }
    return [{ id: `${name}#${index}`, ...row }];
  });
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function parseRow(value: unknown): Omit<TrainingRow, 'id'> | null {
  const row = readTrainerRow(value);
  if (row === null) return null;
  const { messages, tools, rejected } = row;
  const offered = tools === undefined ? [] : otherTextsOf({ tools }, null, []);
  return {
    messages,
    answer: messages.at(-1)?.content ?? '',
    templates: offered.map(({ text }) => text),
    ...(rejected !== undefined && { rejected }),
  };
}
