import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import type { Finding } from '../../src/domain/finding.js';

const PASSAGE =
  'The salt road ran from the marshes to the abbey, and whoever travelled on it paid the monks a measure of ' +
  'grain. When the marshes were drained the carters took the coast road instead, so the abbey began to brew ale ' +
  'for the harbour. The ale was so strong that the harbour master had it watered before the crews came ashore.';
const QUESTION = 'Why did the carters stop paying the monks for their passage to the abbey?';
const OTHER = 'What was done to the ale so that sailors could drink it?';

function findings(texts: readonly string[], prompts: readonly string[]): readonly Finding[] {
  const samples = prompts.map((prompt, index) => ({
    set: 'eval',
    id: String(index),
    prompt,
    options: [],
    reference: null,
  }));
  const rows = texts.map((text, index) => ({ id: String(index), parts: [text] }));
  return scanExamples(rows, samples, POLICY);
}

function levelOf(text: string, prompt: string): string | undefined {
  return findings([text], [prompt])[0]?.level;
}

describe('another question about the same passage', () => {
  const sample = `${PASSAGE}\n\n${QUESTION}`;

  test('is kin, after the passage and before it', () => {
    const found = findings([`${PASSAGE}\n\n${OTHER}`], [sample])[0];
    assert.equal(found?.level, 'kin');
    assert.ok(found.rules.includes('question'));
    assert.equal(levelOf(`${OTHER}\n\n${PASSAGE}`, sample), 'kin');
  });

  test('is none where the question is the same, edited or not', () => {
    assert.equal(levelOf(`Hi. ${sample}`, sample), 'verbatim');
    const edited = sample.replace('stop paying', 'no longer pay').replace('passage to', 'way to');
    assert.equal(levelOf(edited, sample), 'dirty');
  });

  test('is not asked by the passage alone, which is most of the sample', () => {
    assert.equal(levelOf(`Please read this. ${PASSAGE}`, sample), 'dirty');
  });

  test('is no matter of word problems, whose numbers hold the question fast', () => {
    const story =
      'Anna had 14 apples in a basket that her aunt had woven from the reeds of the lake in the summer before, and ' +
      'gave 3 of them to the keeper of the bridge.';
    const asked = `${story} How many apples are left in the basket now?`;
    assert.equal(levelOf(`${story} What number remains?`, asked), 'partial');
  });
});

describe('a passage that three samples ask about', () => {
  const prompts = [
    QUESTION,
    OTHER,
    'Who had to give grain to the abbey before the drainage?',
    'Where did people go to drink something strong that nobody had brewed at home?',
  ].map((question) => `${PASSAGE}\n\n${question}`);

  test('is none of them: neither by itself nor with a question of its own', () => {
    assert.deepEqual(findings([`Please read this. ${PASSAGE}`], prompts.slice(0, 3)), []);
    assert.deepEqual(findings([`${PASSAGE}\n\nTell it in your words.`], prompts.slice(0, 3)), []);
  });

  test('leaves each to be found whole, edited, and by its question', () => {
    const found = (text: string): (readonly [string, string])[] =>
      findings([text], prompts.slice(0, 3)).map(({ sampleId, level }) => [sampleId, level]);
    assert.deepEqual(found(prompts[0] ?? ''), [['0', 'verbatim']]);
    assert.deepEqual(found((prompts[0] ?? '').replace('the carters', 'carters')), [['0', 'dirty']]);
    assert.deepEqual(found(`I was asked: ${QUESTION}`), [['0', 'dirty']]);
  });
});
