import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plainSubject, promptText } from '../../../src/demo/mail/prompt-text.js';

describe('plainSubject', () => {
  const cases: readonly (readonly [subject: string, plain: string])[] = [
    ['Re: [ILUG] Re: mouse wheel', 'mouse wheel'],
    ['[Razor-users] Fwd: a  question', 'a question'],
    ['RE[2]: prices', 'prices'],
    ['a tag at the [end]', 'a tag at the [end]'],
    ['Regarding: nothing', 'Regarding: nothing'],
    ['', ''],
  ];
  for (const [subject, plain] of cases) {
    test(`takes "${subject}" as "${plain}"`, () => assert.equal(plainSubject(subject), plain));
  }
});

describe('promptText', () => {
  test('leaves out quotations, who was quoted, the signature and the footer', () => {
    const body = [
      'On Monday Ada wrote:',
      '> is the quoted line here',
      '| and here',
      'my own words are these',
      'URL: http://lists.example/',
      '-- ',
      'Grace, of the signature',
      '_______________________',
      'List mailing list footer',
    ].join('\n');
    assert.equal(
      promptText('Re: [LIST] the subject', body),
      'the subject . my own words are these',
    );
  });

  test('stops at the footer where there is no signature', () => {
    assert.equal(
      promptText('one two three', 'four five six\n________\nseven'),
      'one two three . four five six',
    );
  });

  test('keeps the first forty words', () => {
    const words = Array.from({ length: 100 }, (_, index) => `w${index}`);
    const prompt = promptText('subject', words.join(' \n ')) ?? '';
    assert.equal(prompt, ['subject', '.', ...words.slice(0, 38)].join(' '));
  });

  test('is null for a message of fewer than six words, the full stop counted', () => {
    assert.equal(promptText('one two', 'three four'), null);
    assert.equal(promptText('one two', 'three four five'), 'one two . three four five');
  });
});
