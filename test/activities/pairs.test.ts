import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { estimateCost } from '../../activities/estimating.js';
import { hitsInSuite } from '../../activities/hits-in-suite.js';
import { runKeyOf } from '../../activities/training-file.js';
import { writeLineage } from '../../src/lineage/lineage.js';
import type { Example } from '../../src/domain/record.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { makeTickets, toLogLine, type Ticket } from '../support/traffic.js';

const signal = new AbortController().signal;
const weeks = [
  makeTickets('w1', 40, '2025-12-29', '2026-01-05'),
  makeTickets('w2', 40, '2026-01-05', '2026-01-12'),
] as const;
/** The frozen sample of the data path. */
const FROZEN = 'which of the four queues does a lost parcel belong in please';

/** What the model said: right for every fourth ticket, and about something else for the others. */
const lines = (tickets: readonly Ticket[]): readonly object[] =>
  tickets.map((ticket, n) => toLogLine(ticket, n % 4 === 0 ? ticket.label : `not ${ticket.label}`));

describe('a release of pairs', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath();
    const { train } = path.configuration;
    path.configuration = { ...path.configuration, train: { ...train, method: 'dpo' } };
  });
  afterEach(() => path.close());

  async function trainingLines({
    release,
  }: BuiltWindow): Promise<readonly Record<string, object>[]> {
    const bytes = await readBytes(path.deps.store, keys.releaseFile(release, 'train.jsonl'));
    const text = Buffer.from(bytes).toString('utf8').trim();
    return text.split('\n').map((line) => JSON.parse(line) as Record<string, object>);
  }

  test('holds what was corrected beside what it was corrected from, and the books balance', async () => {
    path.writeLog('w1.jsonl', lines(weeks[0]));
    const built = await path.build(0);
    const rows = await built.read<Example>('rows');
    assert.ok(rows.length > 10);
    for (const { id, answer, rejected } of rows) {
      const ticket = weeks[0].find((each) => each.id === id);
      assert.deepEqual([answer, rejected], [ticket?.label, { content: `not ${ticket?.label}` }]);
    }
    const select = built.manifest.books.find(({ stage }) => stage === 'select');
    const right = weeks[0].filter((_, n) => n % 4 === 0).length;
    assert.ok((select?.dropped['no-preference-pair'] ?? 0) <= right);
    assert.ok((select?.dropped['no-preference-pair'] ?? 0) > 0);
    assert.equal(built.manifest.method, 'dpo');
    const file = await trainingLines(built);
    assert.equal(file.length, rows.length);
    assert.deepEqual(Object.keys(file[0] ?? {}).sort(), [
      'input',
      'non_preferred_output',
      'preferred_output',
    ]);
  });

  test('holds no row whose rejected answer gives a frozen sample away', async () => {
    path.writeLog('w1.jsonl', [
      ...lines(weeks[0]),
      ...weeks[0].slice(0, 12).map((ticket, n) =>
        toLogLine(
          {
            ...ticket,
            id: `leak-${n}`,
            conversation: `leak-${n}`,
            text: makeTickets(`leak-${n}`, 1, '2025-12-29', '2026-01-05')[0]?.text ?? '',
          },
          n === 0 ? 'fine' : `${FROZEN} ${n}`,
        ),
      ),
    ]);
    const built = await path.build(0);
    const rows = await built.read<Example>('rows');
    assert.ok(!rows.some(({ rejected }) => rejected?.content.includes('four queues')));
    const dropped = built.manifest.books.at(-1)?.dropped ?? {};
    const leaks = Object.entries(dropped).filter(([reason]) => reason.endsWith('-tickets'));
    assert.ok(leaks.reduce((sum, [, count]) => sum + count, 0) >= 5, JSON.stringify(dropped));
  });

  test('is scanned with both answers where it is a champion’s', async () => {
    path.writeLog('w1.jsonl', lines(weeks[0]));
    const first = await path.build(0);
    const { store } = path.deps;
    const trained = JSON.stringify({
      input: { messages: [{ role: 'user', content: 'hello' }] },
      preferred_output: [{ role: 'assistant', content: 'hello to you' }],
      non_preferred_output: [{ role: 'assistant', content: FROZEN }],
    });
    const bytes = Buffer.from(`${trained}\n`);
    const key = 'releases/x/train.jsonl';
    await store.putIfAbsent(key, bytes);
    const sha256 = sha256Hex(bytes);
    await writeLineage(store, {
      v: 1,
      modelId: 'ft:pairs',
      baseModel: 'base',
      release: first.release,
      trainingFiles: [{ key, sha256, bytes: bytes.length, count: 1 }],
    });
    const alias = { modelId: 'ft:pairs', promotion: 'p', evidence: 'e', previousModelId: null };
    assert.ok(await promoteAlias(store, 'triage', 1, alias));
    path.writeLog('w2.jsonl', lines(weeks[1]));
    const second = await path.build(1);
    const hits = await hitsInSuite(path.deps, second.input, 'frozen:tickets');
    assert.deepEqual([...hits.unclean], ['frozen-1']);
  });

  test('is estimated with its prompts behind both answers, and is another job than a supervised one', async () => {
    path.writeLog('w1.jsonl', lines(weeks[0]));
    const built = await path.build(0);
    const bytes = (await readBytes(path.deps.store, keys.releaseFile(built.release, 'train.jsonl')))
      .length;
    const prompts = (await trainingLines(built)).reduce(
      (sum, { input }) => sum + Buffer.byteLength(JSON.stringify(input)),
      0,
    );
    const provider = { models: async () => null };
    const deps = { ...path.deps, providerFor: () => provider as never };
    const estimate = await estimateCost(deps, { ...built.input, release: built.release }, signal);
    assert.equal(estimate.tokens, Math.ceil((bytes + prompts) / 4));
    const file = { key: 'k', sha256: 's', bytes: 1, count: 1 };
    const { method, ...supervised } = path.configuration.train;
    assert.equal(method, 'dpo');
    const others = { ...path.configuration, train: supervised };
    assert.notEqual(runKeyOf(path.configuration, file, null), runKeyOf(others, file, null));
  });

  test('is followed by supervised ones that take its rows, and follows them with none of theirs', async () => {
    const { method, ...supervised } = path.configuration.train;
    assert.equal(method, 'dpo');
    const [pairs, single] = [path.configuration, { ...path.configuration, train: supervised }];
    path.configuration = single;
    path.writeLog('w1.jsonl', lines(weeks[0]));
    await path.build(0);
    path.configuration = pairs;
    path.writeLog('w2.jsonl', lines(weeks[1]));
    const second = await path.build(1);
    const rows = await second.read<Example>('rows');
    assert.ok(rows.length > 0 && rows.every(({ window }) => window === '2026-W02'));
    const assemble = second.manifest.books.find(({ stage }) => stage === 'assemble');
    assert.ok((assemble?.dropped['no-preference-pair'] ?? 0) > 10);
    path.configuration = single;
    path.writeLog('w3.jsonl', lines(makeTickets('w3', 20, '2026-01-12', '2026-01-19')));
    const third = await path.build(2);
    const all = await third.read<Example>('rows');
    assert.ok(all.some(({ window }) => window === '2026-W02'));
    assert.ok(all.every((row) => row.rejected === undefined));
  });
});
