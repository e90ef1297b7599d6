import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { namedLogs } from '../support/named-logs.js';
import { KEY, NO_REDACTION, openConnector } from './ingest-steps.js';
import { writeMailLog } from './mail-log.js';

/** The records of a log of mails, as ingest makes them. */
export async function loggedRecords(count: number): Promise<readonly CanonicalRecord[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const log = join(folder, 'calls.jsonl');
    await writeMailLog(log, count);
    const connector = await openConnector(log, folder);
    const records: CanonicalRecord[] = [];
    for await (const line of connector.read(await namedLogs(connector))) {
      if (line.kind === 'record') records.push(toCanonicalRecord(line, NO_REDACTION, KEY));
    }
    return records;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
