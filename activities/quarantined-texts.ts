import { resolve } from 'node:path';
import { readLineBeginnings } from '../src/connectors/line-beginnings.js';
import { openLogBytes } from '../src/connectors/open-connector.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { QuarantinedSourceLine } from '../src/ingest/lines/quarantined-lines.js';
import { type KeptText, READ_LINE_BYTES, keptTextOf } from '../src/ingest/quarantined-text.js';
import type { SourcePosition } from '../src/domain/record.js';
import { createRedactor } from '../src/ingest/redaction.js';
import type { StepContext } from './dependencies.js';
import type { WindowState } from './window-state.js';

/** A line of `quarantined-texts.jsonl`, beside the list of what was quarantined. */
export interface QuarantinedText extends QuarantinedSourceLine, KeptText {}

/**
 * What is kept of the lines that were not understood, in the order of reading, where the configuration wants it:
 * their sources are read once more. `null` where it doesn't.
 */
export async function quarantinedTexts(
  context: StepContext,
  { configuration, manifest }: WindowState,
  quarantined: Iterable<QuarantinedSourceLine>,
): Promise<readonly QuarantinedText[] | null> {
  if (!isKept(configuration)) return null;
  const redactor = createRedactor(configuration.redaction);
  const texts = new Map<string, KeptText>();
  const positions = new Map<string, SourcePosition[]>();
  for (const { source, position } of quarantined) {
    const object = objectOf(source, position.uri);
    const known = positions.get(object);
    if (known === undefined) positions.set(object, [position]);
    else known.push(position);
  }
  for (const object of manifest.sources) {
    const source = configuration.sources[object.source];
    if (source === undefined) continue;
    const bytes = openLogBytes(resolve(context.baseFolder, source.path));
    const wanted = positions.get(objectOf(object.source, object.uri)) ?? [];
    for await (const line of readLineBeginnings(bytes, object, wanted, READ_LINE_BYTES)) {
      const { text, isCut, redactions } = keptTextOf(line.bytes, redactor);
      const isLonger = line.position.length > line.bytes.length;
      texts.set(placeOf(object.source, line.position), {
        text,
        isCut: text !== null && (isCut || isLonger),
        redactions,
      });
    }
  }
  return [...quarantined].flatMap((line) => {
    const text = texts.get(placeOf(line.source, line.position));
    return text === undefined ? [] : [{ ...line, ...text }];
  });
}

/** A stored configuration may be older than its section about quarantine. */
function isKept({ quarantine }: Partial<Configuration>): boolean {
  return quarantine?.keepText === true;
}

function objectOf(source: number, uri: string): string {
  return `${source} ${uri}`;
}

function placeOf(source: number, { uri, line, offset }: SourcePosition): string {
  return `${objectOf(source, uri)} ${line} ${offset}`;
}
