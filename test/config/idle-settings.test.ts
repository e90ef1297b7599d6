import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfigurationText } from '../../src/config/load.js';

interface Settings {
  readonly train?: object;
  readonly chat?: object;
  readonly history?: unknown;
}

/** Reads a file with these settings; what is wrong with it, or nothing. */
function told({ train = {}, chat = {}, history = 'all' }: Settings): string {
  const document = {
    model: 'triage',
    window: { first: '2026-W01', weeks: 1 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    champion: { modelId: 'small', trainedOn: [] },
    history,
    chat,
    train: {
      baseURL: 'http://127.0.0.1:1/v1',
      baseModel: 'small',
      hyperparameters: { n_epochs: 1 },
      pricePerMillionTokens: 2,
      maximumCost: 20,
      ...train,
    },
  };
  try {
    // JSON is YAML.
    parseConfigurationText(JSON.stringify(document), 'holdfast.yaml');
    return '';
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'ConfigError', String(error));
    return error.message;
  }
}

const further = { from: 'champion' };
const free = { pricePerMillionTokens: 0, maximumCost: 0 };
const up = { provider: 'fireworks', baseURL: undefined, account: 'me', deploy: true };
const beta = { hyperparameters: { n_epochs: 1, beta: 0.2 } };
const command = { provider: 'command', baseURL: undefined, command: ['train'] };
const programs = { up: ['deploy', '{model}'], down: ['sh', '-c', 'delete "$1"', 'sh', '{name}'] };
const nebius = { provider: 'nebius', hyperparameters: { n_epochs: 1, lora: true } };
const local = { baseURL: 'http://127.0.0.1:1/v1' };

const idle: readonly (readonly [Settings, RegExp])[] = [
  [{ train: { ...further, replay: 0.2 }, history: 'none' }, /train\.replay: repeats nothing/],
  [{ train: { approveAbove: 20 } }, /train\.approveAbove: expected less than train\.maximumCost/],
  [{ train: { approveAbove: 25 } }, /train\.approveAbove: expected less than train\.maximumCost/],
  [
    { train: { approveAbove: 5, monthlyCost: 5 } },
    /train\.approveAbove: expected less than train\.monthlyCost/,
  ],
  [{ train: { ...free, monthlyCost: 5 } }, /train\.monthlyCost: bounds nothing/],
  [{ train: { ...free, approveAbove: 5 } }, /train\.approveAbove: bounds nothing/],
  [
    { train: { deploy: { ...programs, up: ['sh', '-ec', 'deploy {model}'] } } },
    /train\.deploy\.up: has \{model\} or \{name\} in a script.*"\$HOLDFAST_MODEL"/,
  ],
  [
    { train: { deploy: { ...programs, down: ['/bin/bash', '-c', 'delete {name}'] } } },
    /train\.deploy\.down: has .*"\$HOLDFAST_NAME"/,
  ],
  [
    { train: up, chat: local },
    /chat\.baseURL: train\.deploy puts candidates up at api\.fireworks\.ai/,
  ],
  [{ train: beta }, /train\.hyperparameters\.beta: only for method: dpo/],
  [{ train: { account: 'me' } }, /train\.account: only for provider: fireworks/],
  [{ train: { servedBaseModel: 'big' } }, /train\.servedBaseModel: only for provider: nebius/],
  [{ train: { provider: 'nebius' } }, /train\.hyperparameters\.lora: missing; true trains/],
  [{ train: { ...nebius, method: 'dpo' } }, /train\.method: nebius has none but supervised/],
  [{ train: { ...nebius, from: 'champion' } }, /train\.from: nebius trains from base models only/],
];

const working: readonly Settings[] = [
  { train: { ...nebius, servedBaseModel: 'big' } },
  { train: { ...nebius, hyperparameters: { n_epochs: 1, lora: false } } },
  { train: further, history: 'none' },
  { train: { ...further, replay: 0 }, history: 'none' },
  { train: { ...further, replay: 0.2 }, history: 3 },
  { train: { approveAbove: 19, monthlyCost: 20 } },
  { train: { approveAbove: null, monthlyCost: null } },
  { train: { monthlyCost: 5 } },
  { train: free },
  { train: up },
  { train: up, chat: { baseURL: 'https://api.fireworks.ai/inference/v1' } },
  {
    train: { ...up, baseURL: 'http://127.0.0.1:1/v1' },
    chat: { baseURL: 'http://127.0.0.1:2/v1' },
  },
  { train: { ...beta, method: 'dpo' } },
  { train: { ...beta, ...command }, chat: local },
];

test('settings of a file that do nothing together are told, each where it stands', () => {
  for (const [settings, message] of idle) assert.match(told(settings), message);
});

test('settings that do what they say are taken', () => {
  for (const settings of working) assert.equal(told(settings), '', JSON.stringify(settings));
});

test('a file that is malformed as well is told both, and one that is nothing at all is no crash', () => {
  const both = told({ train: { account: 'me', baseModel: '' } });
  assert.match(
    both,
    /2 problems[^]*train\.account: only[^]*train\.baseModel|train\.baseModel[^]*train\.account: only/,
  );
  assert.throws(() => parseConfigurationText('', 'holdfast.yaml'), { name: 'ConfigError' });
  assert.throws(() => parseConfigurationText('[1]', 'holdfast.yaml'), { name: 'ConfigError' });
});
