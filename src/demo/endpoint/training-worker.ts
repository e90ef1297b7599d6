import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { DataError } from '../../domain/errors.js';
import { classifierFromBytes, classifierToBytes } from '../classifier-bytes.js';
import type { ClassifierModel } from '../classifier-model.js';
import {
  classify,
  DEFAULT_LEARNING_RATE,
  trainingEpochs,
  type EpochProgress,
  type LabelledText,
} from '../linear-classifier.js';
import { answersOf, MAXIMUM_LABELS, parseTrainingFile, trainedTokens } from './training-data.js';

/** What a worker thread is started with. */
export interface TrainingTask {
  readonly trainingPath: string;
  readonly validationPath: string | null;
  /** Where the classifier lies that is trained further; `null` for the base model. */
  readonly fromPath: string | null;
  /** Where the trained classifier goes, whole or not at all. */
  readonly modelPath: string;
  /** What the files hold: answers, or pairs of a preferred and another one, and then DPO's beta. */
  readonly method: 'supervised' | 'dpo';
  readonly beta?: number;
  readonly epochs: number;
  readonly learningRateMultiplier: number;
  readonly seed: number;
  /** One 32-bit integer; anything but 0 asks the worker to stop before its next epoch. */
  readonly cancelFlag: SharedArrayBuffer;
}

/** What a worker thread tells the endpoint, in this order; the last three end it. */
export type TrainingMessage =
  | { readonly kind: 'validated'; readonly rowCount: number; readonly labelCount: number }
  | { readonly kind: 'epoch'; readonly progress: EpochProgress }
  | {
      readonly kind: 'succeeded';
      readonly trainedTokens: number;
      readonly validationAccuracy: number | null;
    }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly param: string | null;
    };

function readRows(path: string, param: string, { method }: TrainingTask): readonly LabelledText[] {
  try {
    return parseTrainingFile(readFileSync(path), method);
  } catch (error) {
    if (error instanceof DataError && param === 'validation_file') {
      throw new DataError('invalid_validation_file', error.message, { cause: error });
    }
    throw error;
  }
}

/** The model to go on from. @throws DataError where it and the rows have too many answers together. */
function readModel(path: string, rows: readonly LabelledText[]): ClassifierModel {
  const model = classifierFromBytes(readFileSync(path));
  const labels = new Set([...model.labels, ...answersOf(rows)]);
  if (labels.size <= MAXIMUM_LABELS) return model;
  throw new DataError(
    'invalid_training_file',
    `The file and the model have ${labels.size} different answers; this classifier learns at most ${MAXIMUM_LABELS}.`,
  );
}

function accuracyOf(model: ClassifierModel, rows: readonly LabelledText[]): number {
  const right = rows.filter((row) => classify(model, row.text).label === row.label).length;
  return right / rows.length;
}

function train(task: TrainingTask, report: (message: TrainingMessage) => void): TrainingMessage {
  const flag = new Int32Array(task.cancelFlag);
  const rows = readRows(task.trainingPath, 'training_file', task);
  const validation =
    task.validationPath === null ? null : readRows(task.validationPath, 'validation_file', task);
  const labelCount = answersOf(rows).size;
  report({ kind: 'validated', rowCount: rows.length, labelCount });
  const from = task.fromPath === null ? null : readModel(task.fromPath, rows);
  const training = trainingEpochs(rows, {
    ...(from && { from }),
    ...(task.beta !== undefined && { beta: task.beta }),
    seed: task.seed,
    epochs: task.epochs,
    learningRate: DEFAULT_LEARNING_RATE * task.learningRateMultiplier,
  });
  for (;;) {
    if (Atomics.load(flag, 0) !== 0) return { kind: 'cancelled' };
    const next = training.next();
    if (next.done === true) {
      writeFileSync(`${task.modelPath}.part`, classifierToBytes(next.value));
      renameSync(`${task.modelPath}.part`, task.modelPath);
      return {
        kind: 'succeeded',
        trainedTokens: trainedTokens(rows, task.epochs),
        validationAccuracy: validation === null ? null : accuracyOf(next.value, validation),
      };
    }
    report({ kind: 'epoch', progress: next.value });
  }
}

function failure(error: unknown): TrainingMessage {
  if (error instanceof DataError) {
    const param = error.code === 'invalid_validation_file' ? 'validation_file' : 'training_file';
    return { kind: 'failed', code: error.code, message: error.message, param };
  }
  return {
    kind: 'failed',
    code: 'server_error',
    message: 'Training stopped on an error.',
    param: null,
  };
}

const port = parentPort;
if (port !== null) {
  const report = (message: TrainingMessage): void => port.postMessage(message);
  try {
    report(train(workerData as TrainingTask, report));
  } catch (error) {
    report(failure(error));
  }
}
