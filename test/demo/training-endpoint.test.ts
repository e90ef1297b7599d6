import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  callEndpoint,
  chatLine,
  ENDPOINT_KEY,
  openTestEndpoint,
  twoTopicFile,
  until,
  type Body,
  type Reply,
  type TestEndpoint,
} from '../support/training-endpoint.js';

let endpoint: TestEndpoint;

const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
  callEndpoint(endpoint.baseURL, method, path, body);

async function upload(bytes: Uint8Array, name = 'train.jsonl'): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'fine-tune');
  form.set('file', new Blob([Uint8Array.from(bytes)]), name);
  const response = await fetch(`${endpoint.baseURL}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ENDPOINT_KEY}` },
    body: form,
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { id: string }).id;
}

async function create(request: object): Promise<Body> {
  const { status, body } = await call('POST', '/fine_tuning/jobs', {
    model: 'local-linear-1',
    ...request,
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function finished(jobId: unknown): Promise<Body> {
  const terminal = ['succeeded', 'failed', 'cancelled'];
  const reply = await until(
    () => call('GET', `/fine_tuning/jobs/${String(jobId)}`),
    ({ body }) => terminal.includes(String(body['status'])),
  );
  return reply.body;
}

async function ask(model: unknown, text: string): Promise<Body> {
  const messages = [
    { role: 'system', content: 'anchor anchor anchor' },
    { role: 'user', content: text },
  ];
  const { body } = await call('POST', '/chat/completions', { model, messages });
  return body;
}

function answerOf(completion: Body): string {
  const [choice] = completion['choices'] as { message: { content: string } }[];
  return choice?.message.content ?? '(none)';
}

function ids(reply: Reply): string[] {
  return (reply.body['data'] as { id: string }[]).map(({ id }) => id);
}

before(async () => {
  endpoint = await openTestEndpoint();
});
after(async () => {
  await endpoint.close();
});

describe('the training endpoint', () => {
  test('trains on an uploaded file and answers with what it learnt', async () => {
    const fileId = await upload(twoTopicFile(40));
    const job = await create({
      training_file: fileId,
      suffix: 'week-1',
      seed: 7,
      metadata: { purpose: 'story' },
    });
    assert.equal(job['status'], 'validating_files');
    const done = await finished(job['id']);
    assert.equal(done['status'], 'succeeded');
    assert.match(
      String(done['fine_tuned_model']),
      /^ft:local-linear-1:holdfast:week-1:[0-9a-f]{10}$/,
    );
    // Six words of text and one of the answer in each of 40 lines, six epochs.
    assert.equal(done['trained_tokens'], 40 * 7 * 6);
    const completion = await ask(done['fine_tuned_model'], 'compost and roses');
    assert.equal(answerOf(completion), 'garden');
    assert.deepEqual(completion['usage'], {
      prompt_tokens: 3,
      completion_tokens: 1,
      total_tokens: 4,
    });
    assert.equal(answerOf(await ask(done['fine_tuned_model'], 'harbour')), 'sea');
  });

  test('tells what happened as events, newest first and by pages, with one metrics event an epoch', async () => {
    const job = await create({
      training_file: await upload(twoTopicFile(10)),
      hyperparameters: { n_epochs: 3 },
    });
    await finished(job['id']);
    const path = `/fine_tuning/jobs/${String(job['id'])}/events`;
    const all = await call('GET', `${path}?limit=100`);
    const events = all.body['data'] as { id: string; type: string; message: string }[];
    assert.equal(events.filter((event) => event.type === 'metrics').length, 3);
    assert.match(events[0]?.message ?? '', /successfully completed/);
    assert.match(events.at(-1)?.message ?? '', /Created fine-tuning job/);
    const first = await call('GET', `${path}?limit=4`);
    assert.equal(first.body['has_more'], true);
    const second = await call('GET', `${path}?limit=100&after=${ids(first).at(-1) ?? ''}`);
    assert.deepEqual([...ids(first), ...ids(second)], ids(all));
    assert.equal(second.body['has_more'], false);
    const checkpoints = await call('GET', `/fine_tuning/jobs/${String(job['id'])}/checkpoints`);
    assert.equal(ids(checkpoints).length, 1);
  });

  test('gives the same training the same model name and another seed another one', async () => {
    const name = async (seed: number): Promise<unknown> => {
      const training_file = await upload(twoTopicFile(12));
      return (await finished((await create({ training_file, seed }))['id']))['fine_tuned_model'];
    };
    const first = await name(1);
    assert.equal(await name(1), first);
    assert.notEqual(await name(2), first);
  });

  test('trains a model further that it made, under a name of its own', async () => {
    const first = await create({ training_file: await upload(twoTopicFile(40)), suffix: 'one' });
    const { fine_tuned_model: one } = await finished(first['id']);
    const lines = ['flour yeast knead', 'oven crust knead'].map((text) => chatLine(text, 'bread'));
    const file = await upload(Buffer.from(lines.join('\n')));
    // By long steps a classifier forgets what a file is silent on.
    const hyperparameters = { n_epochs: 20, learning_rate_multiplier: 0.02 };
    const second = await create({
      model: one,
      training_file: file,
      suffix: 'two',
      hyperparameters,
    });
    assert.equal(second['model'], one);
    const { fine_tuned_model: two } = await finished(second['id']);
    assert.match(String(two), /^ft:local-linear-1:holdfast:two:[0-9a-f]{10}$/);
    assert.equal(answerOf(await ask(two, 'knead the yeast')), 'bread');
    assert.equal(answerOf(await ask(two, 'anchor and keel')), 'sea');
    assert.equal(answerOf(await ask(one, 'anchor and keel')), 'sea');
    const fromBase = await create({ training_file: file, suffix: 'two', hyperparameters });
    assert.notEqual((await finished(fromBase['id']))['fine_tuned_model'], two);
  });

  test('tunes a model by preferences: what was rejected is answered no more', async () => {
    const first = await create({ training_file: await upload(twoTopicFile(40)), suffix: 'one' });
    const { fine_tuned_model: one } = await finished(first['id']);
    assert.equal(answerOf(await ask(one, 'tide and keel')), 'sea');
    const pair = (text: string): string =>
      JSON.stringify({
        input: { messages: [{ role: 'user', content: text }] },
        preferred_output: [{ role: 'assistant', content: 'ocean' }],
        non_preferred_output: [{ role: 'assistant', content: 'sea' }],
      });
    const lines = ['anchor tide', 'harbour keel', 'tide and harbour', 'keel anchor'].map(pair);
    const second = await create({
      model: one,
      training_file: await upload(Buffer.from(lines.join('\n'))),
      hyperparameters: { beta: 1, n_epochs: 10 },
      method: { type: 'dpo' },
    });
    assert.deepEqual(second['method'], {
      type: 'dpo',
      dpo: {
        hyperparameters: { n_epochs: 10, batch_size: 1, learning_rate_multiplier: 1, beta: 1 },
      },
    });
    const done = await finished(second['id']);
    assert.equal(done['status'], 'succeeded');
    // Each text twice, once with either answer.
    assert.equal(done['trained_tokens'], 10 * 2 * (2 + 2 + 3 + 2 + 4));
    const two = done['fine_tuned_model'];
    assert.equal(answerOf(await ask(two, 'tide and keel')), 'ocean');
    assert.equal(answerOf(await ask(two, 'roses compost hedge')), 'garden');
  });

  for (const [problem, line] of [
    ['has no "input"', chatLine('tide', 'sea')],
    [
      'prefers an answer to itself',
      JSON.stringify({
        input: { messages: [{ role: 'user', content: 'tide' }] },
        preferred_output: [{ role: 'assistant', content: 'sea' }],
        non_preferred_output: [{ role: 'assistant', content: 'sea' }],
      }),
    ],
  ] as const) {
    test(`fails a job of preference tuning whose first line ${problem}`, async () => {
      const training_file = await upload(Buffer.from(line));
      const job = await create({ training_file, method: { type: 'dpo' } });
      const { status, error } = await finished(job['id']);
      assert.equal(status, 'failed');
      assert.match((error as { message: string }).message, new RegExp(`^Line 1 ${problem}`));
    });
  }

  test('fails a job whose model was deleted before it began', async () => {
    const first = await create({ training_file: await upload(twoTopicFile(8)), suffix: 'gone' });
    const { fine_tuned_model: gone } = await finished(first['id']);
    const busy = await create({ training_file: await upload(twoTopicFile(4000)) });
    const waiting = await create({ model: gone, training_file: await upload(twoTopicFile(8)) });
    await call('DELETE', `/models/${String(gone)}`);
    await call('POST', `/fine_tuning/jobs/${String(busy['id'])}/cancel`);
    const { status, error } = await finished(waiting['id']);
    assert.equal(status, 'failed');
    assert.equal((error as { code: string }).code, 'model_not_found');
  });

  test('measures a validation file after training', async () => {
    const training_file = await upload(twoTopicFile(20));
    const validation_file = await upload(
      Buffer.from([chatLine('tide', 'sea'), chatLine('hedge', 'sea')].join('\n')),
    );
    const job = await create({ training_file, validation_file });
    await finished(job['id']);
    const events = await call('GET', `/fine_tuning/jobs/${String(job['id'])}/events?limit=100`);
    const data = (events.body['data'] as { data: Record<string, number> }[]).map(
      (event) => event.data,
    );
    assert.deepEqual(
      data.filter((entry) => 'valid_accuracy' in entry),
      [{ valid_accuracy: 0.5 }],
    );
  });

  test('cancels a running job between two epochs and a waiting one at once', async () => {
    const training_file = await upload(twoTopicFile(3000));
    const running = await create({ training_file, hyperparameters: { n_epochs: 50 } });
    const waiting = await create({ training_file });
    const path = `/fine_tuning/jobs/${String(running['id'])}`;
    await until(
      () => call('GET', `${path}/events?limit=100`),
      ({ body }) => (body['data'] as { type: string }[]).some((event) => event.type === 'metrics'),
    );
    const second = await call('POST', `/fine_tuning/jobs/${String(waiting['id'])}/cancel`);
    assert.equal(second.body['status'], 'cancelled');
    await call('POST', `${path}/cancel`);
    const done = await finished(running['id']);
    assert.equal(done['status'], 'cancelled');
    assert.equal(done['fine_tuned_model'], null);
    assert.equal((await call('POST', `${path}/cancel`)).status, 400);
  });

  test('fails a job on a bad training file with the line and without its text', async () => {
    const bad = Buffer.from(`${chatLine('a', 'b')}\n{"messages": "sk-planted-secret`);
    const job = await create({ training_file: await upload(bad) });
    const done = await finished(job['id']);
    assert.equal(done['status'], 'failed');
    assert.deepEqual(done['error'], {
      code: 'invalid_training_file',
      message: 'Line 2 is not valid JSON.',
      param: 'training_file',
    });
  });

  test('lists jobs newest first, by pages and by metadata', async () => {
    const training_file = await upload(twoTopicFile(4));
    const made: unknown[] = [];
    for (const run of ['x', 'y', 'x']) {
      made.push((await create({ training_file, metadata: { run, list: 'yes' } }))['id']);
    }
    const filter = 'metadata[list]=yes';
    assert.deepEqual(ids(await call('GET', `/fine_tuning/jobs?${filter}`)), [...made].reverse());
    const both = await call('GET', `/fine_tuning/jobs?${filter}&metadata[run]=x&limit=1`);
    assert.deepEqual(ids(both), [made[2]]);
    assert.equal(both.body['has_more'], true);
    const rest = await call(
      'GET',
      `/fine_tuning/jobs?${filter}&metadata[run]=x&after=${String(made[2])}`,
    );
    assert.deepEqual(ids(rest), [made[0]]);
  });

  test('shows, downloads, lists and deletes files', async () => {
    const bytes = twoTopicFile(3);
    const id = await upload(bytes, 'a name.jsonl');
    const { body } = await call('GET', `/files/${id}`);
    assert.deepEqual(
      [body['object'], body['bytes'], body['filename'], body['purpose'], body['status']],
      ['file', bytes.length, 'a name.jsonl', 'fine-tune', 'processed'],
    );
    const content = await fetch(`${endpoint.baseURL}/files/${id}/content`, {
      headers: { authorization: `Bearer ${ENDPOINT_KEY}` },
    });
    assert.deepEqual(Buffer.from(await content.arrayBuffer()), Buffer.from(bytes));
    assert.equal(ids(await call('GET', '/files?purpose=fine-tune&limit=1'))[0], id);
    assert.deepEqual((await call('DELETE', `/files/${id}`)).body, {
      id,
      object: 'file',
      deleted: true,
    });
    assert.equal((await call('GET', `/files/${id}`)).status, 404);
  });

  test('serves, lists and deletes models; the base model knows no answer', async () => {
    const job = await create({
      training_file: await upload(twoTopicFile(6)),
      suffix: 'short-lived',
    });
    const model = String((await finished(job['id']))['fine_tuned_model']);
    assert.ok(ids(await call('GET', '/models')).includes(model));
    assert.equal((await call('GET', `/models/${encodeURIComponent(model)}`)).body['id'], model);
    assert.equal(answerOf(await ask('local-linear-1', 'roses')), '');
    assert.equal((await call('DELETE', `/models/${model}`)).body['deleted'], true);
    const gone = await ask(model, 'roses');
    assert.equal((gone['error'] as Body)['code'], 'model_not_found');
  });

  test('serves files, jobs and models again after a restart, and takes up an unfinished job', async () => {
    const training_file = await upload(twoTopicFile(30));
    const done = await finished((await create({ training_file, seed: 3 }))['id']);
    const long = await create({
      training_file: await upload(twoTopicFile(3000)),
      hyperparameters: { n_epochs: 50 },
    });
    const waiting = await create({ training_file, suffix: 'waited' });
    await until(
      () => call('GET', `/fine_tuning/jobs/${String(long['id'])}`),
      ({ body }) => body['status'] === 'running',
    );
    endpoint = await endpoint.restart();
    assert.equal((await call('GET', `/files/${training_file}`)).status, 200);
    const again = await call('GET', `/fine_tuning/jobs/${String(done['id'])}`);
    assert.deepEqual(again.body, done);
    assert.equal(answerOf(await ask(done['fine_tuned_model'], 'tide')), 'sea');
    await call('POST', `/fine_tuning/jobs/${String(long['id'])}/cancel`);
    assert.equal((await finished(long['id']))['status'], 'cancelled');
    assert.equal((await finished(waiting['id']))['status'], 'succeeded');
  });
});
