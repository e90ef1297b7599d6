import { canonicalJson } from '../domain/json.js';
import type { ObjectReference } from '../domain/manifest.js';
import type { Example, TrainedTurn } from '../domain/record.js';
import { readTrainerRow, type TrainerRow } from '../formats/trainer-rows.js';
import { trainerRow, type TrainerFormat } from '../formats/trainer.js';
import type { ObjectStore } from '../storage/object-store.js';
import { sha256Hex } from '../storage/objects.js';
import { parseLines, readTrainingFile } from './lineage.js';

/**
 * The rows of a training file as examples that others can be compared with: ids by line, and as content's digest that
 * of the line, which `lineDigest` gives for a row that is to be one. @throws DataError as `readTrainingRows`
 */
export async function readLineageExamples(
  store: ObjectStore,
  file: ObjectReference,
): Promise<readonly Example[]> {
  return parseLines(await readTrainingFile(store, file), file.key, toExample);
}

/** An example under the digest of the line that it is in a trainer's file. */
export function underLineDigest(example: Example, format: TrainerFormat): Example {
  const line: unknown = JSON.parse(JSON.stringify(trainerRow(example, format)));
  return { ...example, contentDigest: lineDigest(line) };
}

function lineDigest(line: unknown): string {
  return sha256Hex(canonicalJson(line));
}

function toExample(value: unknown): Omit<Example, 'id'> | null {
  const row = readTrainerRow(value);
  const last = row?.messages.at(-1);
  if (row === null || last === undefined) return null;
  const { rejected } = row;
  const messages = row.messages.slice(0, -1);
  const trained = rejected === undefined ? trainedTurns(row.wire, messages) : [];
  return {
    window: '',
    time: '',
    side: 'train',
    group: '',
    messages,
    answer: last.content,
    ...(last.toolCalls !== undefined && { toolCalls: last.toolCalls }),
    answerOrigin: 'model',
    ...(rejected !== undefined && { rejected }),
    ...(trained.length > 0 && { trained }),
    contentDigest: lineDigest(value),
  };
}

/** The assistant's messages before the last that are trained on: those without a weight of 0. */
function trainedTurns(
  wire: TrainerRow['wire'],
  messages: Example['messages'],
): readonly TrainedTurn[] {
  return messages.flatMap(({ role }, message): TrainedTurn[] => {
    const isTrained = role === 'assistant' && wire[message]?.weight !== 0;
    return isTrained ? [{ message, origin: 'model' }] : [];
  });
}
