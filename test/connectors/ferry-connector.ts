import { readFinishReason, readSurface } from '../../src/connectors/circumstances.js';
import type { Connector, ConnectorOptions } from '../../src/connectors/connector.js';
import { readLogFields } from '../../src/connectors/log-fields.js';
import { identity, readTime } from '../../src/connectors/log-line.js';
import { readExchange } from '../../src/connectors/log-messages.js';
import { createRowConnector } from '../../src/connectors/row-connector.js';
import { UnreadableLine } from '../../src/connectors/unreadable-line.js';
import type { Signal } from '../../src/domain/record.js';

type Row = Readonly<Record<string, unknown>>;

/** The call log of the ferry company's assistant. */
export function createFerryConnector(options: ConnectorOptions): Connector {
  const fields = readLogFields({});
  return createRowConnector(options, (row: Row, position) => {
    if (row['said'] === 'timeout') return { kind: 'passed', position, reason: 'failed-call' };
    const line = { messages: row['asked'], response: row['said'] };
    const { messages, output, imagesLeftOut } = readExchange(line, fields);
    const surface = readSurface(row['desk'], null);
    return {
      kind: 'record',
      position,
      log: position.uri,
      externalId: identity(row['call'], 'invalid-id'),
      time: readTime(row['at']),
      tenant: null,
      userId: identity(row['passenger'], 'invalid-user'),
      conversationId: identity(row['booking'], 'invalid-conversation'),
      model: identity(row['model'], 'invalid-model'),
      messages,
      output,
      signals: thumbsOf(row['thumbs'], surface.surface ?? 'production'),
      consent: 'unmarked',
      imagesLeftOut,
      ...surface,
      ...readFinishReason(row['ended']),
    };
  });
}

function thumbsOf(thumbs: unknown, surface: Signal['surface']): readonly Signal[] {
  if (thumbs === undefined || thumbs === null) return [];
  if (!Array.isArray(thumbs)) throw new UnreadableLine('invalid-feedback');
  return thumbs.map(({ up, at }: { readonly up?: unknown; readonly at?: unknown }) => ({
    name: 'thumbs',
    kind: 'human',
    surface,
    verdict: up === true ? 'approved' : 'rejected',
    correction: null,
    at: readTime(at),
  }));
}
