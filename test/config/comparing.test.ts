import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSecrets } from '../../src/config/environment.js';
import { parseConfigurationText } from '../../src/config/load.js';
import { repositoryRoot } from '../support/paths.js';

const minimal = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');
const text = await readFile(minimal, 'utf8');

function withJudge(judge: string, more = ''): ReturnType<typeof parseConfigurationText> {
  return parseConfigurationText(`${text}\n${more}\njudge: ${judge}\n`, 'judge.yaml');
}

test('a judge is left out, or names a host, its key and a model that stays the same', () => {
  assert.equal(parseConfigurationText(text, 'minimal.yaml').judge, undefined);
  const { judge } = withJudge("{ baseURL: 'https://j.example.org/v1', model: Qwen3-32B }");
  assert.deepEqual(judge, {
    baseURL: 'https://j.example.org/v1',
    keyVariable: 'OPENAI_API_KEY',
    model: 'Qwen3-32B',
    revision: 1,
    concurrency: 4,
    maximumTokens: 200,
  });
  assert.throws(
    () => withJudge("{ baseURL: 'https://j.example.org/v1', model: gpt-4o }"),
    /judge\.model: expected a model that stays the same/,
  );
});

test('the key of a judge is needed where there is one, and is kept from a trainer of one’s own', () => {
  const configuration = withJudge(
    "{ baseURL: 'https://j.example.org/v1', model: Qwen3-32B, keyVariable: JUDGE_KEY }",
  );
  const known = { HOLDFAST_SPLIT_KEY: 'k'.repeat(32), OPENAI_API_KEY: 'x' };
  assert.throws(() => readSecrets(configuration, known), /JUDGE_KEY is not set; .*j\.example\.org/);
  const { tierKeys } = readSecrets(configuration, { ...known, JUDGE_KEY: 'planted' });
  assert.deepEqual(tierKeys, { JUDGE_KEY: 'planted' });
});

test('a scorer that is a judge needs one', () => {
  assert.throws(
    () => parseConfigurationText(`${text}\nselect: { holdoutScorer: judge }\n`, 'x.yaml'),
    /select\.holdoutScorer: there is no judge; name one in the section "judge"/,
  );
});

test('limits and fairness are left out, or hold suites that are there', () => {
  const { gate } = parseConfigurationText(text, 'minimal.yaml');
  assert.ok(!('limits' in gate) && !('fairness' in gate));
  assert.ok(!('unseenClusters' in gate));
  const gateOf = (section: string): ReturnType<typeof parseConfigurationText>['gate'] =>
    parseConfigurationText(`${text}\ngate: ${section}\n`, 'x.yaml').gate;
  assert.deepEqual(gateOf('{ fairness: [{ suite: holdout }], limits: { tokens: 1.2 } }').fairness, [
    { suite: 'holdout', cap: 0.05, margin: 0.05 },
  ]);
  assert.throws(
    () => gateOf('{ fairness: [{ suite: "frozen:nowhere" }] }'),
    /gate\.fairness\[0\]\.suite: no such suite/,
  );
});
