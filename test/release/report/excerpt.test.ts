import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import type { Span } from '../../../src/domain/finding.js';
import { excerptPair, type MarkedText, type Piece } from '../../../src/release/report/excerpt.js';

const NOTHING: MarkedText = { text: '', spans: [] };

function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === 'gap' ? '…' : piece.text)).join('');
}

function sharedIn(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.kind === 'shared' ? [piece.text] : []));
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce(
    (sum, piece) => sum + (piece.kind === 'gap' ? piece.units : piece.text.length),
    0,
  );
}

/** Texts with spans: stretches of words, in order, apart from each other. */
const marked = fc
  .array(
    fc.tuple(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 900 }),
    ),
    { maxLength: 12 },
  )
  .map((parts): MarkedText => {
    let text = '';
    const spans: Span[] = [];
    for (const [between, shared] of parts) {
      text += between;
      spans.push({ start: text.length, end: text.length + shared.length });
      text += shared;
    }
    return { text: `${text} end`, spans };
  });

describe('an excerpt of two texts', () => {
  test('shows short texts whole, with what they share marked by one number on both sides', () => {
    const { sample, example } = excerptPair(
      {
        text: 'a cat sat here',
        spans: [
          { start: 0, end: 5 },
          { start: 10, end: 14 },
        ],
      },
      {
        text: 'so: A Cat stood HERE!',
        spans: [
          { start: 4, end: 9 },
          { start: 16, end: 20 },
        ],
      },
    );
    assert.deepEqual(sample, [
      { kind: 'shared', text: 'a cat', number: 1 },
      { kind: 'plain', text: ' sat ' },
      { kind: 'shared', text: 'here', number: 2 },
    ]);
    assert.deepEqual(example, [
      { kind: 'plain', text: 'so: ' },
      { kind: 'shared', text: 'A Cat', number: 1 },
      { kind: 'plain', text: ' stood ' },
      { kind: 'shared', text: 'HERE', number: 2 },
      { kind: 'plain', text: '!' },
    ]);
  });

  test('cuts a long text around what is shared, between words, and counts what it left out', () => {
    const text = `${'alpha '.repeat(200_000)}NEEDLE${' omega'.repeat(200_000)}`;
    const span = { start: 1_200_000, end: 1_200_006 };
    const { example } = excerptPair(
      { text: 'needle', spans: [{ start: 0, end: 6 }] },
      { text, spans: [span] },
    );
    assert.match(textOf(example), /^…(alpha )+NEEDLE( omega)+…$/u);
    assert.deepEqual(sharedIn(example), ['NEEDLE']);
    assert.equal(lengthOf(example), text.length);
    assert.ok(textOf(example).length < 200);
  });

  test('shows a long stretch by its ends, and of many stretches the longest, in their order', () => {
    const text = `${'x'.repeat(5_000)} y`;
    const spans = [{ start: 0, end: 5_000 }];
    const { sample } = excerptPair({ text, spans }, { text, spans });
    assert.deepEqual(
      sample.map(({ kind }) => kind),
      ['shared', 'gap', 'shared', 'plain'],
    );
    const words = Array.from({ length: 500 }, (_, index) =>
      `w${index}`.padEnd(index === 250 ? 40 : 6, '_'),
    );
    const all = words.join(' | ');
    const many = words.map((word) => ({
      start: all.indexOf(word),
      end: all.indexOf(word) + word.length,
    }));
    const both = { text: all, spans: many };
    const shown = excerptPair(both, both);
    assert.ok(sharedIn(shown.sample).includes(words[250] ?? ''));
    assert.deepEqual(sharedIn(shown.sample), sharedIn(shown.example));
    assert.ok(textOf(shown.sample).length < 4_000);
  });

  test('has no more than it is given: spans outside a text, or on one side alone, are not marked', () => {
    const { sample, example } = excerptPair(
      {
        text: 'short',
        spans: [
          { start: 90, end: 95 },
          { start: 0, end: 5 },
        ],
      },
      { text: 'other', spans: [{ start: 0, end: 5 }] },
    );
    assert.equal(textOf(sample), 'short');
    assert.deepEqual(sharedIn(sample), []);
    assert.deepEqual(sharedIn(example), ['other']);
    assert.deepEqual(excerptPair(NOTHING, NOTHING), { sample: [], example: [] });
  });

  test('of any texts is a few thousand units, in whole characters, that stand there in this order', () => {
    fc.assert(
      fc.property(marked, marked, (sample, example) => {
        const pair = excerptPair(sample, example);
        for (const [side, { text, spans }] of [
          [pair.sample, sample],
          [pair.example, example],
        ] as const) {
          assert.equal(lengthOf(side), text.length);
          assert.ok(textOf(side).length < 4_000);
          let at = 0;
          for (const piece of side) {
            if (piece.kind === 'gap') at += piece.units;
            else {
              assert.equal(piece.text, text.slice(at, at + piece.text.length));
              assert.ok(piece.text.isWellFormed(), 'a character is cut in two');
              if (piece.kind === 'shared') {
                assert.ok(
                  spans.some(({ start, end }) => start <= at && at + piece.text.length <= end),
                );
              }
              at += piece.text.length;
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('never cuts a family of emoji or a letter from its marks', () => {
    for (const character of ['👩‍👩‍👧', 'e\u0301\u0323', '👍🏽']) {
      const text = `${character.repeat(400)}abcNEEDLEabc${character.repeat(400)}`;
      const start = text.indexOf('NEEDLE');
      const { example } = excerptPair(
        { text: 'needle', spans: [{ start: 0, end: 6 }] },
        { text, spans: [{ start, end: start + 6 }] },
      );
      const [, before, , behind] = example;
      assert.ok(before?.kind === 'plain' && behind?.kind === 'plain');
      for (const piece of [before.text, behind.text]) {
        assert.equal((piece.length - 3) % character.length, 0, JSON.stringify(piece));
      }
    }
  });
});
