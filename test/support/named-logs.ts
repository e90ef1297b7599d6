import type { Connector } from '../../src/connectors/connector.js';
import type { SourceObject } from '../../src/domain/manifest.js';

/** All logs of a source, named as a window names them. */
export async function namedLogs(
  connector: Pick<Connector, 'look' | 'name'>,
): Promise<readonly SourceObject[]> {
  return connector.name((await connector.look()).logs, []);
}
