import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { FoundDuplicate } from '../../src/dedup/duplicate-search.js';
import { createKernel } from '../../src/text/kernel.js';
import { nearPairsOf } from '../bench/near-truth.js';
import { createDuplicateSearch, type SearchRow } from '../support/duplicate-search.js';
import { createRandom } from '../support/random.js';

const POLICY = { shingle: { unit: 'words', size: 5 }, threshold: 0.7 } as const;

interface Result {
  readonly found: readonly FoundDuplicate[];
  readonly conflicts: number;
}

function search(
  rows: readonly SearchRow[],
  survives: (a: number, b: number) => number = () => 0,
): Result {
  const texts: Uint8Array[] = [];
  const prompts = {
    add: (utf8: Uint8Array) => void texts.push(utf8.slice()),
    at: (number: number) => texts[number] ?? new Uint8Array(0),
  };
  const engine = createDuplicateSearch(POLICY, { kernel: createKernel(), prompts });
  rows.forEach((row) => engine.add(row));
  const found = [...engine.fold(survives)].filter((each) => each !== null);
  return { found, conflicts: engine.conflictCount() };
}

function row(prompt: string, answerKey = ''): SearchRow {
  return { prompt, answerKey, content: answerKey === '' ? prompt : `${prompt} ${answerKey}` };
}

/** Runs of five words as strings, the simplest way. */
function runsOf(text: string): ReadonlySet<string> {
  const words = text.split(' ');
  return new Set(words.slice(4).map((_, start) => words.slice(start, start + 5).join(' ')));
}

function jaccardOf(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)];
  const common = [...left].filter((run) => right.has(run)).length;
  return common / (left.size + right.size - common);
}

/** Texts of 40 to 90 words and edited copies of them, from nearly alike to hardly. */
function corpus(seed: number, count: number): string[] {
  const random = createRandom(seed);
  const word = (): string => `w${Math.floor(random() ** 2 * 3_000).toString(36)}`;
  const texts: string[][] = [];
  for (let index = 0; index < count; index += 1) {
    const source = random() < 0.5 ? texts[Math.floor(random() * texts.length)] : undefined;
    const text = source
      ? [...source]
      : Array.from({ length: 40 + Math.floor(random() * 50) }, word);
    const edits = source ? Math.floor(random() * 7) : 0;
    for (let edit = 0; edit < edits; edit += 1) text[Math.floor(random() * text.length)] = word();
    texts.push(text);
  }
  return texts.map((text) => text.join(' '));
}

describe('the duplicate search', () => {
  test('folds only pairs at the threshold, at their exact Jaccard, and leaves next to none', () => {
    const texts = corpus(1, 1_500);
    const { found } = search(texts.map((text) => row(text)));
    const dropped = new Map(found.map((each) => [each.row, each]));
    for (const { row: own, kept, similarity, rule } of found) {
      assert.ok(!dropped.has(kept), `${own} was folded into ${kept}, which was dropped`);
      const exact = jaccardOf(texts[own] ?? '', texts[kept] ?? '');
      assert.ok(Math.abs(similarity - exact) < 1e-12, `${similarity} is not ${exact}`);
      assert.ok(exact >= POLICY.threshold);
      assert.equal(rule, texts[own] === texts[kept] ? 'exact' : 'near');
    }
    const keptTexts = texts.filter((_, index) => !dropped.has(index));
    const missed = nearPairsOf(keptTexts, POLICY.threshold).length;
    assert.ok(found.length > 200);
    // Bands find a pair at the threshold with a probability of 0.99, and nearer ones surely.
    assert.ok(missed <= found.length * 0.01, `${missed} pairs were missed beside ${found.length}`);
  });

  test('finds the same in any order of arrival', () => {
    const texts = corpus(2, 120);
    const outcome = (order: readonly number[]): string => {
      const { found } = search(order.map((index) => row(texts[index] ?? '')));
      return found
        .map(({ row: own, kept, similarity }) => {
          const [one, other] = [order[own] ?? 0, order[kept] ?? 0].map((index) => texts[index]);
          return `${one}|${other}|${similarity}`;
        })
        .sort()
        .join('\n');
    };
    const expected = outcome(texts.map((_, index) => index));
    fc.assert(
      fc.property(fc.shuffledSubarray([...texts.keys()], { minLength: texts.length }), (order) =>
        assert.equal(outcome(order), expected),
      ),
      { numRuns: 20 },
    );
  });

  test('compares short texts by characters, and texts without shingles by equality', () => {
    const { found } = search(
      ['where is my invoice', 'where is my invoice?', 'ok', 'OK!', 'no'].map((text) => row(text)),
    );
    const pairs = found.map(({ row: own, kept }) => [own, kept].sort((a, b) => a - b));
    assert.deepEqual(
      pairs.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
      [[0, 1]],
    );
  });

  test('finds equal texts without shingles by their answers, whichever stands between them', () => {
    const { found } = search([row('ok', 'yes'), row('OK', 'no'), row('Ok', 'yes')]);
    assert.equal(found.length, 1);
    const [kept, dropped] = [found[0]?.kept, found[0]?.row].sort();
    assert.deepEqual([kept, dropped], [0, 2]);
  });

  test('never folds rows with other answers, and counts the prompts that have them', () => {
    const [text = ''] = corpus(3, 1);
    const { found, conflicts } = search([row(text, 'yes'), row(text, 'no'), row(text, 'yes')]);
    assert.equal(found.length, 1);
    assert.equal(found[0]?.rule, 'exact');
    assert.equal(conflicts, 1);
  });

  test('keeps the row that survives first, and nothing empty is a duplicate', () => {
    const [text = ''] = corpus(4, 1);
    const rows = [row(text), row(`${text} more`), row(''), row('  ')];
    const longest = (a: number, b: number): number =>
      (rows[b]?.prompt.length ?? 0) - (rows[a]?.prompt.length ?? 0);
    const { found } = search(rows, longest);
    assert.deepEqual(
      found.map(({ row: own, kept }) => [own, kept]),
      [[0, 1]],
    );
  });
});
