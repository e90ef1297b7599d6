import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { Example } from '../../src/domain/record.js';
import { findLineage, readLineage } from '../../src/lineage/lineage.js';
import { readAlias } from '../../src/promotion/alias.js';
import { keys } from '../../src/release/layout.js';
import { findRows } from '../../src/release/rows-files.js';
import { readBytes, readJson, readJsonl } from '../../src/storage/objects.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';
import { callEndpoint, until } from '../support/training-endpoint.js';

const REPLAY = 0.05;
/** Shorter steps than from the base model's nothing: long ones forget what a week is silent on. */
const HYPERPARAMETERS = { learning_rate_multiplier: 0.25 };

interface Job {
  readonly id: string;
  readonly status: string;
  readonly model: string;
  readonly fine_tuned_model: string;
  readonly training_file: string;
  readonly seed: number;
  readonly hyperparameters: object;
}

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

describe('a champion that is trained further, over Temporal', () => {
  let loop: Loop;
  let first: WindowOutcome;
  let second: WindowOutcome;

  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10 });
    const { project } = loop;
    const begun = await loop.startWorker();
    try {
      project.writeLog('w1.jsonl', logLines(makeTickets('w1', 240, '2025-12-29', '2026-01-05')));
      first = await loop.run('2026-W01');
      await loop.approve(first);
    } finally {
      await begun.stop();
    }
    const train = {
      baseURL: project.endpoint.baseURL,
      keyVariable: 'LOCAL_KEY',
      baseModel: 'local-linear-1',
      pollSeconds: 0.2,
      pricePerMillionTokens: 0,
      maximumCost: 0,
      from: 'champion',
      replay: REPLAY,
      hyperparameters: HYPERPARAMETERS,
    };
    await project.configure({ train });
    const worker = await loop.startWorker();
    try {
      // A week without two of the four queues.
      const tickets = makeTickets('w2', 400, '2026-01-05', '2026-01-12').filter(
        ({ label }) => label === 'billing' || label === 'shipping',
      );
      project.writeLog('w2.jsonl', logLines(tickets));
      second = await loop.run('2026-W02');
    } finally {
      await worker.stop();
    }
  });
  after(() => loop.close());

  const manifestOf = ({ release }: WindowOutcome): Promise<ReleaseManifest> =>
    readJson<ReleaseManifest>(loop.project.store, keys.release(release));

  async function rowsOf(outcome: WindowOutcome): Promise<readonly Example[]> {
    const file = findRows(await manifestOf(outcome), 'rows');
    assert.ok(file !== null && file !== undefined);
    const key = keys.releaseFile(outcome.release, file.name);
    return readJsonl<Example>(loop.project.store, { ...file, key });
  }

  const endpoint = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { baseURL } = loop.project.endpoint;
    return (await callEndpoint(baseURL, method, path, body, SECRETS.providerKey)).body;
  };

  const jobs = async (): Promise<readonly Job[]> =>
    ((await endpoint('GET', '/fine_tuning/jobs')) as { data: readonly Job[] }).data;

  test('is what the job is of, and the alias says it serves', async () => {
    const serving = await readAlias(loop.project.store, MODEL);
    assert.equal(serving?.alias.modelId, first.candidate);
    const models = new Map((await jobs()).map((job) => [job.fine_tuned_model, job.model]));
    assert.equal(models.get(first.candidate ?? ''), 'local-linear-1');
    assert.equal(models.get(second.candidate ?? ''), first.candidate);
    assert.equal((await manifestOf(second)).continues?.modelId, first.candidate);
  });

  test('is shown the week’s own rows and a share of those that it knows, which the books tell', async () => {
    const [before, rows] = [await rowsOf(first), await rowsOf(second)];
    const known = new Set(before.map(({ id }) => id));
    const replayed = rows.filter(({ id }) => known.has(id));
    const fresh = rows.length - replayed.length;
    assert.ok(fresh > 50, `${fresh} rows of its own`);
    const wanted = (fresh * REPLAY) / (1 - REPLAY);
    assert.ok(Math.abs(replayed.length - wanted) <= 3, `${replayed.length} repeated of ${wanted}`);
    const books = (await manifestOf(second)).books.find(({ stage }) => stage === 'assemble');
    assert.equal(books?.notes?.['replayed'], replayed.length);
    assert.ok(replayed.length < before.length);
  });

  test('hands on its lineage: the candidate’s names both weeks’ training files', async () => {
    const { store } = loop.project;
    const lineage = await readLineage(store, await findLineage(store, second.candidate ?? ''));
    assert.ok(lineage.trainingFiles !== 'unknown');
    const files = JSON.stringify(lineage.trainingFiles);
    for (const { release } of [first, second]) assert.match(files, new RegExp(release));
  });

  test('knows more of the queues that the week hardly has than a model of the same file does', async () => {
    const asked = makeTickets('later', 200, '2026-01-12', '2026-01-19').filter(
      ({ label }) => label === 'login' || label === 'returns',
    );
    const rightOf = async (model: string | null): Promise<number> => {
      let right = 0;
      for (const { text, label } of asked) {
        const question = { model, messages: [{ role: 'user', content: text }] };
        const answer = (await endpoint('POST', '/chat/completions', question)) as Completion;
        if (answer.choices[0]?.message.content === label) right += 1;
      }
      return right;
    };
    const [further, anew] = [await rightOf(second.candidate), await rightOf(await trainedAnew())];
    assert.ok(further > anew + 10, `${further} and ${anew} of ${asked.length}`);
  });

  /** A model of the base model, by what the second job was given but for the model. */
  async function trainedAnew(): Promise<string> {
    const { training_file, seed, hyperparameters } =
      (await jobs()).find((job) => job.fine_tuned_model === second.candidate) ??
      assert.fail('no job made the candidate');
    const request = { model: 'local-linear-1', training_file, seed, hyperparameters };
    const { id } = (await endpoint('POST', '/fine_tuning/jobs', request)) as Job;
    const done = await until(
      () => endpoint('GET', `/fine_tuning/jobs/${id}`) as Promise<Job>,
      ({ status }) => status === 'succeeded',
    );
    return done.fine_tuned_model;
  }

  test('is told in the report, with how much was repeated', async () => {
    const key = keys.report(MODEL, '2026-W02', second.evidenceDigest ?? '');
    const page = Buffer.from(await readBytes(loop.project.store, key)).toString();
    assert.ok(page.includes(first.candidate ?? 'no candidate'));
    assert.match(page, /with 5\.0 % of the rows\s+repeated from history/);
    assert.match(page, /<dt>base model<\/dt>\s*<dd>local-linear-1<\/dd>/);
    assert.match(page, /<dt>trained by<\/dt>\s*<dd>openai-compatible<\/dd>/);
  });
});
