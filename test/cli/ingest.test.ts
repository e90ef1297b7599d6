import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { createStepContext, currentVersions } from '../../activities/step-context.js';
import { loadConfiguration } from '../../src/config/load.js';
import { windowAt } from '../../src/domain/window.js';
import { encodeShard } from '../../src/formats/shard.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { advanceChain } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { rowsFileName } from '../../src/release/rows-files.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { sha256Hex, writeBytes, writeJson } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { namedLogs } from '../support/named-logs.js';

const root = await temporaryFolder();
const APPROVED = [{ name: 'thumbs', verdict: 'approved' }];
const SECRET = 'jo.bloggs@example.org';

interface Told {
  readonly books: {
    readonly read: number;
    readonly kept: number;
    readonly dropped: object;
    readonly quarantined: object;
    readonly deferred: number;
  };
  readonly before: number;
  readonly redacted: object;
  readonly unreadable: Readonly<Record<string, readonly { line: number; offset: number }[]>>;
  readonly survey: {
    readonly records: number;
    readonly learnable: number;
    readonly reasons: readonly object[];
    readonly together: readonly object[];
    readonly origins: object;
  };
}

let ids = 0;

function line(changes: object = {}): string {
  return JSON.stringify({
    id: `r${(ids += 1)}`,
    timestamp: '2026-02-10T00:00:00Z',
    request: { messages: [{ role: 'user', content: `question ${ids}` }] },
    response: 'answer',
    consent: true,
    feedback: APPROVED,
    ...changes,
  });
}

/** A folder with a configuration and one log. */
async function project(lines: readonly string[], changes: object = {}): Promise<string> {
  const folder = await mkdtemp(join(root, 'dry-'));
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', 'a.jsonl'), lines.map((each) => `${each}\n`).join(''));
  const configuration = {
    model: 'triage',
    window: { first: '2026-W06' },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'deny' },
    maximumQuarantined: 0.5,
    train: {
      baseURL: 'http://127.0.0.1:1/v1',
      keyVariable: 'KEY',
      baseModel: 'base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: 'champion', trainedOn: [] },
    ...changes,
  };
  await writeFile(join(folder, 'holdfast.yaml'), stringify(configuration));
  return folder;
}

function ingest(folder: string, ...more: readonly string[]): Promise<CliRun> {
  return runHoldfast(['ingest', ...more, '-c', join(folder, 'holdfast.yaml')]);
}

/** With the split key in the environment. */
function keyed(folder: string, ...argv: readonly string[]): Promise<CliRun> {
  const environment = { HOLDFAST_SPLIT_KEY: 'k'.repeat(32) };
  return runHoldfast([...argv, '-c', join(folder, 'holdfast.yaml')], { environment });
}

async function told(folder: string, ...more: readonly string[]): Promise<Told> {
  const { out, err } = await ingest(folder, '--dry-run', '--json', ...more);
  assert.equal(err, '');
  return JSON.parse(out) as Told;
}

const MIXTURE = [
  ...[line(), line({ response: `ask ${SECRET}` }), line({ id: 'twice' }), line({ id: 'twice' })],
  line({ consent: undefined }),
  line({ consent: false }),
  line({ finish_reason: 'length' }),
  line({ finish_reason: 'length', cache_hit: true }),
  line({ finish_reason: 'length', feedback: [] }),
  line({ feedback: [{ verdict: 'rejected' }] }),
  line({ feedback: [{ kind: 'edit', correction: 'better' }], finish_reason: 'length' }),
  line({ timestamp: '2026-02-04T00:00:00Z' }),
  line({ timestamp: '2026-02-25T00:00:00Z', environment: 'staging' }),
  `{"id": "${SECRET}`,
  line({ response: null }),
];

