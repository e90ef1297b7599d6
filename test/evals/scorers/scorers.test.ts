import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolCall } from '../../../src/domain/record.js';
import type { ReferenceScorer } from '../../../src/domain/scorer.js';
import { scoreAnswer, scorerComplaint } from '../../../src/evals/scorers/scorer.js';

const NO_OPTIONS: readonly string[] = [];
const COLOURS = ['red', 'blue', 'dark blue', 'none of these'];
const SCHEMA = '{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}';

/** Scorer, answer, reference, whether it is right, options. */
type Row = readonly [ReferenceScorer, string, string, 0 | 1, (readonly string[])?];

const table: readonly Row[] = [
  ['exact', 'spam', 'spam', 1],
  ['exact', ' Spam \n', 'spam', 1],
  ['exact', 'ＳＰＡＭ', 'spam', 1],
  ['exact', 'two  words', 'two words', 1],
  ['exact', 'spam.', 'spam', 0],
  ['exact', 'not spam', 'spam', 0],
  ['exact', '', 'spam', 0],
  ['contains', 'It is SPAM.', 'spam', 1],
  ['contains', 'It is ham.', 'spam', 0],
  ['contains', 'spa', 'spam', 0],
  ['contains', 'anything', ' ', 0],
  ['regex', 'order 4711 is on its way', '\\b\\d{4}\\b', 1],
  ['regex', 'order 471 is on its way', '\\b\\d{4}\\b', 0],
  ['regex', 'Yes', '^yes', 0],
  ['numeric', '18', '18', 1],
  ['numeric', 'She has 3 + 15 = 18 apples.', '18', 1],
  ['numeric', '18 apples, of which 3 are red', '18', 0],
  ['numeric', 'First 3, then\n#### 18\nas 2 people said', '18', 1],
  ['numeric', 'so $\\boxed{18}$, not 17', '18', 1],
  ['numeric', '#### 18', '#### 18', 1],
  ['numeric', '$1,234.50', '1234.5', 1],
  ['numeric', '1,234', '1234', 1],
  ['numeric', '17.6', '18', 0],
  ['numeric', '1.8333333', '1.83', 1],
  ['numeric', '1.84', '1.83', 0],
  ['numeric', '1.8', '1.83', 0],
  ['numeric', '-5', '5', 0],
  ['numeric', '−5', '-5', 1],
  ['numeric', '5-3', '3', 1],
  ['numeric', '6.02e23', '602000000000000000000000', 1],
  ['numeric', '3/4', '0.75', 1],
  ['numeric', 'a quarter: 1/4', '1/4', 1],
  ['numeric', '12 %', '12', 1],
  ['numeric', '.5', '0.5', 1],
  ['numeric', 'none', '0', 0],
  ['numeric', 'model v2 says 7', '7', 1],
  ['numeric', 'so it is $\\boxed{\\frac{1}{2}}$', '1', 0],
  ['numeric', '\\boxed{10^{5}}', '10', 0],
  ['numeric', '1000000006', '1000000007', 0],
  ['numeric', '12345678909', '12345678901', 0],
  ['numeric', '-$5', '5', 0],
  ['numeric', '-$5', '-5', 1],
  ['numeric', 'about 10k', '10', 0],
  ['numeric', 'about 1.5k', '1', 0],
  ['numeric', '5km', '5', 1],
  ['json-schema', '{"city":"Paris"}', SCHEMA, 1],
  ['json-schema', '{"city":7}', SCHEMA, 0],
  ['json-schema', '{}', SCHEMA, 0],
  ['json-schema', 'Here: {"city":"Paris"}', SCHEMA, 0],
  ['multiple-choice', 'B', 'blue', 1, COLOURS],
  ['multiple-choice', '(b)', 'blue', 1, COLOURS],
  ['multiple-choice', '**B**', 'B', 1, COLOURS],
  ['multiple-choice', 'B. blue', 'blue', 1, COLOURS],
  ['multiple-choice', 'Blue', 'B', 1, COLOURS],
  ['multiple-choice', 'I think it is blue.', 'blue', 1, COLOURS],
  ['multiple-choice', 'It is dark blue.', 'blue', 0, COLOURS],
  ['multiple-choice', 'It is dark blue.', 'dark blue', 1, COLOURS],
  ['multiple-choice', 'Red or blue', 'blue', 0, COLOURS],
  ['multiple-choice', 'A is wrong, so the answer is (B)', 'blue', 1, COLOURS],
  ['multiple-choice', 'Answer: C', 'blue', 0, COLOURS],
  ['multiple-choice', 'The answer is B because it is not red.', 'blue', 1, COLOURS],
  ['multiple-choice', 'Option A is wrong, it must be B', 'red', 0, COLOURS],
  ['multiple-choice', 'Answer: A blue whale', 'red', 0, COLOURS],
  ['multiple-choice', 'Answer: A or B', 'red', 0, COLOURS],
  ['multiple-choice', 'Answer: A, B, C and D are all right', 'red', 0, COLOURS],
  ['multiple-choice', 'A: wrong. It is B', 'red', 0, COLOURS],
  ['multiple-choice', 'A. red B. blue', 'red', 0, COLOURS],
  ['multiple-choice', 'the answer is a guess', 'red', 0, COLOURS],
  ['multiple-choice', 'bluer', 'blue', 0, COLOURS],
  ['multiple-choice', 'Z', 'blue', 0, COLOURS],
  ['multiple-choice', '', 'blue', 0, COLOURS],
];

