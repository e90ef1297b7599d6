import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainerEnvironment } from '../../src/config/environment.js';
import { checkConfiguration, parseConfiguration } from '../../src/config/schema.js';
import { formatPath } from '../../src/config/problems.js';

function documentOf(train: object, chat: object = {}): object {
  return {
    model: 'triage',
    window: { first: '2026-W01', weeks: 1 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    train: { baseModel: 'small', pricePerMillionTokens: 0, maximumCost: 0, ...train },
    chat,
    champion: { modelId: 'small', trainedOn: [] },
  };
}

function problemsOf(train: object, chat?: object): readonly string[] {
  return checkConfiguration(documentOf(train, chat)).problems.map(
    ({ path, message }) => `${formatPath(path)}: ${message}`,
  );
}

test('a provider’s name stands for its addresses and its key', () => {
  const named = (train: object): readonly (string | undefined)[] => {
    const { train: trainer, chat } = parseConfiguration(documentOf(train));
    return [trainer.baseURL, trainer.keyVariable, chat.baseURL, chat.keyVariable];
  };
  const nebius = 'https://api.tokenfactory.nebius.com/v1';
  assert.deepEqual(named({ provider: 'nebius' }), [
    nebius,
    'NEBIUS_API_KEY',
    nebius,
    'NEBIUS_API_KEY',
  ]);
  assert.deepEqual(named({ provider: 'fireworks', account: 'me', keyVariable: 'MINE' }), [
    'https://api.fireworks.ai/v1',
    'MINE',
    'https://api.fireworks.ai/inference/v1',
    'MINE',
  ]);
  assert.equal(
    named({ provider: 'together', baseURL: 'http://127.0.0.1:1/v1' })[0],
    'http://127.0.0.1:1/v1',
  );
});

test('what a provider needs and a file does not say is told', () => {
  assert.match(problemsOf({})[0] ?? '', /^train\.baseURL: missing; expected a URL/);
  assert.match(problemsOf({ provider: 'azure' })[0] ?? '', /^train\.baseURL: .*RESOURCE/);
  assert.match(problemsOf({ provider: 'fireworks' })[0] ?? '', /^train\.account: missing/);
  assert.match(
    problemsOf({ provider: 'opneai' })[0] ?? '',
    /^train\.provider: expected openai-comp/,
  );
  assert.deepEqual(
    problemsOf({ provider: 'command' }).map((problem) => problem.split(':')[0]),
    ['train.command', 'chat.baseURL'],
  );
  assert.match(
    problemsOf({ provider: 'openai', command: ['x'] })[0] ?? '',
    /only for provider: command/,
  );
  const chat = { baseURL: 'http://127.0.0.1:1/v1' };
  assert.deepEqual(problemsOf({ provider: 'command', command: ['python', 'train.py'] }, chat), []);
});

test('a program of the user’s own finds no key of holdfast’s in its environment', () => {
  const chat = { baseURL: 'http://127.0.0.1:1/v1', keyVariable: 'CHAT_KEY' };
  const configuration = parseConfiguration(
    documentOf({ provider: 'command', command: ['train'] }, chat),
  );
  const own = [
    'HOLDFAST_SPLIT_KEY',
    'HOLDFAST_APPROVER_KEY',
    'CHAT_KEY',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_API_KEY',
  ];
  const others = { PATH: '/bin', AWS_REGION: 'eu-north-1', MY_HOLDFAST_: '1', CUDA_DEVICES: '0' };
  const environment = { ...Object.fromEntries(own.map((name) => [name, 'planted'])), ...others };
  assert.deepEqual(trainerEnvironment(configuration, environment), others);
});

test('a champion that is trained further repeats a share of history; what is not asked for leaves no trace', () => {
  const local = { baseURL: 'http://127.0.0.1:1/v1' };
  const trained = (train: object): object => parseConfiguration(documentOf({ ...local, ...train }));
  const started = (train: object): unknown => {
    const { from, replay } = parseConfiguration(documentOf({ ...local, ...train })).train;
    return [from, replay];
  };
  assert.deepEqual(started({ from: 'champion' }), ['champion', 0.15]);
  assert.deepEqual(started({ from: 'champion', replay: 0 }), ['champion', 0]);
  assert.deepEqual(trained({ from: 'base' }), trained({}));
  assert.ok(!JSON.stringify(trained({})).includes('"from":"base"'));
  assert.match(
    problemsOf({ ...local, replay: 0.2 })[0] ?? '',
    /^train\.replay: only for from: champion/,
  );
  assert.equal(problemsOf({ ...local, from: 'champion', replay: 1 }).length, 1);
  assert.deepEqual(trained({ method: 'supervised', deploy: false }), trained({}));
  assert.match(
    problemsOf({ ...local, deploy: true })[0] ?? '',
    /only for provider: fireworks.*your own programs/,
  );
  const stored = trained({ from: 'champion', method: 'dpo' });
  assert.deepEqual(parseConfiguration(JSON.parse(JSON.stringify(stored))), stored);
});

test('programs that put models up are taken at every provider with their defaults, and both have to be there', () => {
  const programs = { up: ['./deploy.sh', 'up', '{model}'], down: ['./deploy.sh', 'down'] };
  const chat = { baseURL: 'http://127.0.0.1:1/v1' };
  const azure = { provider: 'azure', baseURL: 'https://mine.openai.azure.com/openai/v1' };
  for (const train of [azure, { provider: 'together' }, { provider: 'command', command: ['x'] }]) {
    const taken = parseConfiguration(documentOf({ ...train, deploy: programs }, chat));
    const defaults = { folder: 'deploy-runs', timeoutMinutes: 60 };
    assert.deepEqual(taken.train.deploy, { ...programs, ...defaults });
    assert.deepEqual(parseConfiguration(JSON.parse(JSON.stringify(taken))), taken);
  }
  assert.deepEqual(problemsOf({ ...azure, deploy: { up: ['x'] } }), [
    'train.deploy.down: missing; expected a list',
  ]);
  assert.deepEqual(problemsOf({ ...azure, deploy: { ...programs, wait: 3 } }), [
    'train.deploy.wait: unknown key; known are up, down, folder, timeoutMinutes',
  ]);
  assert.match(problemsOf({ ...azure, deploy: { up: [], down: 'x' } })[0] ?? '', /deploy\.up: /);
});