/** A chain of one window that has read the record `b`, as the loop would leave it behind. */
async function writeChain(store: ObjectStore, folder: string): Promise<void> {
  const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
  const plan = configuration.window;
  const window = windowAt(plan, 0);
  const steps = await createStepContext(
    { storeUri: store.uri, baseFolder: folder, splitKey: 'k'.repeat(32) },
    () => undefined,
    store,
  );
  const [source] = configuration.sources;
  assert.ok(source !== undefined);
  const connector = steps.connectorFor(source);
  const placements: object[] = [];
  for await (const raw of connector.read(await namedLogs(connector))) {
    if (raw.kind !== 'record' || raw.externalId !== 'b') continue;
    const { id, contentDigest } = toCanonicalRecord(raw, createRedactor(), 'k'.repeat(32));
    placements.push({
      id,
      contentDigest,
      window: window.id,
      side: 'train',
      by: 'draw',
      prompt: '',
    });
  }
  const name = rowsFileName('placements');
  const bytes = await encodeShard(name, placements);
  const file = { name, sha256: sha256Hex(bytes), bytes: bytes.length, count: placements.length };
  await writeBytes(store, keys.releaseFile('r1', name), bytes, placements.length);
  const manifest = { model: 'triage', window, parentRelease: null, files: [file] };
  const rest = { skippedBecause: null, versions: currentVersions() };
  await writeJson(store, keys.release('r1'), { ...manifest, ...rest });
  const entry = { window: window.id, windowIndex: 0, release: 'r1', parentRelease: null };
  await advanceChain(store, 'triage', entry, null);
}

