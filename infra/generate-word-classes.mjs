import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What decides the tables: the data of this version of Unicode. */
const UNICODE = '17.0.0';
const TARGET = fileURLToPath(new URL('../src/text/word-class-data.ts', import.meta.url));

/**
 * Classes of the word splitter by UAX #29's property Word_Break, the first that fits. What is left are
 * letters and numbers of scripts without spaces (Han, Hiragana, Thai, …), which have the property Other.
 */
const CLASSES = [
  ['letter', ['Word_Break/ALetter', 'Word_Break/Hebrew_Letter']],
  ['digit', ['Word_Break/Numeric']],
  ['connector', ['Word_Break/ExtendNumLet']],
  ['mark', ['Word_Break/Extend', 'Word_Break/Format', 'Word_Break/ZWJ']],
  ['betweenLetters', ['Word_Break/MidLetter']],
  ['betweenDigits', ['Word_Break/MidNum']],
  ['betweenBoth', ['Word_Break/MidNumLet', 'Word_Break/Single_Quote']],
  ['solo', ['Word_Break/Katakana', 'General_Category/Letter', 'General_Category/Number']],
];

/**
 * The source of `src/text/word-class-data.ts`: every class as its ranges above ASCII, as pairs of (distance from
 * the last range's end, length) in base 36.
 * @returns {Promise<string>}
 */
export async function wordClassSource() {
  const taken = new Uint8Array(0x110000);
  const lines = [];
  for (const [name, properties] of CLASSES) {
    const members = new Uint8Array(0x110000);
    for (const property of properties) {
      const { default: ranges } = await import(
        `@unicode/unicode-${UNICODE}/${property}/ranges.mjs`
      );
      for (const { begin, end } of ranges) members.fill(1, begin, end);
    }
    lines.push(`  ${name}:\n    '${encode(members, taken)}',`);
  }
  return [
    `// Made by infra/generate-word-classes.mjs of Unicode ${UNICODE}'s data; a test makes it again and compares.`,
    '',
    `export const UNICODE_VERSION = '${UNICODE}';`,
    '',
    '/** Ranges of each class above ASCII: pairs of distance from the last end and length, in base 36. */',
    'export const WORD_CLASS_RANGES = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}

function encode(members, taken) {
  const numbers = [];
  let last = 128;
  for (let code = 128; code < members.length; code += 1) {
    if (members[code] === 0 || taken[code] === 1) continue;
    let end = code;
    while (end < members.length && members[end] === 1 && taken[end] === 0) {
      taken[end] = 1;
      end += 1;
    }
    numbers.push((code - last).toString(36), (end - code).toString(36));
    last = end;
    code = end;
  }
  return numbers.join(' ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, await wordClassSource());
}
