import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { type ByteWriter, createByteWriter } from '../../src/formats/byte-writer.js';

describe('byte writer', () => {
  test('what was gathered is what was given, one behind the other', () => {
    const writer = createByteWriter();
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ minLength: 90, maxLength: 100 }),
      fc.string({ minLength: 30, maxLength: 34 }),
      fc.constantFrom('', '"', '\\', '\u001f', '\u007f', '\u0080', '\ud800', 'x'.repeat(20_000)),
    );
    const part = fc.oneof(
      fc.record({ kind: fc.constantFrom('json', 'bytes', 'range', 'again'), text }),
      fc.record({ kind: fc.constant('text'), text: text.filter((each) => each.isWellFormed()) }),
      fc.record({
        kind: fc.constant('quoted'),
        text: fc.string({ unit: 'grapheme' }).filter(isPlain),
      }),
      fc.record({ kind: fc.constant('whole'), number: fc.maxSafeNat() }),
      fc.record({
        kind: fc.constant('whole'),
        number: fc
          .tuple(fc.nat({ max: 15 }), fc.constantFrom(0, 1))
          .map(([power, less]) => 10 ** power - less),
      }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        writer.clear();
        let expected = '';
        for (const { kind, text = '', number = 0 } of parts as readonly Part[]) {
          if (kind === 'json') writer.json(text);
          else if (kind === 'text') writer.text(text);
          else if (kind === 'quoted') writer.quoted(text);
          else if (kind === 'whole') writer.whole(number);
          else if (kind === 'bytes') writer.bytes(Buffer.from(text));
          else if (kind === 'range') writeRange(text, writer);
          else writer.again(0, writer.length());
          if (kind === 'json' || kind === 'quoted') expected += JSON.stringify(text);
          else if (kind === 'whole') expected += String(number);
          else if (kind === 'again') expected += expected;
          else expected += Buffer.from(text).toString();
        }
        assert.equal(Buffer.from(writer.part(0, writer.length())).toString(), expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

function writeRange(text: string, writer: ByteWriter): void {
  const length = Buffer.byteLength(text);
  writer.range(Buffer.from(`before ${text} behind`), 7, 7 + length);
}

function isPlain(text: string): boolean {
  return JSON.stringify(text) === `"${text}"`;
}

interface Part {
  readonly kind: string;
  readonly text?: string;
  readonly number?: number;
}
