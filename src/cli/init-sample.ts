import { MAXIMUM_LOG_LINE_BYTES, type LogLine } from '../connectors/connector.js';
import { readLogFields } from '../connectors/log-fields.js';
import { readLogRow } from '../connectors/log-line.js';
import { ALL_LOGS, isCsvFile, LOGS_AND_CSV } from '../connectors/log-names.js';
import { readLogRows } from '../connectors/log-rows.js';
import type { LogRow } from '../connectors/log-row.js';
import { connectors, openConnector, openLogBytes } from '../connectors/open-connector.js';
import { understood } from '../connectors/row-connector.js';
import type { ConnectorKind, FieldMapping } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import type { ListedObject } from '../domain/manifest.js';

/** How much of a folder of logs is looked at: enough to see its shape and its first time, in seconds. */
const FILES_LOOKED_AT = 50;
const LINES_PER_FILE = 1_000;
const LINES_LOOKED_AT = FILES_LOOKED_AT * LINES_PER_FILE;

/** The first rows of every file of a folder of logs. Kept in memory only. */
export interface LogSample {
  readonly path: string;
  /** What most of the rows look like. */
  readonly connector: ConnectorKind;
  readonly objects: readonly ListedObject[];
  readonly rows: readonly LogRow[];
}

/** What a connector makes of a sample. */
export interface MappingTrial {
  /** How many lines were looked at. */
  readonly lines: number;
  readonly records: number;
  /** Lines that could not be read, by reason, and those that are no records. */
  readonly quarantined: Readonly<Record<string, number>>;
  readonly passed: Readonly<Record<string, number>>;
  /** Earliest and latest time of the records, ISO 8601, or `null` without records. */
  readonly times: { readonly first: string; readonly last: string } | null;
  /** How often each model answered. */
  readonly models: Readonly<Record<string, number>>;
  readonly hasSignals: boolean;
}

/**
 * Tables in CSV are logs only where a connector that reads them recognises their rows; else they may be anything.
 * @throws ConfigError when the folder is not there or holds no logs.
 */
export async function sampleLogs(path: string): Promise<LogSample> {
  const { logs } = await openLogBytes(path).look(LOGS_AND_CSV);
  const [csv, others] = [logs.filter(isCsv), logs.filter((each) => !isCsv(each))];
  const sampled = [
    ...(await firstRows(path, others.slice(0, FILES_LOOKED_AT))),
    ...(await firstRows(path, csv.slice(0, FILES_LOOKED_AT))),
  ];
  const connector = kindOf(path, sampled);
  const { isLog } = openConnector({ connector, path, fields: {} }).names;
  const isRead = (each: { readonly uri: string }): boolean => !isCsv(each) || isLog(each.uri);
  const rows = sampled.filter(({ position }) => isRead(position));
  if (rows.length === 0) {
    throw new ConfigError(
      `${path} holds no logs: no line in a file that ends in ${ALL_LOGS.endings}` +
        (csv.length > 0 ? ', and of .csv only exports of Langfuse are read' : ''),
    );
  }
  return { path, connector, objects: logs.filter(isRead), rows };
}

function isCsv({ uri }: { readonly uri: string }): boolean {
  return isCsvFile(uri);
}

async function firstRows(
  path: string,
  objects: readonly ListedObject[],
): Promise<readonly LogRow[]> {
  const bytes = openLogBytes(path);
  const rows: LogRow[] = [];
  for (const object of objects) {
    let taken = 0;
    const limit = { maximumLineBytes: MAXIMUM_LOG_LINE_BYTES };
    for await (const row of readLogRows(bytes, object, limit)) {
      rows.push(row);
      taken += 1;
      if (taken >= LINES_PER_FILE) break;
    }
  }
  return rows;
}

/** The connector that recognises most of the rows, of those that read their files. */
function kindOf(path: string, rows: readonly LogRow[]): ConnectorKind {
  const kinds = (Object.keys(connectors) as ConnectorKind[]).map((kind) => {
    const { names } = openConnector({ connector: kind, path, fields: {} });
    return { kind, names, recognises: connectors[kind].recognises };
  });
  const votes = new Map<string, number>();
  for (const row of rows) {
    if (row.kind !== 'row') continue;
    const { uri } = row.position;
    const found = kinds.find(
      ({ names, recognises }) =>
        (!isCsvFile(uri) || names.isLog(uri)) && recognises(row.value, uri),
    );
    if (found !== undefined) votes.set(found.kind, (votes.get(found.kind) ?? 0) + 1);
  }
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  return (most?.[0] ?? 'openai') as ConnectorKind;
}

/** The objects of a sample; lines that are no JSON objects are left out. */
export function objectsOf({ rows }: LogSample): readonly object[] {
  return rows.flatMap((row) => (row.kind === 'row' ? [row.value] : []));
}

/** Reads a sample of calls, one in each row, as their connector will with this mapping. */
export function tryMapping({ rows }: LogSample, mapping: FieldMapping): MappingTrial {
  const fields = readLogFields(mapping);
  return trialOf(
    rows.flatMap((row) =>
      row.kind === 'row'
        ? understood(row.value, row.position, (value, position) =>
            readLogRow(value, position, fields),
          )
        : [row],
    ),
  );
}

/** Reads the first files of a folder as the connector of a sample will. */
export async function tryConnector({ path, connector, objects }: LogSample): Promise<MappingTrial> {
  const lines: LogLine[] = [];
  const opened = openConnector({ connector, path, fields: {} });
  for await (const line of opened.read(objects.slice(0, FILES_LOOKED_AT))) {
    lines.push(line);
    if (lines.length >= LINES_LOOKED_AT) break;
  }
  return trialOf(lines);
}

function trialOf(lines: readonly LogLine[]): MappingTrial {
  const quarantined: Record<string, number> = {};
  const passed: Record<string, number> = {};
  const models: Record<string, number> = {};
  const times: string[] = [];
  let hasSignals = false;
  for (const line of lines) {
    if (line.kind !== 'record') {
      const counts = line.kind === 'passed' ? passed : quarantined;
      counts[line.reason] = (counts[line.reason] ?? 0) + 1;
      continue;
    }
    times.push(line.time);
    if (line.model !== null) models[line.model] = (models[line.model] ?? 0) + 1;
    hasSignals ||= line.signals.length > 0;
  }
  times.sort();
  const [first, last] = [times[0], times.at(-1)];
  return {
    lines: lines.length,
    records: times.length,
    quarantined,
    passed,
    times: first === undefined || last === undefined ? null : { first, last },
    models,
    hasSignals,
  };
}
