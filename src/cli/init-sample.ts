import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAXIMUM_LOG_LINE_BYTES } from '../connectors/connector.js';
import { createJsonlConnector } from '../connectors/jsonl.js';
import { readLogFields } from '../connectors/log-fields.js';
import { readLogLine } from '../connectors/log-line.js';
import { LOG_ENDINGS, mayHoldArray } from '../connectors/log-names.js';
import type { FieldMapping } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import { decompressed } from '../formats/decompress.js';
import { arrayElementsOrLines } from '../formats/json-array.js';
import { lines, type Line } from '../formats/lines.js';

/** How much of a folder of logs is looked at: enough to see its shape and its first time, in seconds. */
const FILES_LOOKED_AT = 50;
const LINES_PER_FILE = 1_000;

/** The first lines of every file of a folder of logs, as they stand there. Kept in memory only. */
export interface LogSample {
  readonly fileCount: number;
  readonly lines: readonly Uint8Array[];
}

/** What a mapping makes of a sample. */
export interface MappingTrial {
  readonly records: number;
  /** Lines that could not be read, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Earliest and latest time of the records, ISO 8601, or `null` without records. */
  readonly times: { readonly first: string; readonly last: string } | null;
  /** How often each model answered. */
  readonly models: Readonly<Record<string, number>>;
  readonly hasSignals: boolean;
}

/** @throws ConfigError when the folder is not there or holds no logs. */
export async function sampleLogs(path: string): Promise<LogSample> {
  const connector = createJsonlConnector({
    path,
    fields: {},
    maximumLineBytes: MAXIMUM_LOG_LINE_BYTES,
  });
  const objects = await connector.list();
  const isFolder = (await stat(path)).isDirectory();
  const found: Uint8Array[] = [];
  for (const { uri } of objects.slice(0, FILES_LOOKED_AT)) {
    let taken = 0;
    for await (const { bytes } of readLines(isFolder ? join(path, uri) : path)) {
      if (bytes === null || bytes.length === 0) continue;
      found.push(Uint8Array.from(bytes));
      taken += 1;
      if (taken >= LINES_PER_FILE) break;
    }
  }
  if (found.length === 0) {
    throw new ConfigError(`${path} holds no logs: no line in a file that ends in ${LOG_ENDINGS}`);
  }
  return { fileCount: objects.length, lines: found };
}

function readLines(path: string): AsyncIterable<Line> {
  const bytes = decompressed(path, createReadStream(path));
  const limit = { maximumLineBytes: MAXIMUM_LOG_LINE_BYTES };
  return mayHoldArray(path) ? arrayElementsOrLines(bytes, limit) : lines(bytes, limit);
}

/** The objects of a sample; lines that are no JSON objects are left out. */
export function objectsOf({ lines: sampled }: LogSample): readonly object[] {
  return sampled.flatMap((bytes) => {
    try {
      const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : [];
    } catch {
      // The connector quarantines it with a reason; here it only shows no shape.
      return [];
    }
  });
}

/** Reads a sample as the connector will with this mapping. */
export function tryMapping({ lines: sampled }: LogSample, mapping: FieldMapping): MappingTrial {
  const fields = readLogFields(mapping);
  const quarantined: Record<string, number> = {};
  const models: Record<string, number> = {};
  const times: string[] = [];
  let hasSignals = false;
  for (const bytes of sampled) {
    const position = { uri: '', line: 0, offset: 0, length: bytes.length };
    const line = readLogLine(bytes, position, fields);
    if (line.kind === 'quarantined') {
      quarantined[line.reason] = (quarantined[line.reason] ?? 0) + 1;
      continue;
    }
    times.push(line.time);
    if (line.model !== null) models[line.model] = (models[line.model] ?? 0) + 1;
    hasSignals ||= line.signals.length > 0;
  }
  times.sort();
  const [first, last] = [times[0], times.at(-1)];
  return {
    records: times.length,
    quarantined,
    times: first === undefined || last === undefined ? null : { first, last },
    models,
    hasSignals,
  };
}
