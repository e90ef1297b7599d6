import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { suiteSamples } from '../../activities/suite-samples.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import type { Books } from '../../src/domain/books.js';
import type { Example } from '../../src/domain/record.js';
import { optOutHashes, type OptOut } from '../../src/ingest/opt-outs.js';
import { hashedIdentifier } from '../../src/ingest/record.js';
import { addOptOuts } from '../../src/promotion/opt-out-list.js';
import { splitKeyFingerprint } from '../../src/split/place.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines, SECRETS } from '../support/project.js';
import { makeTickets, type Ticket } from '../support/traffic.js';

const week1 = makeTickets('w1', 60, '2025-12-29', '2026-01-05');
const week2 = makeTickets('w2', 60, '2026-01-05', '2026-01-12');
const KEY = SECRETS.splitKey;

async function optOut(path: DataPath, ...who: readonly OptOut[]): Promise<void> {
  await addOptOuts(path.deps.store, 'triage', {
    v: 1,
    at: '2026-01-06T00:00:00.000Z',
    by: 'jo',
    splitKeyFingerprint: splitKeyFingerprint(KEY),
    hashes: who.flatMap((each) => optOutHashes(each, KEY)),
  });
}

async function rowIds(built: BuiltWindow): Promise<readonly string[]> {
  return (await built.read<Example>('rows')).map(({ id }) => id);
}

function droppedIn({ manifest }: BuiltWindow, stage: string): number {
  const books: Books | undefined = manifest.books.find((each) => each.stage === stage);
  return books?.dropped['opted-out'] ?? 0;
}

const ofUser = (tickets: readonly Ticket[], user: string): readonly string[] =>
  tickets.filter((ticket) => ticket.user === user).map(({ id }) => id);

describe('whoever opts out', () => {
  let path: DataPath;
  let first: BuiltWindow;
  beforeEach(async () => {
    path = await createDataPath();
    path.writeLog('w1.jsonl', logLines(week1));
    first = await path.build(0);
    path.writeLog('w2.jsonl', logLines(week2));
  });
  afterEach(() => path.close());

  test('is in no later window, neither with old rows nor with new ones nor in the holdout', async () => {
    const trained = await rowIds(first);
    const user = week1.find(
      (ticket) => trained.includes(ticket.id) && ofUser(week2, ticket.user).length > 1,
    )?.user;
    assert.ok(user !== undefined);
    const [oldRows, newRows] = [ofUser(week1, user), ofUser(week2, user)];
    const taken = oldRows.filter((id) => trained.includes(id));
    await optOut(path, { kind: 'user', tenant: null, user });
    const second = await path.build(1);
    const later = await rowIds(second);
    assert.deepEqual(
      later.filter((id) => oldRows.includes(id) || newRows.includes(id)),
      [],
    );
    assert.equal(droppedIn(second, 'ingest'), newRows.length);
    assert.equal(droppedIn(second, 'assemble'), taken.length);
    assert.ok(
      later.some((id) => trained.includes(id)),
      'the others are still trained on',
    );
    const { samples } = await suiteSamples(
      path.deps,
      path.configuration,
      second.input,
      HOLDOUT_SUITE,
    );
    const asked = samples.map(({ sample }) => sample.id);
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((id) => newRows.includes(id)),
      [],
    );
    const placed = await second.read<{ readonly id: string }>('placements');
    assert.deepEqual(
      placed.filter(({ id }) => newRows.includes(id)),
      [],
    );
  });

  test('by a record of the holdout is not asked, and by one of the training rows not trained on', async () => {
    const holdout = (await first.read<Example>('holdout')).map(({ id }) => id);
    const [sample] = holdout;
    const [row] = await rowIds(first);
    assert.ok(sample !== undefined && row !== undefined);
    await optOut(path, { kind: 'record', id: sample }, { kind: 'record', id: row });
    const again = await path.build(0, true);
    assert.equal(droppedIn(again, 'ingest'), 2);
    assert.ok(!(await rowIds(again)).includes(row));
    const { samples } = await suiteSamples(
      path.deps,
      path.configuration,
      again.input,
      HOLDOUT_SUITE,
    );
    assert.ok(!samples.some(({ sample: { id } }) => id === sample));
  });

  test('stays out of a third window, and a window that was closed before is the same to the byte', async () => {
    const [row] = await rowIds(first);
    assert.ok(row !== undefined);
    assert.equal((await path.build(0)).release, first.release);
    await optOut(path, { kind: 'record', id: row });
    assert.equal((await path.build(0)).release, first.release, 'closed before, and not anew');
    const second = await path.build(1);
    const third = await path.build(2);
    for (const built of [second, third]) {
      assert.ok(!(await rowIds(built)).includes(row));
      assert.equal(droppedIn(built, 'assemble'), 1);
    }
  });

  test('stays out behind another redactor, whatever that makes of the record’s id', async () => {
    const more = makeTickets('w3', 13, '2026-01-05', '2026-01-12');
    const logged = more.slice(0, 12).map((ticket, n) => ({ ...ticket, id: `k${n}@example.org` }));
    path.writeLog('w3.jsonl', logLines(logged));
    await optOut(path, { kind: 'record', id: 'k0@example.org' });
    const second = await path.build(1);
    assert.equal(droppedIn(second, 'ingest'), 1);
    path.writeLog('w3.jsonl', logLines([...logged, ...more.slice(12)]));
    const { redaction } = path.configuration;
    const types = { ...redaction.types, email: 'keep' } as const;
    path.configuration = { ...path.configuration, redaction: { ...redaction, types } };
    const trained = await second.read<Example>('examples');
    const later = logged.slice(1).find((ticket) => {
      const hashed = hashedIdentifier('id', ticket.id, KEY);
      return trained.some(({ id }) => id === hashed);
    });
    assert.ok(later !== undefined);
    await optOut(path, { kind: 'record', id: later.id });
    const third = await path.build(2);
    assert.equal(third.manifest.versions.redactor, 'redactor-2-email');
    assert.equal(droppedIn(third, 'ingest'), 2);
    const placed = await third.read<{ readonly id: string }>('placements');
    assert.ok(!placed.some(({ id }) => id.startsWith('k')));
    assert.equal(droppedIn(third, 'assemble'), 1);
  });

  test('may stand in a file of the configuration, without which no window is closed', async () => {
    const [row] = await rowIds(first);
    const { consent } = path.configuration;
    path.configuration = { ...path.configuration, consent: { ...consent, optOuts: ['out.txt'] } };
    await assert.rejects(path.build(1), { name: 'ConfigError', message: /out\.txt/ });
    writeFileSync(join(path.deps.baseFolder, 'out.txt'), `# left\n${row}\n`);
    const second = await path.build(1);
    assert.ok(!(await rowIds(second)).includes(row ?? ''));
    assert.equal(droppedIn(second, 'assemble'), 1);
  });
});
