import { DataError } from '../domain/errors.js';
import type { ClassifierModel } from './classifier-model.js';

const MAGIC = 'HFLC0001';
const HEADER_AT = MAGIC.length + 4;

interface Header {
  readonly bucketBits: number;
  readonly labels: readonly string[];
}

function floatBytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes;
}

function readFloats(bytes: Buffer, offset: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(offset + index * 4));
}

/**
 * A model as bytes: `HFLC0001`, the header's length (32 bits, little-endian), the header as JSON, then
 * biases and weights as 32-bit little-endian floats. Equal models have equal bytes.
 */
export function classifierToBytes(model: ClassifierModel): Uint8Array {
  const header = Buffer.from(
    JSON.stringify({ bucketBits: model.bucketBits, labels: model.labels } satisfies Header),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from(MAGIC),
    length,
    header,
    floatBytes(model.biases),
    floatBytes(model.weights),
  ]);
}

function damaged(): DataError {
  return new DataError('model-damaged', 'the stored classifier is damaged; train it again');
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { bucketBits, labels } = value as Partial<Header>;
  return (
    typeof bucketBits === 'number' &&
    Array.isArray(labels) &&
    labels.every((label) => typeof label === 'string')
  );
}

function parseHeader(bytes: Buffer): Header {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged();
  }
  if (!isHeader(value)) throw damaged();
  return value;
}

/** Reads what `classifierToBytes` wrote. @throws DataError('model-damaged') on anything else. */
export function classifierFromBytes(input: Uint8Array): ClassifierModel {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length < HEADER_AT || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged();
  }
  const biasesAt = HEADER_AT + bytes.readUInt32LE(MAGIC.length);
  if (biasesAt > bytes.length) throw damaged();
  const { bucketBits, labels } = parseHeader(bytes.subarray(HEADER_AT, biasesAt));
  const weightsAt = biasesAt + labels.length * 4;
  const weightCount = 2 ** bucketBits * labels.length;
  if (bytes.length !== weightsAt + weightCount * 4) throw damaged();
  return {
    bucketBits,
    labels,
    biases: readFloats(bytes, biasesAt, labels.length),
    weights: readFloats(bytes, weightsAt, weightCount),
  };
}
