import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import { type Finding, LEAK_LEVELS } from '../../src/domain/finding.js';
import { publicData } from '../support/public-data.js';

const MAWPS = 'llm_adapters/dataset/mawps';
const GSM8K = 'gsm8k/grade_school_math/data';
const BANKING = 'banking77/banking_data';

/** The file's text, or `null` after the test was skipped with the reason. */
function readData(t: TestContext, file: string): string | null {
  const path = publicData(t, file);
  return path === null ? null : readFileSync(path, 'utf8');
}

function mawpsTexts(text: string): string[] {
  return (JSON.parse(text) as { original_text: string }[]).map((row) => row.original_text);
}

function gsm8kTexts(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { question: string }).question);
}

function findingsOf(train: readonly string[], test: readonly string[]): readonly Finding[] {
  return scanExamples(
    train.map((text, index) => ({ id: String(index), parts: [text] })),
    test.map((prompt, index) => ({
      set: 'test',
      id: String(index),
      prompt,
      options: [],
      reference: null,
    })),
    DEFAULT_CONTAMINATION_POLICY,
  );
}

/** Samples at a leak level, and those that are only kin. */
function samplesOf(findings: readonly Finding[]): { leaked: Set<number>; kin: Set<number> } {
  const isLeak = ({ level }: Finding): boolean => LEAK_LEVELS.includes(level);
  const leaked = new Set(findings.filter(isLeak).map(({ sampleId }) => Number(sampleId)));
  const others = findings.map(({ sampleId }) => Number(sampleId)).filter((id) => !leaked.has(id));
  return { leaked, kin: new Set(others) };
}

/** The oracle: lower-cased `\w+` words, sets of strings, numbers as they are written in digits. */
interface OracleText {
  readonly words: readonly string[];
  readonly shingles: ReadonlySet<string>;
  readonly numbers: string;
}

function oracleText(text: string): OracleText {
  const words = text.toLowerCase().match(/\w+/g) ?? [];
  const numbers = (text.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((number) =>
    String(Number(number.replaceAll(',', ''))),
  );
  return { words, shingles: runs(words, 3), numbers: numbers.sort().join() };
}

function runs(words: readonly string[], size: number): Set<string> {
  const count = Math.max(0, words.length - size + 1);
  return new Set(Array.from({ length: count }, (_, at) => words.slice(at, at + size).join(' ')));
}

function setJaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const item of a) if (b.has(item)) common += 1;
  return common / (a.size + b.size - common);
}

interface Truth {
  readonly exact: number[];
  /** The best match has the same numbers and a Jaccard of at least 0.5. */
  readonly same: number[];
  /** Shares a run of 13 words, and only with texts that have other numbers. */
  readonly otherNumbers: number[];
}

function truthOf(train: readonly string[], test: readonly string[]): Truth {
  const texts = train.map(oracleText);
  const thirteen = texts.map(({ words }) => runs(words, 13));
  const truth: Truth = { exact: [], same: [], otherNumbers: [] };
  test.map(oracleText).forEach((sample, number) => {
    const joined = sample.words.join(' ');
    if (texts.some(({ words }) => words.join(' ') === joined)) truth.exact.push(number);
    const own = runs(sample.words, 13);
    const sharing = texts.filter((_, at) => [...own].some((run) => thirteen[at]?.has(run)));
    const isSame = (text: OracleText): boolean => text.numbers === sample.numbers;
    if (sharing.length > 0 && !sharing.some(isSame)) truth.otherNumbers.push(number);
    let best = { similarity: 0, isSame: false };
    for (const text of texts) {
      const similarity = setJaccard(sample.shingles, text.shingles);
      if (similarity > best.similarity) best = { similarity, isSame: isSame(text) };
      else if (similarity === best.similarity && isSame(text)) best = { similarity, isSame: true };
    }
    if (best.similarity >= 0.5 && best.isSame) truth.same.push(number);
  });
  return truth;
}

