import { canonicalJson } from '../domain/json.js';
import type { ObjectReference } from '../domain/manifest.js';
import type { Example, TrainedTurn } from '../domain/record.js';
import { readMessages } from '../formats/dataset-messages.js';
import { trainerRow } from '../formats/trainer.js';
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
export function underLineDigest(example: Example): Example {
  return { ...example, contentDigest: lineDigest(JSON.parse(JSON.stringify(trainerRow(example)))) };
}

function lineDigest(line: unknown): string {
  return sha256Hex(canonicalJson(line));
}

function toExample(value: unknown): Omit<Example, 'id'> | null {
  if (typeof value !== 'object' || value === null || !('messages' in value)) return null;
  const messages = readMessages(value.messages);
  const last = messages?.at(-1);
  if (messages === null || last?.role !== 'assistant') return null;
  const trained = trainedTurns(
    value.messages as readonly { readonly weight?: unknown }[],
    messages,
  );
  return {
    window: '',
    time: '',
    side: 'train',
    group: '',
    messages: messages.slice(0, -1),
    answer: last.content,
    ...(last.toolCalls !== undefined && { toolCalls: last.toolCalls }),
    answerOrigin: 'model',
    ...(trained.length > 0 && { trained }),
    contentDigest: lineDigest(value),
  };
}

/** The assistant's messages before the last that are trained on: those without a weight of 0. */
function trainedTurns(
  wire: readonly { readonly weight?: unknown }[],
  messages: Example['messages'],
): readonly TrainedTurn[] {
  return messages.slice(0, -1).flatMap(({ role }, message): TrainedTurn[] => {
    const isTrained = role === 'assistant' && wire[message]?.weight !== 0;
    return isTrained ? [{ message, origin: 'model' }] : [];
  });
}
