import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchabilityOf } from '../../src/contamination/matchability.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { fieldsOf, fieldText } from '../../src/contamination/sample-fields.js';
import { type ContaminationSample, scanExamples } from '../../src/contamination/scan-examples.js';
import type { Finding } from '../../src/domain/finding.js';

const QUESTION = 'Why does the ferry of the northern islands leave an hour later on market days?';
const ANSWER =
  'Because the farmers of the upper valley bring their cheese down by cart, and the road along the river is ' +
  'too narrow for two carts, so they wait for each other at the bridge until the last one has come.';
const OPTIONS = [
  'the tide is lower on those days',
  'the farmers come down late',
  'the captain lives upstream',
];

function sample(fields: Partial<ContaminationSample> = {}): ContaminationSample {
  return { set: 'eval', id: 's', prompt: QUESTION, options: [], reference: null, ...fields };
}

/** Level and field of each finding, `dirty prompt`. */
function told(text: string, samples: readonly ContaminationSample[], options?: string[]): string[] {
  return findings(text, samples, options).map(({ level, field }) => `${level} ${field}`);
}

function findings(
  text: string,
  samples: readonly ContaminationSample[],
  options?: string[],
): readonly Finding[] {
  const example = { id: 'e', parts: [text], ...(options === undefined ? {} : { options }) };
  return scanExamples([example], samples, POLICY);
}

describe('an answer', () => {
  const samples = [sample({ reference: ANSWER })];

  test('that is long enough is found without its question, and apart from it', () => {
    assert.deepEqual(told(`I was told this. ${ANSWER} Nice, no?`, samples), ['verbatim answer']);
    assert.deepEqual(told(`${QUESTION}\n${ANSWER}`, samples), [
      'verbatim answer',
      'verbatim prompt',
    ]);
    assert.deepEqual(told(QUESTION, samples), ['verbatim prompt']);
  });

  test('has figures and spans of its own', () => {
    const [found] = findings(`so: ${ANSWER.replace('narrow', 'slim')}`, samples);
    assert.equal(found?.level, 'dirty');
    assert.ok(found.coverage > 0.95 && found.coverage < 1);
    assert.equal(found.tokenShare, 1);
    const [own] = found.sampleSpans;
    assert.ok(ANSWER.slice(own?.start, own?.end).startsWith('Because the farmers'));
  });

  test('of few words is found with its question only', () => {
    const short = 'Because the farmers of the upper valley bring their cheese down by cart';
    assert.deepEqual(told(short, [sample({ reference: short })]), []);
  });

  test('that two questions have in common tells neither', () => {
    const other = sample({ id: 't', prompt: 'Who waits at the bridge?', reference: ANSWER });
    assert.deepEqual(told(ANSWER, [...samples, other]), []);
    // A copy of the sample is no other question.
    assert.equal(told(ANSWER, [...samples, sample({ id: 't', reference: ANSWER })]).length, 2);
  });

  test('of which less than half is there is not found: closing words are in many', () => {
    const part = ANSWER.slice(0, ANSWER.indexOf(', and the road'));
    assert.deepEqual(told(part, samples), []);
    assert.deepEqual(told(ANSWER.slice(0, ANSWER.indexOf(' until')), samples), ['dirty answer']);
    assert.deepEqual(told(ANSWER.slice(0, ANSWER.indexOf(', so they')), samples), [
      'partial answer',
    ]);
  });

  test('with another number in it is kin', () => {
    const counted = ANSWER.replace('the last one', 'the last of the 14');
    const samples = [sample({ reference: counted })];
    assert.deepEqual(told(counted.replace('14', '15'), samples), ['kin answer']);
  });
});

describe('options', () => {
  const [a = '', b = '', c = ''] = OPTIONS;

  test('that say enough are found without their question, in any order', () => {
    const samples = [sample({ options: OPTIONS })];
    assert.deepEqual(told(`A) ${a} B) ${b} C) ${c}`, samples), ['dirty options']);
    assert.deepEqual(told(`${a}; ${b}; ${c}`, samples), ['verbatim options']);
    const [found] = findings(`${c}; ${a}; ${b}`, samples);
    assert.deepEqual([found?.level, found?.coverage], ['dirty', 1]);
    assert.deepEqual(told(`${a}; ${b}`, samples), []);
    assert.deepEqual(told('which one?', samples, [b, c, a]), ['dirty options']);
  });

  test('of few words, or of two questions, tell nothing', () => {
    const two = [
      sample({ options: OPTIONS }),
      sample({ id: 't', prompt: 'Who?', options: OPTIONS }),
    ];
    assert.deepEqual(told(OPTIONS.join('; '), two), []);
    assert.deepEqual(told('yes no maybe', [sample({ options: ['yes', 'no', 'maybe'] })]), []);
  });

  test('within a prompt make no difference by their order, and another one makes kin', () => {
    const asked = `${QUESTION} (A) ${a} (B) ${b} (C) at 7 (D) at 17`;
    const shuffled = `${QUESTION} (A) at 17 (B) ${b} (C) ${a} (D) at 7`;
    const [found] = findings(`hi, ${shuffled}. Please explain.`, [sample({ prompt: asked })]);
    assert.deepEqual(
      [found?.level, found?.coverage, found?.field, found?.rules.includes('options-order')],
      ['dirty', 1, 'prompt', true],
    );
    assert.deepEqual(told(shuffled.replace('at 7', 'at 8'), [sample({ prompt: asked })]), [
      'kin prompt',
    ]);
    assert.deepEqual(told(`${asked} Please explain.`, [sample({ prompt: asked })]), [
      'verbatim prompt',
    ]);
  });

  test('of a question that is kin are kin', () => {
    const asked = sample({ prompt: `${QUESTION} On 3 of them.`, options: OPTIONS });
    const twin = `${QUESTION} On 4 of them. ${OPTIONS.join('\n')}`;
    assert.deepEqual(told(twin, [asked]), ['kin options', 'kin prompt']);
  });
});

describe('fields of a sample', () => {
  test('are looked for each by itself, and counted as protection', () => {
    const samples = [sample({ reference: ANSWER, options: OPTIONS }), sample({ id: 't' })];
    assert.deepEqual(
      fieldsOf(samples).map(({ number, field }) => `${number} ${field}`),
      ['0 prompt', '1 prompt', '0 answer', '0 options'],
    );
    const { coverage } = matchabilityOf(samples, POLICY);
    assert.deepEqual([coverage.answer, coverage.options], [1, 1]);
    assert.equal(fieldText(samples[0] ?? sample(), 'options'), OPTIONS.join('\n'));
  });
});