describe('on published data', () => {
  test('MAWPS train holds 28 test questions exactly and 58 with the same numbers: all are leaks; 38 others are kin', (t) => {
    const [train, test] = [
      readData(t, `${MAWPS}/trainset.json`),
      readData(t, `${MAWPS}/testset.json`),
    ];
    if (train === null || test === null) return;
    const [examples, samples] = [mawpsTexts(train), mawpsTexts(test)];
    const truth = truthOf(examples, samples);
    assert.deepEqual(
      [truth.exact.length, truth.same.length, truth.otherNumbers.length],
      [28, 58, 38],
    );
    const findings = findingsOf(examples, samples);
    const { leaked, kin } = samplesOf(findings);
    const verbatim = findings.filter(({ level }) => level === 'verbatim');
    assert.deepEqual(
      [...new Set(verbatim.map(({ sampleId }) => Number(sampleId)))].sort((a, b) => a - b),
      truth.exact,
    );
    assert.deepEqual(
      truth.same.filter((sample) => !leaked.has(sample)),
      [],
    );
    assert.deepEqual(
      truth.otherNumbers.filter((sample) => !kin.has(sample)),
      [],
    );
    // Two more, read one by one: "that Charles" for "than Charles", and "Pokemon" left out three times.
    const more = [...leaked].filter((sample) => !truth.same.includes(sample));
    assert.deepEqual(
      more.sort((a, b) => a - b),
      [30, 35],
    );
    for (const { exampleId, sampleId, level } of findings) {
      if (level === 'kin') continue;
      const [own, other] = [samples[Number(sampleId)], examples[Number(exampleId)]];
      assert.equal(oracleText(own ?? '').numbers, oracleText(other ?? '').numbers);
    }
  });

  test('GSM8K train holds no test question, only kin: "Bella bought stamps" is no leak of "Max bought stamps"', (t) => {
    const [train, test] = [readData(t, `${GSM8K}/train.jsonl`), readData(t, `${GSM8K}/test.jsonl`)];
    if (train === null || test === null) return;
    const [examples, samples] = [gsm8kTexts(train), gsm8kTexts(test)];
    const findings = findingsOf(examples, samples);
    assert.deepEqual(
      findings.filter(({ level }) => level !== 'kin'),
      [],
    );
    const stamps = findings.filter(
      ({ exampleId, sampleId }) =>
        examples[Number(exampleId)]?.startsWith('Bella bought stamps') === true &&
        samples[Number(sampleId)]?.startsWith('Max bought stamps') === true,
    );
    assert.equal(stamps.length, 1);
    assert.equal(samplesOf(findings).kin.size, 6);
    assert.ok(stamps[0]?.rules.includes('numbers') && stamps[0].rules.includes('names'));
  });

  test('banking77, alike by nature, has its 25 exact test questions found and counted as verbatim', (t) => {
    const [train, test] = [readData(t, `${BANKING}/train.csv`), readData(t, `${BANKING}/test.csv`)];
    if (train === null || test === null) return;
    const texts = (csv: string): string[] =>
      parse<{ text: string }>(csv, { columns: true }).map(({ text }) => text);
    const [examples, samples] = [texts(train), texts(test)];
    const findings = findingsOf(examples, samples);
    const verbatim = new Set(
      findings.filter(({ level }) => level === 'verbatim').map(({ sampleId }) => Number(sampleId)),
    );
    const words = (text: string): string => oracleText(text).words.join(' ');
    const known = new Set(examples.map(words));
    const exact = samples.flatMap((text, number) => (known.has(words(text)) ? [number] : []));
    assert.equal(exact.length, 25);
    assert.deepEqual(
      exact.filter((number) => !verbatim.has(number)),
      [],
    );
    // Alike by nature: much is covered, and most of it was read to be another customer's own words.
    const samplesAt = (level: string): number =>
      new Set(findings.filter((found) => found.level === level).map(({ sampleId }) => sampleId))
        .size;
    assert.equal(verbatim.size, 158);
    assert.ok(samplesAt('dirty') <= 540, `${samplesAt('dirty')} dirty`);
    assert.ok(samplesAt('partial') <= 785, `${samplesAt('partial')} partial`);
    // Verbatim beyond those: the whole sample within a longer question, `hasnt` for `hasn't`.
    const padding = (text: string): string => ` ${words(text.replaceAll("'", ''))} `;
    const padded = examples.map(padding);
    for (const number of verbatim) {
      const own = padding(samples[number] ?? '');
      assert.ok(
        padded.some((text) => text.includes(own)),
        `sample ${number}`,
      );
    }
  });
});
