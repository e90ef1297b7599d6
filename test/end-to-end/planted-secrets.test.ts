import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { keys } from '../../src/release/layout.js';
import { readJson } from '../../src/storage/objects.js';
import { tableBytes } from '../conformance/table-bytes.js';
import { runHoldfast } from '../support/cli.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { PLANTED_SECRETS } from '../support/planted-secrets.js';
import { logLines } from '../support/project.js';
import { allFiles, findTexts } from '../support/search.js';
import { makeTickets } from '../support/traffic.js';

/** Stands in everything that can't be read, of which nothing is kept, redacted or not. */
const MARK = 'marked-text-of-a-broken-line';
const PLANTED = [MARK, ...PLANTED_SECRETS.map(({ secret }) => secret)];
const TEXT = `${MARK} ${PLANTED_SECRETS.map(({ sentence }) => sentence).join(' ')}`;
const FLAT = TEXT.replaceAll('\n', ' ');
const GOOD = {
  id: 'x',
  timestamp: '2025-12-30T00:00:00Z',
  request: { messages: [{ role: 'user', content: TEXT }] },
  response: { choices: [{ message: { role: 'assistant', content: TEXT } }] },
};

/** Lines that can't be read, by the reason. */
const LINES: readonly (readonly [string, string | Uint8Array])[] = [
  ['invalid-json', `{"id": "broken", "text": "${FLAT}`],
  ['not-an-object', JSON.stringify([TEXT])],
  ['invalid-utf8', Buffer.concat([Buffer.from(`{"text": "${FLAT}`), Buffer.from([0xff, 0x22])])],
  ['missing-time', JSON.stringify({ ...GOOD, timestamp: undefined })],
  ['invalid-time', JSON.stringify({ ...GOOD, timestamp: TEXT })],
  ['invalid-id', JSON.stringify({ ...GOOD, id: { [FLAT]: TEXT } })],
  ['missing-messages', JSON.stringify({ ...GOOD, request: { [FLAT]: TEXT } })],
  ['invalid-messages', JSON.stringify({ ...GOOD, request: { messages: { text: TEXT } } })],
  ['missing-output', JSON.stringify({ ...GOOD, response: { choices: [], [FLAT]: TEXT } })],
  ['invalid-output', JSON.stringify({ ...GOOD, response: { choices: [{ message: 7 }] } })],
  ['invalid-user', JSON.stringify({ ...GOOD, user_id: { [FLAT]: TEXT } })],
  ['invalid-feedback', JSON.stringify({ ...GOOD, feedback: [{ [FLAT]: TEXT, at: TEXT }] })],
  ['invalid-consent', JSON.stringify({ ...GOOD, consent: TEXT })],
];

/** Files that break off, are damaged, or hold other types, by the reason. */
async function files(): Promise<readonly (readonly [string, string, Uint8Array])[]> {
  const table = await tableBytes(Array.from({ length: 40 }, () => ({ ...GOOD, marked: FLAT })));
  const damaged = Buffer.from(table);
  damaged.fill(0x5a, 8, table.length >> 1);
  const packed = gzipSync(`{"id": "${FLAT}`.repeat(20), { level: 0 });
  const header = 'id,trace_id,type,start_time,input,output\n';
  return [
    ['logs/cut.jsonl.gz', 'truncated-archive', packed.subarray(0, packed.length >> 1)],
    ['logs/cut.parquet', 'truncated-parquet', table.subarray(0, table.length >> 1)],
    ['logs/damaged.parquet', 'invalid-parquet', damaged],
    ['logs/other-types.parquet', 'invalid-time', await tableBytes([{ ...GOOD, timestamp: TEXT }])],
    [
      'exports/observations-1.csv',
      'broken-csv',
      Buffer.from(`${header}x,t,GENERATION,2025-12-30 00:00:00,"${FLAT}"${MARK},"${FLAT}\n`),
    ],
    [
      'exports/observations-2.csv',
      'invalid-csv',
      Buffer.from(`${header}x,t,GENERATION,"${FLAT.replaceAll('"', '""')}"\n`),
    ],
    ['exports/scores.jsonl', 'not-langfuse', Buffer.from(`${JSON.stringify({ [FLAT]: TEXT })}\n`)],
  ];
}

