import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createJobLedger } from '../../activities/job-ledger.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { JobResolution } from '../../src/domain/job.js';
import { readAudit } from '../../src/promotion/audit.js';
import { keys } from '../../src/release/layout.js';
import { sha256Hex, writeBytes, writeJson } from '../../src/storage/objects.js';
import { BYTES, COST, pricedJobs, succeeded, WINDOW } from '../support/priced-jobs.js';

describe('what training costs', () => {
  test('is written down before the job is asked for, and replaced by what it really cost', async () => {
    const it = await pricedJobs({});
    await it.submit('a');
    const [promised] = await it.spend();
    assert.deepEqual(promised?.charges, [
      {
        window: WINDOW.id,
        release: 'a'.repeat(64),
        at: '2026-11-27T06:00:00.000Z',
        estimate: COST,
        jobId: null,
        actual: null,
      },
    ]);
    const ended = await it.end('a', succeeded(900_000));
    assert.deepEqual(ended, succeeded(900_000, 1.8));
    await it.end('a', succeeded(900_000));
    const entries = await it.spend();
    assert.equal(entries.length, 1);
    assert.deepEqual(
      entries[0]?.charges.map(({ jobId, actual }) => [jobId, actual]),
      [['job-1', 1.8]],
    );
    const events = await createJobLedger(it.deps.store, await it.runKey('a')).read();
    assert.deepEqual(events.at(-1), { kind: 'ended', jobId: 'job-1', as: 'succeeded', cost: 1.8 });
    assert.equal(it.created(), 1);
  });

  test('is what the provider says where it does, and the estimate where nobody knows', async () => {
    const it = await pricedJobs({});
    await it.submit('a');
    assert.deepEqual(await it.end('a', succeeded(900_000, 1.25)), succeeded(900_000, 1.25));
    await it.submit('b');
    assert.deepEqual(await it.end('b', succeeded(null)), { ...succeeded(null), modelId: 'ft:b' });
    const actual = (await it.spend()).flatMap(({ charges }) => charges.map((one) => one.actual));
    assert.deepEqual(actual.sort(), [1.25, null]);
  });

  test('is nothing to write down at a host that costs nothing', async () => {
    const it = await pricedJobs({ pricePerMillionTokens: 0 });
    await it.submit('a');
    await it.end('a', succeeded(900_000));
    assert.deepEqual(await it.spend(), []);
  });
});

describe('a month’s cap', () => {
  test('stops a run before anything is sent, with the figures and what to do', async () => {
    const it = await pricedJobs({ monthlyCost: 5 });
    await it.submit('a');
    await it.end('a', succeeded(1_100_000));
    await it.submit('b');
    const uploaded = it.uploaded();
    const refusal = {
      name: 'ConfigError',
      message:
        /about 2\.00 USD, and 4\.20 USD of the 5\.00 USD of train\.monthlyCost .* in 2026-11; nothing was sent\. Raise it .* until 2026-12-01 \(UTC\)/,
    };
    await assert.rejects(it.submit('c'), refusal);
    await assert.rejects(it.submit('c'), refusal);
    assert.deepEqual([it.created(), it.uploaded()], [2, uploaded]);
    // Nothing is left reserved, and those that were let go on.
    const open = (await it.spend()).map(({ charges }) => charges.length);
    assert.deepEqual(open, [1, 1]);
    assert.ok('handle' in (await it.submit('b')));
    await it.end('b', succeeded(300_000));
    assert.ok('handle' in (await it.submit('c')));
  });

  test('is told with the estimate already, before the chain moves', async () => {
    const it = await pricedJobs({ monthlyCost: 1 });
    await it.estimate('a');
    const release = 'd'.repeat(64);
    const bytes = Buffer.alloc(BYTES, 'd');
    await writeBytes(it.deps.store, keys.releaseFile(release, 'train.jsonl'), bytes, 1);
    const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
    await writeJson(it.deps.store, keys.release(release), {
      files: [file],
      rowsByWindow: { [WINDOW.id]: 1 },
    });
    await assert.rejects(it.estimate('d'), /0\.00 USD of the 1\.00 USD of train\.monthlyCost/);
    assert.deepEqual(await it.spend(), []);
  });

  test('begins anew with the month; a job stays in the month in which it was let', async () => {
    const it = await pricedJobs({ monthlyCost: 3 });
    await it.submit('a');
    await assert.rejects(it.submit('b'), /train\.monthlyCost/);
    it.setNow('2026-12-01T00:00:00.000Z');
    await it.submit('b');
    await it.end('a', succeeded(1_400_000));
    await assert.rejects(it.submit('c'), /2\.00 USD of the 3\.00 USD .* in 2026-12/);
  });

  test('counts a failed job by its estimate, and another attempt beside it', async () => {
    const it = await pricedJobs({ monthlyCost: 5 });
    await it.submit('a');
    await it.end('a', { kind: 'failed', code: 'server_error' });
    await it.submit('a');
    const [entry] = await it.spend();
    assert.deepEqual(
      entry?.charges.map(({ jobId }) => jobId),
      ['job-1', null],
    );
    await assert.rejects(it.submit('b'), /4\.00 USD of the 5\.00 USD/);
  });

  test('lets at most one of two runs through that ask at once', async () => {
    const it = await pricedJobs({ monthlyCost: 3 });
    const asked = await Promise.allSettled([it.submit('a'), it.submit('b')]);
    assert.ok(asked.filter(({ status }) => status === 'fulfilled').length <= 1);
    assert.ok(it.created() <= 1);
  });

  test('is not taken back by an attempt that was given up on while another is at it', async () => {
    const it = await pricedJobs({ monthlyCost: 3 });
    const waiting: { readonly go: () => void; readonly stop: (error: Error) => void }[] = [];
    it.holdUploads(() => new Promise((go, stop) => waiting.push({ go, stop })));
    const given = assert.rejects(it.submit('a'), /given up/);
    while (waiting.length < 1) await setImmediate();
    it.setNow('2026-11-27T06:05:00.000Z');
    it.refuseWith(new ProviderError('no answer', { status: null, isRetryable: true }));
    const again = it.submit('a');
    while (waiting.length < 2) await setImmediate();
    waiting[0]?.stop(new Error('given up'));
    await given;
    assert.deepEqual(
      (await it.spend())[0]?.charges.map(({ at }) => at),
      ['2026-11-27T06:05:00.000Z'],
    );
    waiting[1]?.go();
    await again;
    // Its job is in doubt, and counts; another window's would be over the cap.
    it.holdUploads(async () => undefined);
    await assert.rejects(it.submit('b'), /2\.00 USD of the/);
    assert.equal((await it.spend())[0]?.charges.length, 1);
  });

  test('counts a cancelled job until a later run has seen its end', async () => {
    const it = await pricedJobs({ monthlyCost: 5 });
    await it.submit('a');
    await it.cancel('a');
    await it.submit('a');
    const [entry] = await it.spend();
    assert.deepEqual(
      entry?.charges.map(({ jobId, actual }) => [jobId, actual]),
      [
        ['job-1', null],
        [null, null],
      ],
    );
  });
});