describe('ingest --dry-run', () => {
  test('says what is kept and why the rest is not, and what every rule takes alone and together', async () => {
    const { books, redacted, unreadable, survey } = await told(await project(MIXTURE));
    assert.equal(books.read, 15);
    assert.equal(books.kept, 10);
    assert.deepEqual(books.dropped, { 'no-consent': 2, 'revised-within-window': 1 });
    assert.deepEqual(books.quarantined, { 'invalid-json': 1, 'missing-output': 1 });
    assert.deepEqual(redacted, { email: 1 });
    assert.deepEqual(
      Object.entries(unreadable).map(([reason, places]) => [reason, places.map((at) => at.line)]),
      [
        ['invalid-json', [14]],
        ['missing-output', [15]],
      ],
    );
    assert.deepEqual(survey, {
      records: 10,
      learnable: 5,
      reasons: [
        { reason: 'truncated', takes: 3, alone: 1, counted: 1 },
        { reason: 'cached', takes: 1, alone: 0, counted: 1 },
        { reason: 'not-production', takes: 1, alone: 1, counted: 1 },
        { reason: 'rejected', takes: 1, alone: 1, counted: 1 },
        { reason: 'unconfirmed', takes: 1, alone: 0, counted: 1 },
      ],
      together: [
        { reasons: ['cached', 'truncated'], records: 1 },
        { reasons: ['unconfirmed', 'truncated'], records: 1 },
      ],
      origins: { confirmed: 4, edited: 1 },
    });
  });

  test('of a window looks at its records only', async () => {
    const { books, before, survey } = await told(await project(MIXTURE), '--window', '2026-W07');
    assert.deepEqual([before, books.read, books.deferred], [1, 14, 1]);
    assert.equal(survey.records, 8);
    const wrong = await ingest(await project(MIXTURE), '--dry-run', '--window', '2026-W05');
    assert.equal(wrong.code, 2);
  });

  test('follows the rules of the configuration', async () => {
    const select = { unconfirmed: 'keep', quality: { truncated: 'keep', cached: 'keep' } };
    const { survey } = await told(await project(MIXTURE, { select }));
    assert.equal(survey.learnable, 8);
    assert.deepEqual(survey.origins, { confirmed: 6, edited: 1, model: 1 });
  });

  test('writes nothing, tells no text of a record, and needs neither secret nor server', async () => {
    const folder = await project(MIXTURE);
    const before = await readdir(folder, { recursive: true });
    const { code, out, err } = await ingest(folder, '--dry-run');
    assert.equal(code, 0, err);
    assert.deepEqual(await readdir(folder, { recursive: true }), before);
    assert.doesNotMatch(out, /bloggs|question|answer \d/);
    assert.match(out, /^read +15\nkept +10\ndropped +3 +no-consent 2, revised-within-window 1\n/m);
    assert.match(out, /^ +invalid-json: a\.jsonl line 14$/m);
    assert.match(out, /^redacted +email 1$/m);
    assert.match(out, /^5 of 10 could be learnt from \(confirmed 4, edited 1\)/m);
    assert.match(out, /^truncated +3 +1 +1$/m);
    assert.match(out, /^ +together cached \+ truncated: 1$/m);
  });

  test('ends with 1 where a run would stop at the unreadable lines', async () => {
    const folder = await project(MIXTURE, { maximumQuarantined: 0.1 });
    const { code, out } = await ingest(folder, '--dry-run');
    assert.equal(code, 1);
    assert.match(out, /A run would stop: more than 10 % of the lines can't be read/);
  });

  test('reads whatever the connector reads, and says what it leaves', async () => {
    const folder = await project([line()]);
    await cp(join(folder, 'logs', 'a.jsonl'), join(folder, 'logs', 'notes.txt'));
    const { out } = await ingest(folder, '--dry-run');
    assert.match(out, /logs: 1 file, [\d,]+ bytes; 1 other file not read/);
  });

  test('leaves out who is in a file of opt-outs, and says that it did not look into the store', async () => {
    const changes = { consent: { unmarked: 'deny', optOuts: ['out.txt'] } };
    const folder = await project(
      [line({ id: 'a' }), line({ id: 'b', user_id: 'u' }), line()],
      changes,
    );
    const missing = await ingest(folder, '--dry-run');
    assert.equal(missing.code, 2);
    assert.match(missing.err, /out\.txt, which cannot be read/);
    await writeFile(join(folder, 'out.txt'), `a\n{"user": "u"}\n${'ab'.repeat(32)}\n`);
    const { out } = await ingest(folder, '--dry-run');
    assert.match(out, /^dropped +2 +opted-out 2$/m);
    assert.match(out, /^triage: everything, as if read for the first time; nothing was written$/m);
    assert.match(out, /^ {2}left out: 3 opt-outs of files$/m);
    assert.match(
      out,
      /^ {2}not looked at: the list of opt-outs and what earlier windows have read, nor 1 hash of files, since HOLDFAST_SPLIT_KEY is not set$/m,
    );
    const { out: withKey } = await keyed(folder, 'ingest', '--dry-run');
    assert.match(withKey, /^ {2}not looked at: .*, since there is no store yet$/m);
  });

  test('with the split key leaves out who is on the list, and what the chain has read', async () => {
    const folder = await project([line({ id: 'a' }), line({ id: 'b' }), line({ id: 'c' })], {
      store: 'file:store',
    });
    const listed = await keyed(
      folder,
      ...'opt-out add --record a --by ann --reason asked'.split(' '),
    );
    assert.equal(listed.code, 0, listed.err);
    const told = await keyed(folder, 'ingest', '--dry-run');
    assert.match(told.out, /^dropped +1 +opted-out 1$/m);
    assert.match(told.out, /^triage: everything; nothing was written$/m);
    assert.match(
      told.out,
      /^ {2}left out: 2 hashes of the list of opt-outs, and what 0 earlier windows read$/m,
    );
    const store = await openStore(`file:${join(folder, 'store')}`);
    await writeChain(store, folder);
    const later = await keyed(folder, 'ingest', '--dry-run', '--json');
    const { books, leftOut } = JSON.parse(later.out) as Told & { leftOut: { windows: number } };
    assert.deepEqual(books.dropped, { 'opted-out': 1, seen: 1 });
    assert.equal(leftOut.windows, 1);
    const before = await keyed(folder, 'ingest', '--dry-run', '--json', '--window', '2026-W06');
    assert.deepEqual((JSON.parse(before.out) as Told).books.dropped, {});
  });

  test('is the only way that the command has', async () => {
    const { code, err } = await ingest(await project([line()]));
    assert.equal(code, 2);
    assert.match(err, /holdfast run/);
  });
});
