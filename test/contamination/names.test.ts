import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nameFlags } from '../../src/contamination/names.js';
import { wordsOf } from '../../src/text/words.js';

function namesIn(raw: string): string[] {
  const words = wordsOf(raw);
  const flags = nameFlags(raw, words);
  return [...flags.keys()]
    .filter((index) => flags[index] === 1)
    .map((index) => raw.slice(words.starts[index], words.ends[index]));
}

describe('names', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['The boy met Tom in Old York. He said hello.', ['Tom', 'Old', 'York']],
    ['Tom left. Then the girl saw Tom.', ['Tom', 'Tom']],
    ['How many did he have? "Where" is it.', []],
    ['what I have, I’ve had', []],
    ['SHOUTING IS NO NAME', []],
    ['A Title Like This One', []],
    ['alles klein, auch tom', []],
    ['first line\nSecond line of it with words', []],
    ['', []],
  ];
  for (const [raw, expected] of cases) {
    test(`in ${JSON.stringify(raw)}: ${expected.join(', ') || 'none'}`, () => {
      assert.deepEqual(namesIn(raw), expected);
    });
  }
});
