import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  callEndpoint,
  openTestEndpoint,
  type Body,
  type Reply,
  type TestEndpoint,
} from '../support/training-endpoint.js';

let endpoint: TestEndpoint;

const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
  callEndpoint(endpoint.baseURL, method, path, body);

before(async () => {
  endpoint = await openTestEndpoint();
});
after(async () => {
  await endpoint.close();
});

describe('the training endpoint refuses', () => {
  const chat = '/chat/completions';
  const jobs = '/fine_tuning/jobs';
  const table: readonly {
    readonly name: string;
    readonly call: () => Promise<Reply>;
    readonly status: number;
    readonly code?: string;
    readonly param?: string;
  }[] = [
    {
      name: 'a wrong key',
      call: () => callEndpoint(endpoint.baseURL, 'GET', '/models', undefined, 'sk-wrong'),
      status: 401,
      code: 'invalid_api_key',
    },
    { name: 'an unknown path', call: () => call('GET', '/nothing'), status: 404 },
    { name: 'a wrong method', call: () => call('DELETE', jobs), status: 405 },
    {
      name: 'a body that is no JSON',
      call: () => call('POST', chat, '{"model": "sk-planted'),
      status: 400,
    },
    {
      name: 'a body without messages',
      call: () => call('POST', chat, { model: 'local-linear-1' }),
      status: 400,
      param: 'messages',
    },
    {
      name: 'streaming',
      call: () =>
        call('POST', chat, {
          model: 'local-linear-1',
          messages: [{ role: 'user', content: 'x' }],
          stream: true,
        }),
      status: 400,
      param: 'stream',
    },
    {
      name: 'an unknown model',
      call: () =>
        call('POST', chat, { model: 'no-such', messages: [{ role: 'user', content: 'x' }] }),
      status: 404,
      code: 'model_not_found',
      param: 'model',
    },
    {
      name: 'an unknown base model',
      call: () => call('POST', jobs, { model: 'gpt', training_file: 'x' }),
      status: 404,
      code: 'model_not_found',
      param: 'model',
    },
    {
      name: 'an unknown training file',
      call: () => call('POST', jobs, { model: 'local-linear-1', training_file: 'file-x' }),
      status: 404,
      code: 'file_not_found',
      param: 'training_file',
    },
    {
      name: 'another method than supervised and preference tuning',
      call: () =>
        call('POST', jobs, {
          model: 'local-linear-1',
          training_file: 'x',
          method: { type: 'reinforcement' },
        }),
      status: 400,
      param: 'method.type',
    },
    {
      name: 'a beta where there is no preference',
      call: () =>
        call('POST', jobs, {
          model: 'local-linear-1',
          training_file: 'x',
          hyperparameters: { beta: 1 },
        }),
      status: 400,
      param: 'hyperparameters.beta',
    },
    {
      name: 'a suffix that would break the name',
      call: () =>
        call('POST', jobs, { model: 'local-linear-1', training_file: 'x', suffix: 'a:b' }),
      status: 400,
      param: 'suffix',
    },
    {
      name: 'no epochs',
      call: () =>
        call('POST', jobs, {
          model: 'local-linear-1',
          training_file: 'x',
          hyperparameters: { n_epochs: 0 },
        }),
      status: 400,
      param: 'hyperparameters.n_epochs',
    },
    {
      name: 'seventeen metadata pairs',
      call: () =>
        call('POST', jobs, {
          model: 'local-linear-1',
          training_file: 'x',
          metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])),
        }),
      status: 400,
      param: 'metadata',
    },
    {
      name: 'an unknown job',
      call: () => call('GET', `${jobs}/ftjob-x`),
      status: 404,
      code: 'fine_tune_not_found',
    },
    {
      name: 'to cancel an unknown job',
      call: () => call('POST', `${jobs}/ftjob-x/cancel`),
      status: 404,
      code: 'fine_tune_not_found',
    },
    { name: 'an upload that is no form', call: () => call('POST', '/files', '{}'), status: 400 },
    {
      name: 'a page of no items',
      call: () => call('GET', `${jobs}?limit=0`),
      status: 400,
      param: 'limit',
    },
    {
      name: 'to delete the base model',
      call: () => call('DELETE', '/models/local-linear-1'),
      status: 400,
    },
    { name: 'a badly encoded path', call: () => call('GET', '/files/%E0%A4%A'), status: 400 },
  ];
  for (const { name, call: attempt, status, code, param } of table) {
    test(`${name} with status ${status} and an error of the API's shape`, async () => {
      const reply = await attempt();
      assert.equal(reply.status, status);
      const error = reply.body['error'] as Body;
      assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
      assert.equal(error['type'], 'invalid_request_error');
      if (code !== undefined) assert.equal(error['code'], code);
      if (param !== undefined) assert.equal(error['param'], param);
      assert.ok(!JSON.stringify(error).includes('sk-'));
    });
  }
});
