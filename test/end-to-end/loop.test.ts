import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Example } from '../../src/domain/record.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { readAlias } from '../../src/promotion/alias.js';
import { keys } from '../../src/release/layout.js';
import { findRows, type RowsName } from '../../src/release/rows-files.js';
import type { Placement } from '../../src/split/place.js';
import { readJson, readJsonl } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL } from '../support/project.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

/** Runs of five words of a prompt, by the simplest means. */
function wordRuns(messages: Example['messages']): ReadonlySet<string> {
  const prompt = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const words =
    prompt
      .join(' ')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return new Set(words.slice(4).map((_, start) => words.slice(start, start + 5).join(' ')));
}

/** Whether two prompts of a dozen words and more are near by the split's threshold of 0.5. */
function isNear(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size < 8 || b.size < 8) return false;
  const common = [...a].filter((run) => b.has(run)).length;
  return common / (a.size + b.size - common) >= 0.5;
}

describe('the weekly loop', () => {
  let loop: Loop;
  let worker: RunningWorker;
  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10 });
    worker = await loop.startWorker();
  });
  after(async () => {
    await worker.stop();
    await loop.close();
  });

  async function releaseFile<T>(release: string, name: RowsName): Promise<readonly T[]> {
    const manifest = await readJson<ReleaseManifest>(loop.project.store, keys.release(release));
    const file = findRows(manifest, name);
    assert.ok(file, `release has no ${name}`);
    return readJsonl<T>(loop.project.store, { ...file, key: keys.releaseFile(release, file.name) });
  }

  test('week one becomes a release, a candidate, a decision, and a promotion that a person approves', async () => {
    const tickets = makeTickets('w1', 240, '2025-12-29', '2026-01-05');
    loop.project.writeLog('w1.jsonl', logLines(tickets));
    loop.project.writeLog('notes.txt', ['no log']);
    const outcome = await loop.run('2026-W01');
    const reasons = JSON.stringify(
      await loop.client.workflow
        .getHandle('week/triage/2026-W01')
        .query('__temporal_workflow_metadata'),
    );
    assert.equal(outcome.decision, 'promote', reasons);
    assert.match(reasons, /not read: 1 file that is no log by its name/);
    assert.ok(outcome.promotionId !== null && outcome.evidenceDigest !== null);

    const evidence = await readJson<Evidence>(
      loop.project.store,
      keys.evidence(outcome.evidenceDigest),
    );
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));

    const before = await readAlias(loop.project.store, MODEL);
    assert.equal(before?.alias.modelId, loop.project.championId);
    await loop.approve(outcome);
    const after = await readAlias(loop.project.store, MODEL);
    assert.equal(after?.alias.modelId, outcome.candidate);
    assert.equal(after?.alias.previousModelId, loop.project.championId);
  });

  test('week two finds planted eval samples and holdout copies, and trains on none of them', async () => {
    const evals = makeTickets('eval', 120, '2025-01-01', '2025-02-01').slice(0, 30);
    const tickets = makeTickets('w2', 200, '2026-01-05', '2026-01-12');
    const planted = evals.map((ticket, n) =>
      toLogLine(
        {
          ...ticket,
          id: `planted-${n}`,
          conversation: `planted-thread-${n}`,
          time: '2026-01-08T00:00:00.000Z',
        },
        ticket.label,
        {
          request: {
            model: 'x',
            messages: [{ role: 'user', content: `please file: ${ticket.text.toUpperCase()}!` }],
          },
        },
      ),
    );
    loop.project.writeLog('w2.jsonl', [...logLines(tickets), ...planted]);
    const outcome = await loop.run('2026-W02');

    const rows = await releaseFile<Example>(outcome.release, 'rows');
    const trained = rows.filter(({ id }) => id.startsWith('planted-'));
    assert.deepEqual(trained, []);
    const placements = await releaseFile<Placement>(outcome.release, 'placements');
    const onTrainSide = placements.filter(
      ({ id, side }) => id.startsWith('planted-') && side === 'train',
    );
    const findings = await releaseFile<{ exampleId: string; level: string; sampleId: string }>(
      outcome.release,
      'findings',
    );
    for (const { id } of onTrainSide) {
      const sample = `eval-${id.slice('planted-'.length)}`;
      assert.ok(
        findings.some((f) => f.exampleId === id && f.sampleId === sample && f.level !== 'kin'),
        `${id} was not found`,
      );
    }
    assert.ok(onTrainSide.length >= 15);
  });

  test('no record that was ever holdout, nor a near-copy of one, is in any training file of any week', async () => {
    const holdout = new Set<string>();
    const releases: string[] = [];
    for await (const { key } of loop.project.store.list('releases/')) {
      const match = /^releases\/([0-9a-f]{64})\/manifest\.json$/.exec(key);
      if (match?.[1] !== undefined) releases.push(match[1]);
    }
    assert.equal(releases.length, 2);
    const heldOut: ReadonlySet<string>[] = [];
    for (const release of releases) {
      for (const { id, messages } of await releaseFile<Example>(release, 'holdout')) {
        holdout.add(id);
        heldOut.push(wordRuns(messages));
      }
    }
    assert.ok(holdout.size > 40);
    for (const release of releases) {
      for (const { id, messages } of await releaseFile<Example>(release, 'rows')) {
        assert.ok(!holdout.has(id), id);
        const own = wordRuns(messages);
        assert.ok(!heldOut.some((other) => isNear(own, other)), `${id} is near to a held-out one`);
      }
    }
  });

  test('the books of every release balance, and each step reads what the one before kept', async () => {
    for await (const { key } of loop.project.store.list('releases/')) {
      if (!key.endsWith('/manifest.json')) continue;
      const { books } = await readJson<ReleaseManifest>(loop.project.store, key);
      assert.deepEqual(
        books.map(({ stage }) => stage),
        ['ingest', 'split', 'select', 'assemble', 'dedupe', 'decontaminate'],
      );
      for (const { stage, read, kept, dropped, quarantined, deferred } of books) {
        const counts = [kept, deferred, ...Object.values(dropped), ...Object.values(quarantined)];
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          read,
          stage,
        );
      }
      const byStage = new Map(books.map((own) => [own.stage, own]));
      for (const [from, to] of [
        ['ingest', 'split'],
        ['split', 'select'],
        ['assemble', 'dedupe'],
        ['dedupe', 'decontaminate'],
      ] as const) {
        assert.equal(byStage.get(to)?.read, byStage.get(from)?.kept, `${from} to ${to}`);
      }
    }
  });

  test('both weeks rebuild to the digests that the chain holds', async () => {
    for (const window of ['2026-W01', '2026-W02']) {
      const outcome = await loop.run(window, { mode: 'rebuild' });
      assert.equal(outcome.decision, 'rebuilt');
    }
  });

  test('a window that was decided is not run again', async () => {
    assert.equal((await loop.run('2026-W02')).decision, 'already-decided');
  });
});
