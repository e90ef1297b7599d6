import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContaminationSample } from '../../../src/contamination/sample-fields.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../../src/contamination/policy.js';
import {
  type LexicalTier,
  createLexicalTier,
} from '../../../src/contamination/rephrase/lexical-tier.js';
import type { SampleMatch } from '../../../src/contamination/sample-index.js';

const NONE: ReadonlySet<number> = new Set();

const ROBE =
  'A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?';
const JAMES =
  'James decides to run 3 sprints 4 times a week. He runs 60 meters each sprint. How many total meters does he run a week?';
const ROBE_AGAIN =
  'A garment made of fiber, a robe, needs two bolts that are blue and half as much white. What is the number of bolts in all?';
const SETS: readonly ContaminationSample[] = [ROBE, JAMES].map((prompt, index) => ({
  set: 'golden',
  id: `s${index}`,
  prompt,
  options: [],
  reference: null,
}));

function tierOf(samples: readonly ContaminationSample[]): LexicalTier {
  return createLexicalTier(samples, {
    targetRate: 0.002,
    policy: DEFAULT_CONTAMINATION_POLICY,
  });
}

function numbersOf(matches: readonly SampleMatch[]): readonly number[] {
  return matches.map(({ sample }) => sample);
}

describe('the lexical tier', () => {
  test('suspects a rewording of its sample and of no other', () => {
    const [found, ...others] = tierOf(SETS).suspects([ROBE_AGAIN], NONE);
    assert.deepEqual([found?.sample, found?.match.level, others.length], [0, 'suspect', 0]);
  });

  test('the same words with other numbers are no suspect', () => {
    const tier = tierOf(SETS);
    const twin = ROBE_AGAIN.replace('two bolts', '37 bolts');
    assert.deepEqual(numbersOf(tier.suspects([twin], NONE)), []);
  });

  test('a sample that the text is known to match is not named again', () => {
    assert.deepEqual(numbersOf(tierOf(SETS).suspects([ROBE_AGAIN], new Set([0]))), []);
  });

  test('finds a rewording in the middle of a long text, and its spans there', () => {
    const filler =
      'Please look at the invoice of last month and tell the customer what went wrong. ';
    const before = filler.repeat(40);
    const parts = ['hello there', `${before}${ROBE_AGAIN} ${filler.repeat(40)}`];
    const [found] = tierOf(SETS).suspects(parts, NONE);
    assert.equal(found?.sample, 0);
    const joined = parts.join('\n');
    const marked = (found?.match.exampleSpans ?? []).map(({ start, end }) =>
      joined.slice(start, end),
    );
    assert.ok(marked.includes('two bolts that'), marked.join(' | '));
    assert.ok(!marked.includes('and'));
    const inSample = (found?.match.sampleSpans ?? []).map(({ start, end }) =>
      ROBE.slice(start, end),
    );
    assert.ok(
      inSample.some((text) => text.startsWith('A robe')),
      inSample.join(' | '),
    );
  });

  test('the threshold rises with the background of the log, and each set has its own', () => {
    const questions = Array.from({ length: 300 }, (_, index) => ({
      ...(SETS[0] as ContaminationSample),
      set: 'orders',
      id: `o${index}`,
      prompt: `Where is order ${7_000 + index * 13} that customer ${index} placed?`,
    }));
    const tier = tierOf([...SETS, ...questions]);
    const before = tier.thresholds();
    for (let index = 0; index < 400; index += 1) {
      tier.observe([`Where is order ${90_000 + index} that customer ${index} placed?`], NONE);
    }
    const after = tier.thresholds();
    assert.ok((after.get('orders') ?? 0) > (before.get('orders') ?? 0));
    assert.ok((after.get('golden') ?? 0) <= (before.get('golden') ?? 0));
    assert.ok((after.get('golden') ?? 0) < (after.get('orders') ?? 0));
  });

  test('all holdout, whichever window it is of, has one threshold', () => {
    const holdout = SETS.map((sample, index) => ({
      ...sample,
      set: `holdout:2026-W0${index + 1}`,
    }));
    assert.deepEqual([...tierOf(holdout).thresholds().keys()], ['holdout']);
  });

  test('texts and samples with nothing in them are no trouble', () => {
    const empty = { ...(SETS[0] as ContaminationSample), prompt: '' };
    const tier = tierOf([empty, ...SETS]);
    for (const text of ['', '\u{d800}', '…', '7', '\0'.repeat(100)]) {
      tier.observe([text], NONE);
      assert.deepEqual(tier.suspects([text], NONE), []);
    }
    assert.deepEqual(tierOf([]).suspects([ROBE], NONE), []);
    assert.deepEqual(tier.suspects([], NONE), []);
  });
});
