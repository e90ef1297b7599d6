import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { decodeBody, decodeHeader, stripHtml } from '../../../src/demo/mail/decode-text.js';

/** Quoted-printable as RFC 2045 allows it at its plainest: every byte escaped, soft line breaks between. */
function quoteEverything(text: string): string {
  const escaped = [...Buffer.from(text, 'utf8')].map(
    (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return escaped.map((code, index) => (index % 20 === 19 ? `${code}=\n` : code)).join('');
}

describe('decodeBody', () => {
  test('decodes quoted-printable that escapes every byte back to the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(decodeBody(quoteEverything(text), 'quoted-printable', 'utf-8'), decoded(text));
      }),
    );
  });

  test('decodes base64 back to the text, in lines or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = Buffer.from(text, 'utf8').toString('base64');
        const lines = encoded.replace(/(.{10})/g, '$1\n');
        assert.equal(decodeBody(lines, 'Base64', 'utf-8'), decoded(text));
      }),
    );
  });

  test('leaves text between escapes, and an equals sign that is no escape, as they are', () => {
    assert.equal(decodeBody('caf=E9 =3D 1 =zz', 'quoted-printable', 'iso-8859-1'), 'café = 1 =zz');
  });

  test('joins soft line breaks and keeps hard ones', () => {
    assert.equal(decodeBody('one =\ntwo\nthree', 'quoted-printable', 'utf-8'), 'one two\nthree');
  });

  test('reads bytes of a charset nobody knows as Latin-1', () => {
    assert.equal(decodeBody('=E9', 'quoted-printable', 'x-nobody-knows'), 'é');
  });

  test('leaves other encodings alone', () => {
    assert.equal(decodeBody('=41', '7bit', 'utf-8'), '=41');
  });
});

/** What a decoder makes of a text's bytes: a leading byte order mark is no text. */
function decoded(text: string): string {
  return new TextDecoder().decode(Buffer.from(text, 'utf8'));
}

describe('decodeHeader', () => {
  const cases: readonly (readonly [header: string, text: string])[] = [
    ['=?iso-8859-1?Q?Caf=E9_?= =?utf-8?B?b3Blbg==?=', 'Café open'],
    ['Re: =?UTF-8?q?gr=C3=BCn?= and plain', 'Re: grün and plain'],
    ['nothing encoded = here?', 'nothing encoded = here?'],
  ];
  for (const [header, text] of cases) {
    test(`reads "${header}" as "${text}"`, () => assert.equal(decodeHeader(header), text));
  }
});

describe('stripHtml', () => {
  test('keeps the words and drops styles, scripts, comments and tags', () => {
    const html =
      '<html><style>p{color:red}</style><!-- hidden --><script>steal()</script><p>Buy <b>now</b></p></html>';
    assert.deepEqual(stripHtml(html).trim().split(/\s+/), ['Buy', 'now']);
  });

  test('keeps words apart that only a tag kept apart', () => {
    assert.equal(stripHtml('one<br>two').trim(), 'one\ntwo');
  });

  test('decodes entities by name and number and leaves unknown ones', () => {
    assert.equal(stripHtml('a&nbsp;&amp; &#233;&#x41; &unknown; &#0;'), 'a & éA &unknown; &#0;');
  });

  test('leaves a less-than sign that begins no tag', () => {
    assert.equal(stripHtml('1 < 2 and 3 > 2'), '1 < 2 and 3 > 2');
  });
});
