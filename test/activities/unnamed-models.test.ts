import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import { parkedUnnamed } from '../../activities/parking.js';
import type { ChatClient, ChatRequest } from '../../src/domain/chat.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { PollResult } from '../../src/domain/contracts.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { JobResolution, UnnamedModel } from '../../src/domain/job.js';
import type { Lineage } from '../../src/domain/model.js';
import { lineageKey } from '../../src/lineage/lineage.js';
import { readAudit } from '../../src/promotion/audit.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { readJson, writeJson } from '../../src/storage/objects.js';
import { COST, pricedJobs, succeeded, type PricedJobs } from '../support/priced-jobs.js';
import { startReasoningHost } from '../support/reasoning-host.js';

const UNNAMED: UnnamedModel = {
  kind: 'unnamed',
  message: 'job job-1 is done and paid for, but its provider names no model of it',
  trainedTokens: 900_000,
};

function adopt(modelId?: string): JobResolution {
  const named = modelId === undefined ? {} : { modelId };
  return { kind: 'adopt', jobId: 'job-1', by: 'ana', ...named };
}

/** What a job's model is called, or how else it ended. */
function nameOf(ended: PollResult): string {
  return ended.kind === 'succeeded' ? ended.modelId : ended.kind;
}

/** Jobs at a host where only these models answer. Gives what they were asked, too. */
async function jobsOf(
  ...answering: readonly string[]
): Promise<PricedJobs & { readonly asked: readonly ChatRequest[] }> {
  const it = await pricedJobs({});
  const asked: ChatRequest[] = [];
  const complete: ChatClient['complete'] = async (request) => {
    asked.push(request);
    if (answering.includes(request.model)) {
      return { content: 'Hello', finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    }
    const gone = { status: 404, isRetryable: false };
    throw new ProviderError('POST /chat/completions of host was answered with status 404', gone);
  };
  Object.assign(it.deps, { chatFor: () => ({ complete }) });
  return { ...it, asked };
}

describe('a job that is done and names no model', () => {
  test('parks the run and is in the books; no later run asks for another', async () => {
    const it = await jobsOf();
    await it.submit('a');
    const ended = await it.end('a', UNNAMED);
    assert.ok(ended.kind === 'parked');
    const { reason, candidates, message } = ended.parked;
    assert.deepEqual([reason, candidates, message], ['unnamed', ['job-1'], UNNAMED.message]);
    const again = await it.submit('a');
    assert.ok('parked' in again);
    assert.deepEqual(again.parked, ended.parked);
    assert.equal(it.created(), 1);
    const charges = (await it.spend()).flatMap((entry) => entry.charges);
    assert.deepEqual(
      charges.map(({ jobId, actual }) => [jobId, actual]),
      [['job-1', 1.8]],
    );
  });

  test('goes on with the model that a person names, once it answers, in later runs as well', async () => {
    const it = await jobsOf('org/base-LoRa:week');
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt('org/base-LoRa:week'));
    assert.deepEqual(
      it.asked.map(({ model, messages }) => [model, messages.length]),
      [['org/base-LoRa:week', 1]],
    );
    for (let run = 0; run < 2; run += 1) {
      const ended = await it.end('a', UNNAMED);
      assert.deepEqual(ended, { ...succeeded(900_000, 1.8), modelId: 'org/base-LoRa:week' });
    }
    assert.equal(it.created(), 1);
    assert.equal((await it.spend()).flatMap((entry) => entry.charges).length, 1);
    const lineageOf = (modelId: string): Promise<Lineage> =>
      readJson(it.deps.store, lineageKey(modelId));
    assert.equal((await lineageOf('org/base-LoRa:week')).isNamedByPerson, true);
    await it.submit('b');
    await it.end('b', succeeded(10));
    assert.ok(!('isNamedByPerson' in (await lineageOf('ft:b'))));
  });

  test('is looked at again where it is adopted without a name, and parked again or not', async () => {
    const it = await jobsOf();
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt());
    assert.equal((await it.end('a', UNNAMED)).kind, 'parked');
    await it.resolve('a', adopt());
    assert.deepEqual(await it.end('a', succeeded(900_000)), succeeded(900_000, 1.8));
    assert.equal(it.created(), 1);
  });

  test('is given up for another one only where a person says so, and both are paid', async () => {
    const it = await jobsOf();
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', { kind: 'retry', by: 'ana' });
    await it.submit('a');
    assert.equal(it.created(), 2);
    const charges = (await it.spend()).flatMap((entry) => entry.charges);
    assert.deepEqual(
      charges.map(({ jobId }) => jobId),
      ['job-1', null],
    );
  });

  test('that had a name when it ended parks the run as well, and goes on by any decision', async () => {
    const retry: JobResolution = { kind: 'retry', by: 'ana' };
    for (const decision of [adopt('NAME'), adopt(), retry]) {
      const it = await jobsOf('NAME');
      await it.submit('a');
      assert.equal((await it.end('a', succeeded(10))).kind, 'succeeded');
      assert.equal((await it.end('a', UNNAMED)).kind, 'parked');
      assert.ok('parked' in (await it.submit('a')));
      await it.resolve('a', decision);
      if (decision.kind !== 'adopt') {
        await it.submit('a');
        assert.equal(it.created(), 2);
        continue;
      }
      const modelId = decision.modelId ?? 'ft:a';
      const state = decision.modelId === undefined ? succeeded(10) : UNNAMED;
      assert.equal(nameOf(await it.end('a', state)), modelId);
      assert.equal(it.created(), 1);
    }
  });

  test('that had a name may be given it again, since that is no other model’s', async () => {
    const it = await jobsOf('ft:a');
    await it.submit('a');
    await it.end('a', succeeded(10));
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt('ft:a'));
    assert.equal(nameOf(await it.end('a', UNNAMED)), 'ft:a');
  });

  test('parks nothing where another job was asked for since', async () => {
    const it = await jobsOf();
    const first = await it.submit('a');
    assert.ok('handle' in first);
    await it.end('a', UNNAMED);
    await it.resolve('a', { kind: 'retry', by: 'ana' });
    await it.submit('a');
    const ledger = createJobLedger(it.deps.store, first.handle.runKey);
    await parkedUnnamed(ledger, first.handle, UNNAMED.message);
    assert.ok('handle' in (await it.submit('a')));
  });

  test('keeps the name that it was given first: another one is refused, with the reason', async () => {
    const it = await jobsOf('first', 'second');
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt('first'));
    await it.resolve('a', adopt('first'));
    const refused = it.resolve('a', adopt('second'));
    await assert.rejects(refused, /job job-1 goes on as first already[^]*second is not taken/);
    assert.equal(nameOf(await it.end('a', UNNAMED)), 'first');
  });

  test('takes no name that would be lost, where it is asked about without one', async () => {
    const it = await jobsOf('first');
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt());
    await assert.rejects(it.resolve('a', adopt('first')), /first is not taken.*parked again/);
  });

  test('goes on in a second run that waits for the name, too, once the first has ended', async () => {
    for (const decision of [adopt('NAME'), adopt()]) {
      const answering = ['NAME'];
      const it = await jobsOf(...answering);
      await it.submit('a');
      await it.end('a', UNNAMED);
      await it.resolve('a', adopt('NAME'));
      await it.end('a', UNNAMED);
      await it.resolve('a', decision);
      assert.equal(nameOf(await it.end('a', UNNAMED)), 'NAME');
      assert.equal(it.asked.length, 1);
    }
  });

  test('is in the audit log with the name that a person gave, and without one as ever', async () => {
    const it = await jobsOf('NAME');
    await it.submit('a');
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt());
    await it.end('a', UNNAMED);
    await it.resolve('a', adopt('NAME'));
    const entries = (await readAudit(it.deps.store, 'triage')).map(({ entry }) => entry);
    const runKey = await it.runKey('a');
    const subject = { runKey, window: '2026-W01', job: 'job-1', decision: null };
    assert.deepEqual(
      entries.map((entry) => [entry.reason, entry.subject]),
      [
        ['window 2026-W01 goes on with job job-1', subject],
        [
          'window 2026-W01 goes on with job job-1, whose model is NAME by this word',
          { ...subject, model: 'NAME' },
        ],
      ],
    );
  });

  test('counts as what it cost as soon as its provider says so', async () => {
    for (const [unnamed, later] of [
      [{ ...UNNAMED, trainedTokens: null, cost: 5.5 }, succeeded(10)],
      [{ ...UNNAMED, trainedTokens: null }, succeeded(10, 5.5)],
    ] as const) {
      const it = await jobsOf();
      await it.submit('a');
      await it.end('a', unnamed);
      await it.resolve('a', adopt());
      await it.end('a', later);
      const charges = (await it.spend()).flatMap((entry) => entry.charges);
      assert.deepEqual(
        charges.map(({ jobId, actual }) => [jobId, actual]),
        [['job-1', 5.5]],
      );
    }
  });

  test('is asked about with the name of its base model that the worker knows now', async () => {
    const it = await jobsOf();
    const { providerFor, startedWith } = it.deps;
    const asked: unknown[] = [];
    Object.assign(it.deps, {
      providerFor: (configuration: Configuration) => {
        asked.push(configuration.train.servedBaseModel);
        return providerFor(configuration);
      },
    });
    await it.submit('a');
    await it.end('a', UNNAMED);
    asked.length = 0;
    const startWith = (train: object): void =>
      void Object.assign(it.deps, {
        startedWith: { ...startedWith, train: { ...startedWith.train, ...train } },
      });
    startWith({ servedBaseModel: 'mended' });
    await it.resolve('a', adopt());
    assert.deepEqual(asked, ['mended']);
    await it.end('a', UNNAMED);
    assert.equal(asked.at(-1), 'mended');
    startWith({ servedBaseModel: 'mended', baseModel: 'other' });
    await it.resolve('a', adopt());
    assert.equal(asked.at(-1), 'served-base');
  });

  test('is asked a word in the manner of its host; nobody is asked where programs put models up', async () => {
    const host = await startReasoningHost(() => 'Hello');
    const told = { kind: 'adopt', jobId: 'job-1', by: 'ana', modelId: 'NAME' } as const;
    const refusing = { baseURL: host.baseURL, temperature: null };
    const cases = [
      { chat: { ...refusing, limitField: 'max_completion_tokens' }, isTaken: true, questions: 1 },
      { chat: refusing, isTaken: false, questions: 1 },
      { chat: refusing, deploy: { up: ['up'], down: ['down'] }, isTaken: true, questions: 0 },
    ];
    for (const { chat, deploy, isTaken, questions } of cases) {
      const it = await pricedJobs({ ...(deploy && { deploy }) }, { chat });
      const sleep = async (): Promise<void> => undefined;
      Object.assign(it.deps, {
        chatFor: () => createChatClient({ baseURL: host.baseURL, key: 'k', sleep }),
      });
      const { champion } = it.deps.startedWith;
      await writeJson(it.deps.store, 'windows/x/manifest.json', { champion });
      const before = host.asked.length;
      await it.submit('a');
      await it.end('a', UNNAMED);
      if (isTaken) await it.resolve('a', told);
      else await assert.rejects(it.resolve('a', told), /NAME does not answer .*status 400/);
      assert.equal(host.asked.length - before, questions);
    }
  });

  test('has used up what was approved for it: another one waits for approval of its own', async () => {
    const it = await pricedJobs({ approveAbove: 1 });
    await it.submit('a');
    const approval = { kind: 'approve-cost', cost: COST, by: 'ana' } as const;
    await it.resolve('a', approval);
    await it.end('a', UNNAMED);
    await it.resolve('a', { kind: 'retry', by: 'ana' });
    const waiting = await it.submit('a');
    assert.ok('parked' in waiting && waiting.parked.reason === 'approval');
    assert.equal(it.created(), 1);
    await it.resolve('a', approval);
    await it.submit('a');
    assert.equal(it.created(), 2);
  });

  test('takes no name that is wrong: of a model that does not answer, or that is another', async () => {
    const it = await jobsOf('small-base', 'served-base', 'ft:b');
    await it.submit('b');
    await it.end('b', succeeded(10));
    await it.submit('a');
    const { jobId } = { jobId: 'job-2' };
    await it.end('a', UNNAMED);
    const cases = [
      ['nobody', /nobody does not answer \(.*status 404\); the run stays parked until it does/],
      ['small-base', /small-base is no model of job job-2: holdfast knows it as the base model/],
      ['served-base', /served-base is no model of job job-2: holdfast knows it as the base model/],
      ['ft:b', /ft:b is no model of job job-2: holdfast knows it as another one/],
    ] as const;
    for (const [modelId, message] of cases) {
      const resolution = { kind: 'adopt', jobId, by: 'ana', modelId } as const;
      await assert.rejects(it.resolve('a', resolution), { name: 'ConfigError', message });
    }
    const unfinished = { kind: 'adopt', jobId: 'job-1', by: 'ana', modelId: 'x' } as const;
    it.disown('job-1');
    await assert.rejects(
      it.resolve('a', unfinished),
      /the provider names the model of job job-1 ft:b; adopt the job without --model/,
    );
    assert.ok('parked' in (await it.submit('a')));
  });
});
