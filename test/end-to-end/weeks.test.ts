import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { WORKFLOWS } from '../../src/domain/workflow-names.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readChainHead } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { readJson } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { PLANTED_SECRETS } from '../support/planted-secrets.js';
import { logLines, MODEL } from '../support/project.js';
import { allFiles, findTexts } from '../support/search.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const BROKEN = 'planted-word-in-broken-json';
const SECRETS = [...PLANTED_SECRETS.map(({ secret }) => secret), BROKEN];

describe('weeks as they come', () => {
  let loop: Loop;
  let worker: RunningWorker;
  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 30 });
    worker = await loop.startWorker();
  });
  after(async () => {
    await worker.stop();
    await loop.close();
  });

  async function books(release: string, stage: string): Promise<ReleaseManifest['books'][number]> {
    const manifest = await readJson<ReleaseManifest>(loop.project.store, keys.release(release));
    const found = manifest.books.find((candidate) => candidate.stage === stage);
    assert.ok(found, stage);
    return found;
  }

  const first = (): readonly object[] =>
    logLines(makeTickets('w1', 80, '2025-12-29', '2026-01-05'));

  test('an unreadable line is quarantined with its position, and the week goes on', async () => {
    const [ticket] = makeTickets('personal', 1, '2025-12-30', '2025-12-31');
    assert.ok(ticket);
    const personal = {
      ...ticket,
      text: [ticket.text, ...PLANTED_SECRETS.map(({ sentence }) => sentence)].join('\n'),
    };
    const broken = `{"id": "broken", "text": "${BROKEN} ${SECRETS.join(' ').replaceAll('\n', ' ')}"`;
    loop.project.writeLog('w1.jsonl', [...first(), broken, toLogLine(personal, 'billing')]);
    const outcome = await loop.run('2026-W01');
    const ingest = await books(outcome.release, 'ingest');
    assert.deepEqual(ingest.quarantined, { 'invalid-json': 1 });
    assert.equal(ingest.kept, 81);
    for (const type of new Set(PLANTED_SECRETS.map((planted) => planted.type))) {
      const count = PLANTED_SECRETS.filter((planted) => planted.type === type).length;
      assert.equal(ingest.notes?.[`redacted-${type}`], count, type);
    }
  });

  test('of a grown log file the new lines count, late ones among them, and the old ones are seen', async () => {
    const late = makeTickets('late', 5, '2025-12-31', '2026-01-02');
    const fresh = makeTickets('w2', 60, '2026-01-05', '2026-01-12');
    const early = makeTickets('early', 4, '2026-01-13', '2026-01-15');
    loop.project.writeLog('w1.jsonl', [...first(), ...logLines([...late, ...fresh, ...early])]);
    const outcome = await loop.run('2026-W02');
    const ingest = await books(outcome.release, 'ingest');
    assert.equal(ingest.dropped['seen'], 80);
    assert.equal(ingest.notes?.['late'], 5);
    assert.equal(ingest.kept, 65);
    assert.equal(ingest.deferred, 4);
  });

  test('a deferred record belongs to the window it was deferred to, and a missed week runs first', async () => {
    const { windows } = await (async () => {
      loop.project.writeLog(
        'w4.jsonl',
        logLines(makeTickets('w4', 60, '2026-01-19', '2026-01-26')),
      );
      const before = await loop.run('2026-W04');
      return { windows: before };
    })();
    assert.equal(windows.window, '2026-W04');
    const { entry } = await readChainHead(loop.project.store, MODEL);
    assert.equal(entry?.windowIndex, 3);
    const parent = await readJson<ReleaseManifest>(
      loop.project.store,
      keys.release(entry?.parentRelease ?? ''),
    );
    assert.equal(parent.window.id, '2026-W03');
    const missed = await books(entry?.parentRelease ?? '', 'ingest');
    assert.equal(missed.kept, 4);
  });

  test('a week without logs is a release with nothing new, and nothing is trained', async () => {
    const outcome = await loop.run('2026-W05');
    assert.equal(outcome.decision, 'nothing-to-train-on');
    assert.equal((await books(outcome.release, 'ingest')).read, 0);
  });

  test('a skipped week is an audited empty release, and the next week follows it', async () => {
    await loop.client.workflow.execute(WORKFLOWS.skip, {
      workflowId: 'skip',
      taskQueue: 'holdfast',
      args: [
        {
          model: MODEL,
          configDigest: loop.project.loaded.digest,
          window: '2026-W06',
          reason: 'the logs of that week are lost',
          by: 'operator',
        },
      ],
    });
    const audit = await readAudit(loop.project.store, MODEL);
    assert.equal(audit.at(-1)?.entry.action, 'window-skipped');
    loop.project.writeLog('w7.jsonl', logLines(makeTickets('w7', 40, '2026-02-09', '2026-02-16')));
    const outcome = await loop.run('2026-W07');
    assert.equal(outcome.window, '2026-W07');
    assert.ok(outcome.trainRows > 40);
  });

  test('only the window after the chain’s end can be skipped', async () => {
    const skip = loop.client.workflow.execute(WORKFLOWS.skip, {
      workflowId: 'skip-again',
      taskQueue: 'holdfast',
      args: [
        {
          model: MODEL,
          configDigest: loop.project.loaded.digest,
          window: '2026-W12',
          reason: 'x',
          by: 'operator',
        },
      ],
    });
    assert.match(await failureOf(skip), /the chain ends with 2026-W07/);
  });

  test('a window before the first is refused', async () => {
    assert.match(await failureOf(loop.run('2025-W40')), /lies before the first, 2026-W01/);
  });

  test('a week in which no window begins is refused with the nearest ones that have one', async () => {
    await loop.project.configure({ window: { first: '2026-W01', weeks: 2 } });
    try {
      assert.match(
        await failureOf(loop.run('2026-W02')),
        /no window begins with 2026-W02: .* the nearest are 2026-W01 and 2026-W03/,
      );
    } finally {
      await loop.project.configure({});
    }
  });

  test('another split key is refused', async () => {
    const other = await loop.startWorkerWith({
      splitKey: 'another-key-of-at-least-32-characters!',
    });
    await worker.stop();
    try {
      loop.project.writeLog(
        'w8.jsonl',
        logLines(makeTickets('w8', 20, '2026-02-16', '2026-02-23')),
      );
      assert.match(
        await failureOf(loop.run('2026-W08')),
        /not the key that the chain was split with/,
      );
    } finally {
      await other.stop();
      worker = await loop.startWorker();
    }
  });

  test('an eval set that was changed after freezing stops the run, and says which', async () => {
    const { digest } = loop.project.loaded.configuration.evals[0] ?? assert.fail('no eval set');
    const restore = loop.tamper(`evals/${digest}/samples.jsonl`, (text) => text.replace('e', 'f'));
    try {
      assert.match(
        await failureOf(loop.run('2026-W08')),
        /eval set tickets was changed after it was frozen/,
      );
    } finally {
      restore();
    }
  });

  test('a window that failed before its release runs again once the cause is gone', async () => {
    const outcome = await loop.run('2026-W08');
    assert.equal(outcome.window, '2026-W08');
  });

  test('a window that is reopened with the same logs is decided again, on the job that was paid for', async () => {
    const { candidate, release } = await loop.run('2026-W08', { mode: 'run' });
    assert.equal(candidate, null);
    const reopened = await loop.run('2026-W08', { reopen: true });
    assert.notEqual(reopened.release, release);
    assert.notEqual(reopened.candidate, null);
    const rows = async (digest: string): Promise<string | undefined> => {
      const key = keys.release(digest);
      const { files } = await readJson<ReleaseManifest>(loop.project.store, key);
      return files.find(({ name }) => name === 'train.jsonl')?.sha256;
    };
    assert.equal(await rows(reopened.release), await rows(release));
    const jobs: string[] = [];
    for await (const { key } of loop.project.store.list('jobs/')) jobs.push(key);
    const shared = jobs.find((key) => key.endsWith(`/releases/${release}.json`));
    assert.ok(shared !== undefined);
    assert.ok(jobs.includes(shared.replace(release, reopened.release)));
  });

  test('nothing planted in the logs is in any object, history or log of the server', async () => {
    const files = allFiles(loop.temporal.folder).filter(
      (path) => !path.includes(`${join('project', 'logs')}`),
    );
    assert.ok(files.length > 50);
    assert.deepEqual(await findTexts(SECRETS, files), []);
  });
});
