import { resolve } from 'node:path';
import type { ConnectorKind, SourceConfiguration } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import { type Connector, type ConnectorOptions, MAXIMUM_LOG_LINE_BYTES } from './connector.js';
import { createBucketBytes } from './bucket-bytes.js';
import { createFolderBytes } from './folder-bytes.js';
import { isBucketPath } from './log-address.js';
import type { LogBytes } from './log-bytes.js';
import { createLangfuseConnector } from './langfuse.js';
import { isLangfuseRow } from './langfuse-rows.js';
import { createOpenAIConnector } from './openai.js';
import { createOtelConnector } from './otel.js';
import { isOtlp } from './otlp.js';
import { createReadAhead, type ReadAhead } from './read-ahead.js';

/** A kind of logs: how they are read, and how they are told from others by a row of theirs. */
interface Kind {
  readonly create: (options: ConnectorOptions) => Connector;
  readonly recognises: (row: object, uri: string) => boolean;
}

/** Every connector there is, by the name that `sources[].connector` says; the first that recognises a row has it. */
export const connectors: Readonly<Record<ConnectorKind, Kind>> = {
  otel: { create: createOtelConnector, recognises: isOtlp },
  langfuse: { create: createLangfuseConnector, recognises: isLangfuseRow },
  openai: { create: createOpenAIConnector, recognises: () => true },
};

/** A source as its place is found from here: `path` absolute, or the address of a bucket. */
export interface PlacedSource extends Pick<SourceConfiguration, 'connector' | 'path' | 'fields'> {
  readonly lookbackDays?: number;
}

/**
 * The connector of a source.
 * @throws ConfigError for one that is not known, or fields that it does not know.
 */
export function openConnector(source: PlacedSource): Connector {
  const { connector, path, fields, lookbackDays = 0 } = source;
  if (!Object.hasOwn(connectors, connector)) {
    throw new ConfigError(
      `there is no connector "${connector}"; there are ${Object.keys(connectors).join(', ')}`,
    );
  }
  const options = { fields, maximumLineBytes: MAXIMUM_LOG_LINE_BYTES, lookbackDays };
  const { create } = connectors[connector];
  const bytes = openLogBytes(path);
  if (!isBucketPath(path)) return create({ bytes, ...options });
  const ahead = createReadAhead(bytes);
  return readingAhead(create({ bytes: ahead, ...options }), ahead);
}

/** A connector that tells which objects it will read. */
function readingAhead(connector: Connector, ahead: ReadAhead): Connector {
  return {
    ...connector,
    async *read(objects) {
      ahead.expect(objects);
      yield* connector.read(objects);
    },
    async *readBatches(objects) {
      ahead.expect(objects);
      yield* connector.readBatches(objects);
    },
  };
}

/** Where a source's bytes are, by its path: a folder, a file, or the address of a bucket. */
export function openLogBytes(path: string): LogBytes {
  return isBucketPath(path) ? createBucketBytes(path) : createFolderBytes(path);
}

/** A source with its path as this machine finds it: a bucket's address stays as it is. */
export function placedSource<T extends Pick<SourceConfiguration, 'path'>>(
  baseFolder: string,
  source: T,
): T {
  const { path } = source;
  return { ...source, path: isBucketPath(path) ? path : resolve(baseFolder, path) };
}
