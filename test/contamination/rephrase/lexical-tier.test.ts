import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContaminationSample } from '../../../src/contamination/sample-fields.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../../src/contamination/policy.js';
import {
  type LexicalTier,
  createLexicalTier,
} from '../../../src/contamination/rephrase/lexical-tier.js';
import { UNCALIBRATED_THRESHOLD } from '../../../src/contamination/rephrase/score.js';
import type { SampleMatch } from '../../../src/contamination/found-match.js';
import {
  BANK_FILE,
  TRIAL_FILES,
  missingData,
  readBankQuestions,
  readTrialData,
} from '../../bench/rephrasing-data.js';
import { toSample } from '../../bench/rephrasing-trial.js';

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
    const scores = [before, after].map((all) =>
      ['golden', 'orders'].map((set) => all.get(set)?.score ?? Number.NaN),
    );
    const [[goldenBefore = 0, ordersBefore = 0] = [], [golden = 0, orders = 0] = []] = scores;
    assert.ok(orders > ordersBefore && golden <= goldenBefore && golden < orders, String(scores));
    assert.equal(after.get('orders')?.origin, 'calibrated');
  });

  test('a log about something else leaves the threshold to the samples, and few samples to a fixed one', () => {
    const subjects = Array.from({ length: 300 }, (_, index) => `thing${index % 100}`);
    const many = subjects.map((subject, index) => ({
      ...(SETS[0] as ContaminationSample),
      set: 'many',
      id: `m${index}`,
      prompt: `How many of the ${subject} does each of the ${index} people in the hall get?`,
    }));
    const tier = tierOf([...SETS, ...many]);
    for (let index = 0; index < 400; index += 1) tier.observe([`zq${index} qz${index}`], NONE);
    const [fixed, samples] = ['golden', 'many'].map((set) => tier.thresholds().get(set));
    assert.deepEqual(fixed, { score: UNCALIBRATED_THRESHOLD, origin: 'fixed' });
    assert.equal(samples?.origin, 'samples');
  });

  for (const share of [0.004, 0.02, 0.05]) {
    test(`of a log about something else nearly all of ${share * 100} % rewordings are named, and hardly others`, (t) => {
      const missing = missingData({ ...TRIAL_FILES, bank: BANK_FILE });
      if (missing !== null) return t.skip(missing);
      const { samples, rewordings } = readTrialData();
      const bank = readBankQuestions();
      for (const count of [150, 600]) {
        const planted = rewordings.filter(({ index }) => index < count).slice(0, share * 1_000);
        const rows = [...planted.map(({ text }) => text), ...bank.slice(0, 1_000 - planted.length)];
        const tier = tierOf(samples.slice(0, count).map(toSample));
        for (const row of rows) tier.observe([row], NONE);
        const suspects = rows.map((row) => numbersOf(tier.suspects([row], NONE)));
        const named = planted.filter(({ index }, row) => suspects[row]?.includes(index));
        assert.ok(named.length >= 0.9 * planted.length, `${count}: ${named.length}`);
        const wrong = suspects.slice(planted.length).filter(({ length }) => length > 0);
        assert.ok(wrong.length <= 2, `${count}: ${wrong.length}`);
      }
    });
  }

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
