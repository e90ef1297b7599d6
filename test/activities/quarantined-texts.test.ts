import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { QuarantinedText } from '../../activities/quarantined-texts.js';
import { readStep } from '../../activities/window-state.js';
import { decompressed } from '../../src/formats/decompress.js';
import { writeExamplesParquet } from '../../src/formats/parquet.js';
import { readBytes, readJsonl } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const tickets = makeTickets('w', 10, '2025-12-29', '2026-01-05');
const GOOD = logLines(tickets).map((line) => JSON.stringify(line));
const SECRET = 'jo.bloggs@example.org';

/** The content of an object, as a text. */
async function plainOf(key: string, bytes: Uint8Array): Promise<string> {
  const once = (async function* () {
    yield bytes;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompressed(key, once)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function keptIn(path: DataPath, { input }: BuiltWindow): Promise<readonly QuarantinedText[]> {
  const { outputs } = await readStep(path.deps.store, input, 'ingest');
  const file = outputs['quarantined-texts'];
  return file === undefined ? [] : readJsonl<QuarantinedText>(path.deps.store, file);
}

describe('the text of quarantined lines', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath({ maximumQuarantined: 1, quarantine: { keepText: true } });
  });
  afterEach(() => path.close());

  function write(name: string, lines: readonly (string | Uint8Array)[]): Buffer {
    const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
    const stored = name.endsWith('.gz') ? gzipSync(bytes) : bytes;
    writeFileSync(join(path.deps.baseFolder, 'logs', name), stored);
    return bytes;
  }

  test('is redacted as a plain text, whatever is escaped in it, in every kind of file', async () => {
    const bad = [
      `{"input": "write to ${SECRET} or 4111 1111 1111 1111`,
      '{"input": "write to jo.bloggs\\u0040example.org", "x": "\\\\n212-555-0123"',
      '["https:\\/\\/example.org\\/?access_token=9f8e7d6c5b4a39281706f5e4"]',
    ];
    for (const name of ['a.jsonl', 'b.jsonl.gz']) {
      write(name, [GOOD[0] ?? '', ...bad.slice(0, 2), GOOD[1] ?? '', ...bad.slice(2)]);
    }
    const kept = await keptIn(path, await path.build(0));
    assert.deepEqual(
      kept.map(({ position: { uri, line }, reason, text }) => [uri, line, reason, text]),
      ['a.jsonl', 'b.jsonl.gz'].flatMap((uri) => [
        [uri, 2, 'invalid-json', '{"input": "write to [EMAIL_1] or [CARD_1]'],
        [uri, 3, 'invalid-json', '{"input": "write to [EMAIL_1]", "x": "\n[PHONE_1]"'],
        [uri, 5, 'not-an-object', '["https://example.org/?access_token=[TOKEN_1]"]'],
      ]),
    );
    assert.deepEqual(kept[0]?.redactions, { email: 1, card: 1 });
    assert.ok(kept.every(({ isCut }) => !isCut));
  });

  test('is cut at 64 KiB, and what goes on behind the cut is left out whole', async () => {
    const room = 64 * 1024 - 10;
    write('a.jsonl', [
      `{${'x '.repeat(room / 2 - 1)} ${SECRET} ${'y'.repeat(50_000)}`,
      `{${'z'.repeat(17 * 1024 * 1024)}`,
    ]);
    const [crossing, long] = await keptIn(path, await path.build(0));
    assert.ok(crossing?.isCut === true && long?.isCut === true);
    assert.match(crossing.text ?? '', /^\{(x )+ *$/);
    assert.equal(long.reason, 'line-too-long');
    assert.equal(long.text?.length, 64 * 1024);
  });

  test('is not kept where it is no UTF-8, or UTF-16, which hides what is in it', async () => {
    const utf16 = Buffer.from(`{"a": "${SECRET}"`, 'utf16le');
    write('a.jsonl', [Buffer.from([0x7b, 0xff, 0x7d]), utf16.subarray(0, -1)]);
    const kept = await keptIn(path, await path.build(0));
    assert.ok(kept.length >= 2);
    assert.ok(kept.every(({ text, isCut }) => text === null && !isCut));
  });

  test('of a table is the row’s', async () => {
    const bytes = await writeExamplesParquet([
      {
        ...{
          id: 'r',
          window: '2026-W01',
          time: '2026-01-01T00:00:00.000Z',
          side: 'train',
          group: 'g',
        },
        messages: [{ role: 'user', content: `ask ${SECRET}` }],
        ...{ answer: 'x', answerOrigin: 'model', contentDigest: 'd' },
      },
    ]);
    writeFileSync(join(path.deps.baseFolder, 'logs', 'a.parquet'), bytes);
    const [row] = await keptIn(path, await path.build(0));
    assert.match(row?.text ?? '', /ask \[EMAIL_1\]/);
  });

  test('is nowhere unless the configuration says so, and nothing personal of it is in any object', async () => {
    const lines = [...GOOD, `{"input": "marker ${SECRET}`];
    write('a.jsonl', lines);
    const built = await path.build(0);
    const files = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { key } of path.deps.store.list('')) {
        const bytes = await readBytes(path.deps.store, key);
        const rows = await plainOf(key, bytes);
        assert.ok(!rows.includes('bloggs'), key);
        if (rows.includes('marker')) found.push(key);
      }
      return found;
    };
    assert.deepEqual(await files(), [
      built.input.manifestKey.replace('manifest.json', 'ingest/quarantined-texts.jsonl.zst'),
    ]);
    const plain = await createDataPath({ maximumQuarantined: 1 });
    path.close();
    path = plain;
    write('a.jsonl', lines);
    const without = await path.build(0);
    assert.deepEqual(await keptIn(path, without), []);
    assert.deepEqual(await files(), []);
  });
});
