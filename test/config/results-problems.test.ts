import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolEnvironment } from '../../src/config/environment.js';
import { parseConfigurationText } from '../../src/config/load.js';
import type { Configuration } from '../../src/domain/configuration.js';
import { ConfigError } from '../../src/domain/errors.js';

const RESULTS = '{ tool: promptfoo, command: [promptfoo, eval] }';

function read(sets: string, gate: string): Configuration {
  return parseConfigurationText(
    `
model: triage
window: { first: 2026-W01 }
sources: [{ path: logs }]
consent: { unmarked: allow }
evals: [${sets}]
train: { baseURL: https://train.example.com/v1, keyVariable: TRAIN_KEY, baseModel: base, pricePerMillionTokens: 1, maximumCost: 1, hyperparameters: { n_epochs: 1 } }
chat: { baseURL: https://chat.example.com/v1, keyVariable: CHAT_KEY }
champion: { modelId: champion, trainedOn: [] }
gate: ${gate}
`,
    'holdfast.yaml',
  );
}

function set(rest: string): string {
  return `{ name: golden, digest: ${'a'.repeat(64)}, ${rest} }`;
}

test('a harness is taken with its defaults, and a set without one stays as it was', () => {
  const [golden] = read(set(`results: ${RESULTS}`), '{ superiorityOn: frozen:golden }').evals;
  assert.deepEqual(golden?.results, {
    tool: 'promptfoo',
    command: ['promptfoo', 'eval'],
    folder: 'eval-runs',
    timeoutMinutes: 120,
  });
  const [plain] = read(set('scorer: exact'), '{}').evals;
  assert.deepEqual(Object.keys(plain ?? {}).sort(), ['digest', 'name', 'scorer']);
});

const REFUSED: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a scorer beside it',
    `scorer: exact, results: ${RESULTS}`,
    '{}',
    /evals\[0\]\.scorer: .*beside/,
  ],
  [
    'a filter that promptfoo has not',
    'results: { tool: promptfoo, command: [x], filter: strict }',
    '{}',
    /results\.filter: only for tool: lm-evaluation-harness/,
  ],
  [
    'a provider that Inspect has not',
    'results: { tool: inspect, command: [x], provider: a }',
    '{}',
    /results\.provider: only for tool: promptfoo/,
  ],
  [
    'the name of a model in a script of a shell',
    "results: { tool: inspect, command: [/bin/sh, -ec, 'inspect eval golden.py --model x/{model}'] }",
    '{}',
    /results\.command: has \{model\} in a script.*"\$HOLDFAST_MODEL"/,
  ],
  [
    'a file in a folder',
    'results: { tool: inspect, command: [x], file: a/b.json }',
    '{}',
    /results\.file: expected the name of a file/,
  ],
  [
    'examples in prompts that it does not ask',
    `results: ${RESULTS}`,
    '{ superiorityOn: frozen:golden, prompting: { examples: [2] } }',
    /gate\.prompting\.examples: .*which the command of frozen:golden does not/,
  ],
  [
    'limits that hold nothing',
    `results: ${RESULTS}`,
    '{ superiorityOn: frozen:golden, limits: { tokens: 2 } }',
    /gate\.limits: bounds nothing/,
  ],
];
for (const [what, rest, gate, told] of REFUSED) {
  test(`a harness is refused with ${what}`, () => {
    assert.throws(
      () => read(set(rest), gate),
      (error) => error instanceof ConfigError && told.test(error.message),
    );
  });
}

test('limits and examples are taken where a suite that is asked from here decides, too', () => {
  const gate =
    '{ superiorityOn: holdout, guards: [{ suite: frozen:golden, margin: 0.1 }], limits: { tokens: 2 }, prompting: { examples: [2] } }';
  assert.equal(read(set(`results: ${RESULTS}`), gate).evals.length, 1);
});

test('a harness finds the key to ask models with, and no other secret of ours', () => {
  const configuration = read(set(`results: ${RESULTS}`), '{}');
  const environment = {
    PATH: '/bin',
    GRADER_KEY: 'its own',
    TRAIN_KEY: 'training',
    CHAT_KEY: 'asking',
    HOLDFAST_SPLIT_KEY: 'split',
    AWS_SECRET_ACCESS_KEY: 'store',
  };
  assert.deepEqual(toolEnvironment(configuration, { chatKey: 'asking' }, environment), {
    PATH: '/bin',
    GRADER_KEY: 'its own',
    CHAT_KEY: 'asking',
    HOLDFAST_API_KEY: 'asking',
  });
});
