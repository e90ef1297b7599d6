import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import { startLoop, type Loop } from '../support/loop.js';
import { MODEL, SECRETS } from '../support/project.js';
import { draw, makeTickets, toLogLine, type Ticket } from '../support/traffic.js';
import { callEndpoint } from '../support/training-endpoint.js';

const QUEUES = ['billing', 'shipping', 'login', 'returns'];

/** The queue that a wrong answer names: which one, depends on the message. */
function wrongFor({ id, label }: Ticket): string {
  const others = QUEUES.filter((queue) => queue !== label);
  return others[Math.floor(draw(id) * others.length)] ?? label;
}

interface PairLine {
  readonly input: { readonly messages: readonly { readonly content: string }[] };
  readonly preferred_output: readonly { readonly content: string }[];
  readonly non_preferred_output: readonly { readonly content: string }[];
}

describe('a week of preference tuning, over Temporal', () => {
  const tickets = makeTickets('w1', 480, '2025-12-29', '2026-01-05');
  let loop: Loop;
  let outcome: WindowOutcome;

  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10 });
    const { project } = loop;
    const train = {
      baseURL: project.endpoint.baseURL,
      keyVariable: 'LOCAL_KEY',
      baseModel: 'local-linear-1',
      pollSeconds: 0.2,
      pricePerMillionTokens: 0,
      maximumCost: 0,
      method: 'dpo',
      hyperparameters: { beta: 1 },
    };
    await project.configure({ train });
    const worker = await loop.startWorker();
    try {
      // Half of the answers are wrong, and a person says what was right.
      const lines = tickets.map((ticket, n) =>
        toLogLine(ticket, n % 2 === 0 ? wrongFor(ticket) : ticket.label),
      );
      project.writeLog('w1.jsonl', lines);
      outcome = await loop.run('2026-W01');
    } finally {
      await worker.stop();
    }
  });
  after(() => loop.close());

  const manifest = (): Promise<ReleaseManifest> =>
    readJson<ReleaseManifest>(loop.project.store, keys.release(outcome.release));

  async function trainingLines(): Promise<readonly PairLine[]> {
    const key = keys.releaseFile(outcome.release, 'train.jsonl');
    const text = Buffer.from(await readBytes(loop.project.store, key)).toString();
    const lines = text.trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as PairLine);
  }

  test('trains on corrections and what they corrected, and counts what is no pair', async () => {
    const lines = await trainingLines();
    const asked = new Map(tickets.map((ticket) => [ticket.text, ticket]));
    for (const { input, preferred_output, non_preferred_output } of lines) {
      const ticket = asked.get(input.messages.at(-1)?.content ?? '') ?? assert.fail('no ticket');
      assert.deepEqual(preferred_output, [{ role: 'assistant', content: ticket.label }]);
      const rejected = [{ role: 'assistant', content: wrongFor(ticket) }];
      assert.deepEqual(non_preferred_output, rejected);
    }
    const { books, method } = await manifest();
    assert.equal(method, 'dpo');
    const select = books.find(({ stage }) => stage === 'select');
    const withoutPair = select?.dropped['no-preference-pair'] ?? 0;
    // A fifth of the records is holdout; of the others, half have a pair.
    const trained = 2 * lines.length;
    assert.ok(trained > 320 && trained < 450, `${lines.length} pairs`);
    assert.ok(Math.abs(withoutPair - lines.length) < 40, `${withoutPair} without`);
  });

  test('creates one job of that method, whose model has learnt which answers are preferred', async () => {
    const { baseURL } = loop.project.endpoint;
    const ask = async (method: string, path: string, body?: object): Promise<unknown> =>
      (await callEndpoint(baseURL, method, path, body, SECRETS.providerKey)).body;
    const { data } = (await ask('GET', '/fine_tuning/jobs')) as {
      data: {
        fine_tuned_model: string;
        method: { type: string; dpo?: { hyperparameters: { beta: number } } };
      }[];
    };
    const jobs = data.filter((job) => job.method.type === 'dpo');
    assert.deepEqual(
      jobs.map((job) => job.fine_tuned_model),
      [outcome.candidate],
    );
    assert.equal(jobs[0]?.method.dpo?.hyperparameters.beta, 1);
    const evidence = await readJson<Evidence>(
      loop.project.store,
      keys.evidence(outcome.evidenceDigest ?? ''),
    );
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    const suite = evidence.suites.find((each) => each.suite === 'frozen:tickets');
    const { candidateScore = 0, championScore = 1 } = suite?.clean ?? {};
    assert.ok(candidateScore > championScore + 0.2, `${candidateScore} and ${championScore}`);
    assert.equal(outcome.decision, 'promote');
  });

  test('says so in the report', async () => {
    const key = keys.report(MODEL, '2026-W01', outcome.evidenceDigest ?? '');
    const page = Buffer.from(await readBytes(loop.project.store, key)).toString();
    assert.match(page, /preference tuning on pairs of a corrected and a rejected answer/);
  });
});
