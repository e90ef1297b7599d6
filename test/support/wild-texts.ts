import assert from 'node:assert/strict';

/** Asks much of an engine: `make(units)` is a text of about so many UTF-16 units. */
export interface WildText {
  readonly what: string;
  readonly make: (units: number) => string;
}

export const SAMPLE = 'how many of the blue cups did the boy at the well carry home on friday ?';

const repeated = (what: string, piece: string): WildText => ({
  what,
  make: (units) => piece.repeat(Math.ceil(units / piece.length)),
});

const LETTERS = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) => /^\p{L}$/u.test(character),
);
const CONTROLS = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => /\p{Cc}/u.test(character),
);

/** Texts in which a naive engine is quadratic, recurses too deep, or meets what it can't decode. */
export const WILD_TEXTS: readonly WildText[] = [
  repeated('one word again and again', 'the '),
  repeated('two words in turn', 'the of '),
  repeated('the sample again and again', `${SAMPLE} `),
  repeated('the sample, one a line', `${SAMPLE}\n`),
  repeated('half of the sample again and again', 'how many of the blue cups '),
  repeated('one character again and again', 'a'),
  repeated('one ideograph again and again', '漢'),
  {
    what: 'words of one letter, nearly all different',
    make: (units) =>
      Array.from({ length: units / 2 }, (_, at) => LETTERS[at % LETTERS.length]).join(' '),
  },
  repeated('empty lines', '\r\n'),
  repeated('lines of a letter', 'x\n'),
  repeated('one huge number', '7'),
  repeated('huge numbers', '1e999999 '),
  repeated('points between digits', '1.'),
  repeated('commas between digits', '1,'),
  repeated('lone surrogates', '\ud800 \udc00x '),
  repeated('NUL', '\0'),
  repeated('every control character between letters', CONTROLS.map((one) => `a${one}`).join('')),
  repeated('combining marks', '\u0301'),
  repeated('joiners', '\u200d'),
  repeated('families of emoji', '👩‍👩‍👧 '),
  repeated('bidirectional controls', '\u202ea\u202c '),
  {
    what: 'ligatures that grow eighteenfold',
    make: (units) => 'ﷺ'.repeat(units / 18),
  },
  repeated('half-width marks', 'ｶﾞ'),
  repeated('Hangul in pieces', '\u1112\u1161\u11ab'),
  repeated('nested JSON', '{"a":['),
  repeated('placeholders that never end', '[EMAIL'),
  repeated('option labels', 'A) '),
  repeated('apostrophes and low lines', "a'b_"),
  repeated('names', 'Max Bella '),
];

/** CPU time of this process for some work, in milliseconds. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Four times as much costs four times with a linear engine, sixteen times with a quadratic one. */
const FACTOR = 4;
const MOST_TIMES = 8;
/** What a garbage collection or another process on the machine may add. */
const NOISE_MS = 80;
const RETRIES = 2;

/** Asserts that `work` of four times the size costs less than eight times as much, noise aside. */
export function assertNearLinear(
  what: string,
  size: number,
  work: (size: number) => () => void,
): void {
  const [onSmall, onLarge] = [work(size), work(size * FACTOR)];
  let [small, large] = [cpuMs(onSmall), cpuMs(onLarge)];
  for (let again = 0; again < RETRIES && large >= MOST_TIMES * small + NOISE_MS; again += 1) {
    [small, large] = [Math.min(small, cpuMs(onSmall)), Math.min(large, cpuMs(onLarge))];
  }
  assert.ok(
    large < MOST_TIMES * small + NOISE_MS,
    `${what}: ${small.toFixed(0)} ms, ${large.toFixed(0)} ms for ${FACTOR} times as much`,
  );
}
