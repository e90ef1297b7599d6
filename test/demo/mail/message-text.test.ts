import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitMessage } from '../../../src/demo/mail/message-source.js';
import { textOf } from '../../../src/demo/mail/message-text.js';

function text(...lines: readonly string[]): string {
  return textOf(splitMessage(lines.join('\n'))).trim();
}

function part(type: string, body: string): readonly string[] {
  return ['--b', `Content-Type: ${type}`, '', body];
}

const MIXED = 'Content-Type: multipart/mixed; boundary="b"';
const ALTERNATIVE = 'Content-Type: multipart/alternative;\n boundary=b';

describe('textOf', () => {
  test('gives a message without a type as it stands', () => {
    assert.equal(text('Subject: x', '', 'hello', 'there'), 'hello\nthere');
  });

  test('joins the text parts of a message and passes over its attachments', () => {
    const found = text(
      MIXED,
      '',
      'preamble',
      ...part('text/plain', 'one'),
      ...part('image/gif', 'R0lGODlh'),
      ...part('text/plain; charset=us-ascii', 'two'),
      '--b--',
      'epilogue',
    );
    assert.deepEqual(found.split(/\s+/), ['one', 'two']);
  });

  test('takes the plain one of alternatives, in whichever place', () => {
    const plain = part('text/plain', 'plain');
    const rich = part('text/html', '<p>rich</p>');
    assert.equal(text(ALTERNATIVE, '', ...plain, ...rich, '--b--'), 'plain');
    assert.equal(text(ALTERNATIVE, '', ...rich, ...plain, '--b--'), 'plain');
  });

  test('takes the words of HTML where there is no plain alternative', () => {
    assert.equal(text(ALTERNATIVE, '', ...part('text/html', '<p>rich</p>'), '--b--'), 'rich');
  });

  test('reads HTML that calls itself plain text as HTML', () => {
    assert.equal(text('Content-Type: text/plain', '', '<HTML><b>bold</b></HTML>'), 'bold');
  });

  test('decodes a part by its own encoding and charset', () => {
    const found = text(
      MIXED,
      '',
      '--b',
      'Content-Type: text/plain; charset="iso-8859-1"',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'caf=E9',
      '--b--',
    );
    assert.equal(found, 'café');
  });

  test('ends with the text where the last boundary is missing', () => {
    assert.equal(text(MIXED, '', ...part('text/plain', 'cut off')), 'cut off');
  });

  test('finds no text in an image', () => {
    assert.equal(text('Content-Type: image/png', '', 'iVBOR'), '');
  });

  test('gives up on parts that are nested without end, and reads those that are nested a little', () => {
    assert.equal(textOf(splitMessage(nested(3))).trim(), 'deep');
    assert.equal(textOf(splitMessage(nested(20))), '');
  });
});

/** A text in a multipart message in a multipart message, `depth` times. */
function nested(depth: number): string {
  if (depth === 0) return 'Content-Type: text/plain\n\ndeep';
  const boundary = `part-${depth}`;
  const header = `Content-Type: multipart/mixed; boundary=${boundary}`;
  return `${header}\n\n--${boundary}\n${nested(depth - 1)}\n--${boundary}--`;
}