for (const [scorer, text, reference, score, options = NO_OPTIONS] of table) {
  test(`${scorer} scores ${JSON.stringify(text)} against ${JSON.stringify(reference)} as ${score}`, () => {
    assert.equal(scoreAnswer(scorer, { text, toolCalls: [] }, { reference, options }), score);
  });
}

const call = (name: string, given: string): ToolCall => ({ id: 'call-1', name, arguments: given });
const LOOK_UP = '{"name":"look_up","arguments":{"city":"Paris","days":3}}';
const BOTH = `[${LOOK_UP},{"name":"book","arguments":"{}"}]`;

const calls: readonly (readonly [string, readonly ToolCall[], string, 0 | 1])[] = [
  ['the same call', [call('look_up', '{"days":3.0,"city":"Paris"}')], LOOK_UP, 1],
  ['other arguments', [call('look_up', '{"days":4,"city":"Paris"}')], LOOK_UP, 0],
  ['one argument more', [call('look_up', '{"days":3,"city":"Paris","x":1}')], LOOK_UP, 0],
  ['another tool', [call('search', '{"days":3,"city":"Paris"}')], LOOK_UP, 0],
  ['no call', [], LOOK_UP, 0],
  ['no call where none is wanted', [], '[]', 1],
  ['a call where none is wanted', [call('book', '{}')], '[]', 0],
  ['broken arguments', [call('look_up', '{"days":3')], LOOK_UP, 0],
  [
    'two, in the other order',
    [call('book', ''), call('look_up', '{"city":"Paris","days":3}')],
    BOTH,
    1,
  ],
  ['one of two', [call('book', '{}')], BOTH, 0],
  ['one of two, twice', [call('book', '{}'), call('book', '{}')], BOTH, 0],
];

for (const [what, toolCalls, reference, score] of calls) {
  test(`tool-call scores ${what} as ${score}`, () => {
    const expected = { reference, options: NO_OPTIONS };
    assert.equal(scoreAnswer('tool-call', { text: 'On it.', toolCalls }, expected), score);
  });
}

const complaints: readonly (readonly [
  ReferenceScorer,
  string,
  readonly string[],
  RegExp | null,
])[] = [
  ['exact', 'anything', [], null],
  ['regex', '(', [], /no regular expression/],
  ['numeric', 'twelve', [], /no number/],
  ['numeric', '3 or 4', [], /no number/],
  ['numeric', '12', [], null],
  ['json-schema', '{', [], /no JSON/],
  ['json-schema', '[]', [], /no schema/],
  ['json-schema', SCHEMA, [], null],
  ['json-schema', '{"folder":"spam"}', [], /takes whatever is JSON/],
  ['json-schema', '{"type":"string","pattern":"^a"}', [], /"pattern" or "format"/],
  ['json-schema', 'true', [], /no schema/],
  ['tool-call', '{"arguments":{}}', [], /no call/],
  ['tool-call', 'book', [], /no call/],
  ['tool-call', LOOK_UP, [], null],
  ['multiple-choice', 'A', ['one'], /fewer than two/],
  ['multiple-choice', 'green', COLOURS, /none of the options/],
  ['multiple-choice', 'E', COLOURS, /none of the options/],
  ['multiple-choice', 'A', ['Yes', 'yes '], /the same/],
  ['multiple-choice', 'D', COLOURS, null],
];

for (const [scorer, reference, options, complaint] of complaints) {
  test(`${scorer} ${complaint === null ? 'takes' : 'refuses'} the reference ${reference}`, () => {
    const told = scorerComplaint(scorer, { reference, options });
    if (complaint === null) assert.equal(told, null);
    else assert.match(told ?? '', complaint);
  });
}