describe('secrets in what can’t be read', () => {
  let loop: Loop;
  /** What was said to whoever ran it. */
  const told: string[] = [];
  const wanted: Record<string, number> = {};
  before(async () => {
    loop = await startLoop({
      firstWindow: '2026-W01',
      championRows: 10,
      evalSamples: 60,
      changes: { sources: [{ path: 'logs' }, { path: 'exports', connector: 'langfuse' }] },
    });
    const { folder } = loop.project;
    loop.project.writeLog(
      'good.jsonl',
      logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')),
    );
    const broken = LINES.flatMap(([, line]) => [Buffer.from(line), Buffer.from('\n')]);
    writeFileSync(join(folder, 'logs', 'broken.jsonl'), Buffer.concat(broken));
    mkdirSync(join(folder, 'exports'));
    const all = await files();
    for (const [path, , bytes] of all) writeFileSync(join(folder, path), bytes);
    for (const [, reason] of [...LINES.map(([each]) => ['', each]), ...all]) {
      wanted[reason ?? ''] = (wanted[reason ?? ''] ?? 0) + 1;
    }
  });
  after(() => loop.close());

  test('are not in the error of the run that they stop, and not in what a dry run shows', async () => {
    const worker = await loop.startWorker();
    try {
      const failure = await failureOf(loop.run('2026-W01'));
      assert.match(failure, /\d+ of \d+ lines could not be read/);
      told.push(failure);
    } finally {
      await worker.stop();
    }
    const { path } = loop.project.loaded;
    for (const argv of [
      ['ingest', '--dry-run'],
      ['config', 'check'],
    ]) {
      const { out, err } = await runHoldfast([...argv, '--config', path]);
      told.push(out, err);
    }
    assert.ok(told.some((text) => text.includes('invalid-messages')));
  });

  test('are counted by reason by the run that goes on without them', async () => {
    await loop.project.configure({
      maximumQuarantined: 1,
      sources: [{ path: 'logs' }, { path: 'exports', connector: 'langfuse' }],
    });
    const worker = await loop.startWorker();
    try {
      const { release } = await loop.run('2026-W01', { reopen: true });
      const manifest = await readJson<ReleaseManifest>(loop.project.store, keys.release(release));
      const ingest = manifest.books.find(({ stage }) => stage === 'ingest');
      assert.deepEqual(ingest?.quarantined, wanted);
      assert.equal(ingest.kept, 60);
    } finally {
      await worker.stop();
    }
  });

  test('are in no object, whatever it is packed in', async () => {
    const stored = allFiles(join(loop.project.folder, 'store'));
    assert.ok(stored.some((path) => path.endsWith('.parquet')));
    // The search sees what the packed objects hold: a kept record's text is found there.
    const [ticket] = makeTickets('w1', 1, '2025-12-29', '2026-01-05');
    const found = await findTexts([ticket?.text ?? ''], stored);
    assert.ok(
      found.some((place) => place.endsWith('.zst')),
      found.join(),
    );
    assert.deepEqual(await findTexts(PLANTED, stored), []);
  });

  test('are in no history, nor in any file or log line of server and worker', async () => {
    const { client, temporal, project } = loop;
    let events = '';
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      events += historyToJSON(history).replaceAll(/"data": ?"([^"]*)"/g, (_all, data: string) =>
        Buffer.from(data, 'base64').toString('utf8'),
      );
    }
    assert.match(events, /lines could not be read/);
    assert.ok(temporal.logged.some((entry) => entry.includes('lines could not be read')));
    for (const text of [...told, events, ...temporal.logged]) {
      assert.deepEqual(
        PLANTED.filter((secret) => text.includes(secret)),
        [],
      );
    }
    const inputs = ['logs', 'exports'].map((name) => join(project.folder, name));
    const files = allFiles(temporal.folder).filter(
      (path) => !inputs.some((folder) => path.startsWith(folder)),
    );
    assert.deepEqual(await findTexts(PLANTED, files), []);
  });
});