describe('a job above train.approveAbove', () => {
  const approve = { kind: 'approve-cost', cost: COST, by: 'ana' } as const;

  test('is parked before anything is sent, and asked for once a person lets it', async () => {
    const it = await pricedJobs({ approveAbove: 1.5 });
    const parked = await it.submit('a');
    assert.ok('parked' in parked);
    assert.equal(parked.parked.reason, 'approval');
    assert.equal(parked.parked.cost, COST);
    assert.match(parked.parked.message, /about 2\.00 USD, and more than the 1\.50 USD/);
    assert.deepEqual(await it.submit('a'), parked);
    assert.deepEqual([it.created(), it.uploaded(), (await it.spend()).length], [0, 0, 0]);
    await it.resolve('a', approve);
    await it.resolve('a', approve);
    assert.ok('handle' in (await it.submit('a')));
    assert.equal(it.created(), 1);
    const audit = await readAudit(it.deps.store, 'triage');
    assert.deepEqual(
      audit.map(({ entry: { action, by, at, reason, subject } }) => [
        action,
        by,
        at,
        reason,
        subject,
      ]),
      [
        [
          'cost-approved',
          'ana',
          '2026-11-27T06:00:00.000Z',
          `the job of window ${WINDOW.id} may cost about 2.00 USD`,
          { runKey: await it.runKey('a'), window: WINDOW.id, cost: '2', jobsBefore: '0' },
        ],
      ],
    );
  });

  test('is let by nothing else, and for no other figure', async () => {
    const it = await pricedJobs({ approveAbove: 1.5 });
    await it.submit('a');
    const refusals: readonly (readonly [JobResolution, RegExp])[] = [
      [
        { kind: 'retry', by: 'ana' },
        /waits for approval of 2\.00 USD: `holdfast jobs approve-cost 2026-W01 --cost 2\.00`/,
      ],
      [{ ...approve, cost: 1.9 }, /waits for approval of 2\.00 USD/],
      [{ ...approve, cost: 0 }, /cost: expected the estimate/],
      [{ ...approve, cost: Infinity }, /cost: expected the estimate/],
    ];
    for (const [resolution, message] of refusals) {
      await assert.rejects(it.resolve('a', resolution), { name: 'DataError', message });
    }
    assert.ok('parked' in (await it.submit('a')));
    assert.deepEqual(await readAudit(it.deps.store, 'triage'), []);
  });

  test('is not let by an approval of the job before it', async () => {
    const it = await pricedJobs({ approveAbove: 1.5 });
    await it.submit('a');
    await it.resolve('a', approve);
    await it.end('a', { kind: 'failed', code: 'server_error' });
    assert.ok('parked' in (await it.submit('a')));
    await it.resolve('a', approve);
    assert.ok('handle' in (await it.submit('a')));
    assert.equal(it.created(), 2);
    assert.equal((await readAudit(it.deps.store, 'triage')).length, 2);
  });

  test('is not asked about at its limit, and cannot be approved where nothing waits', async () => {
    const it = await pricedJobs({ approveAbove: COST });
    assert.ok('handle' in (await it.submit('a')));
    await assert.rejects(it.resolve('a', approve), /not parked any more, it is submitted/);
  });

  test('is held to the month’s cap before a person is asked, and once more afterwards', async () => {
    const it = await pricedJobs({ approveAbove: 1, monthlyCost: 3 });
    for (const letter of ['a', 'b']) {
      assert.ok('parked' in (await it.submit(letter)));
      await it.resolve(letter, approve);
    }
    await it.submit('a');
    await assert.rejects(it.submit('b'), /train\.monthlyCost/);
    await assert.rejects(it.submit('c'), /train\.monthlyCost/);
    assert.equal(it.created(), 1);
  });
});
