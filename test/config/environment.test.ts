import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operatorName, readSecrets, temporalTarget } from '../../src/config/environment.js';
import { parseConfigurationText } from '../../src/config/load.js';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { repositoryRoot } from '../support/paths.js';

const text = await readFile(
  join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml'),
  'utf8',
);
const configuration = parseConfigurationText(text, 'minimal.yaml');
const splitKey = 'k'.repeat(32);

describe('the secrets', () => {
  test('come from the variables that the configuration names', () => {
    assert.deepEqual(
      readSecrets(configuration, { HOLDFAST_SPLIT_KEY: splitKey, OPENAI_API_KEY: 'planted' }),
      { splitKey, providerKey: 'planted', chatKey: 'planted', tierKeys: {} },
    );
  });

  test('of the hosts of tiers are needed where those are configured', () => {
    const judge = `{ baseURL: 'https://judge.example.org/v1', model: m, keyVariable: JUDGE_KEY }`;
    const withJudge = parseConfigurationText(
      `${text}\ndetection: { tiers: { judge: ${judge} } }\n`,
      'judge.yaml',
    );
    const known = { HOLDFAST_SPLIT_KEY: splitKey, OPENAI_API_KEY: 'x' };
    assert.throws(
      () => readSecrets(withJudge, known),
      /JUDGE_KEY is not set; it holds the key of judge\.example\.org/,
    );
    const { tierKeys } = readSecrets(withJudge, { ...known, JUDGE_KEY: 'planted' });
    assert.deepEqual(tierKeys, { JUDGE_KEY: 'planted' });
  });

  test('that are missing are all named at once, with how to make them and what they are for', () => {
    assert.throws(
      () => readSecrets(configuration, {}),
      (error) =>
        error instanceof PrerequisiteError &&
        error.message.includes('HOLDFAST_SPLIT_KEY is not set') &&
        error.message.includes('openssl rand -hex 32') &&
        error.message.includes('OPENAI_API_KEY is not set; it holds the key of 127.0.0.1:8080'),
    );
  });

  test('that are too short are refused without being shown', () => {
    assert.throws(
      () => readSecrets(configuration, { HOLDFAST_SPLIT_KEY: 'planted', OPENAI_API_KEY: 'x' }),
      (error) =>
        error instanceof PrerequisiteError &&
        error.message.includes('has only 7 characters') &&
        !error.message.includes('planted'),
    );
  });

  test('an empty variable counts as missing', () => {
    assert.throws(
      () => readSecrets(configuration, { HOLDFAST_SPLIT_KEY: splitKey, OPENAI_API_KEY: '' }),
      /OPENAI_API_KEY is not set/,
    );
  });
});

describe('the environment', () => {
  test('wins over the file for where Temporal is', () => {
    assert.deepEqual(temporalTarget(configuration, {}), {
      address: 'localhost:7233',
      namespace: 'default',
    });
    assert.deepEqual(
      temporalTarget(configuration, { TEMPORAL_ADDRESS: 'there:1', TEMPORAL_NAMESPACE: 'ops' }),
      { address: 'there:1', namespace: 'ops' },
    );
  });

  test('says who sits at the terminal, or that nobody knows', () => {
    assert.equal(operatorName({ HOLDFAST_OPERATOR: 'ops', USER: 'root' }), 'ops');
    assert.equal(operatorName({ USER: 'root' }), 'root');
    assert.equal(operatorName({}), null);
  });
});
