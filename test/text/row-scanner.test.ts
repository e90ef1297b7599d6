import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { hasSigns } from '../../src/contamination/plain-text.js';
import { createKernel, type Kernel } from '../../src/text/kernel.js';
import { INCOMPLETE, UNUSUAL } from '../../src/text/row-scanner.js';

const kernel: Kernel = createKernel() ?? assert.fail('this engine has no SIMD');
const { scanner } = kernel;

/** A line as the scanner reads it: the row, or `null` where it leaves the line to `JSON.parse`. */
function scanned(line: string): Readonly<Record<string, unknown>> | null {
  const bytes = Buffer.from(line);
  scanner.input.set(bytes);
  scanner.input[bytes.length] = 0x0a;
  const count = scanner.scan(0, bytes.length, true);
  if (count === UNUSUAL) return null;
  assert.ok(count > 0);
  assert.equal(scanner.rowEnd(), bytes.length);
  const members = [...scanner.keepSkeleton().matchAll(/([^"]*)"([a-z])/gu)];
  assert.equal(members.length, count);
  assert.ok(scanner.isAsKept());
  return Object.fromEntries(
    members.map(([, key = '', kind = ''], member) => [key, valueOf(member, kind)]),
  );
}

function valueOf(member: number, kind: string): unknown {
  const outer = scanner.input.subarray(scanner.outerStart(member), scanner.outerEnd(member));
  const value: unknown = JSON.parse(Buffer.from(outer).toString('utf8'));
  if (kind === 's' || kind === 'e') {
    const [start, end] = [scanner.valueStart(member), scanner.valueEnd(member)];
    const length = scanner.take(start, end, scanner.hasEscapes(member));
    assert.equal(length === 0, kind === 'e');
    const text = Buffer.from(kernel.utf8(length)).toString('utf8');
    assert.equal(text, value);
    return text;
  }
  const kinds = new Map<unknown, string>([
    [null, 'z'],
    [true, 't'],
    [false, 'f'],
  ]);
  assert.equal(kinds.get(value) ?? 'n', kind);
  return value;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether two values are one, and no row with a key twice, which a list of members can't show. */
function assertSame(line: string): void {
  const row = scanned(line);
  if (row === null) return;
  assert.deepEqual(row, parsed(line), line);
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('a', '"', '\\', '\n', '\u0007', 'é', '/', '😀'),
    maxLength: 60,
  }),
);
const plainRow = fc.dictionary(
  fc.string({ maxLength: 8 }),
  fc.oneof(text, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)),
  { minKeys: 1, maxKeys: 6 },
);
/** Pieces that lines of JSON are made of, whole and broken. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...'{}[]",:\\'.split(''),
      ...['{"a":', '"b"', '"', '\\n', '\\u0041', '\\ud83d', '\\u00e9', '\\x', '-', '0', '12', '.5'],
      ...['e3', 'E+', 'true', 'false', 'null', 'tru', ' ', '\t', '\r', '\u0001', 'é', 'plain text'],
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

describe('the row scanner', () => {
  test('reads every row of plain values, escapes of all kinds among them', () => {
    const escapes = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).join('');
    const row = { id: 'd1', text: escapes, at: -12.5e-3, flag: true, other: false, none: null };
    const line = JSON.stringify(row).replace(
      /[\u007f-\uffff]/gu,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    assert.deepEqual(scanned(line), row);
    assert.deepEqual(scanned(`\t{ "a" :\r"b/\\/" , "n" : 0 }  \r`), { a: 'b//', n: 0 });
    assert.deepEqual(scanned('{"a":""}'), { a: '' });
    assert.deepEqual(scanned(JSON.stringify({ a: 'x'.repeat(70), b: '\n' })), {
      a: 'x'.repeat(70),
      b: '\n',
    });
  });

  test('reads characters of one to four bytes, and escapes of all their units', () => {
    const codes = [0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x10000, 0x1f600, 0x10ffff];
    const row = { id: 'é1', text: `a${String.fromCodePoint(...codes)}z`.repeat(3), last: 'x' };
    const escaped = JSON.stringify(row).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    assert.deepEqual(scanned(JSON.stringify(row)), row);
    assert.deepEqual(scanned(escaped), row);
  });

  test('takes no bytes that are not UTF-8, and all that are', () => {
    const byte = fc.oneof(
      fc.integer({ min: 0x80, max: 0xff }),
      fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x61),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 5 }), (bytes) => {
        const line = Buffer.from([...Buffer.from('{"a":"b'), ...bytes, ...Buffer.from('"}\n')]);
        scanner.input.set(line);
        assert.equal(scanner.scan(0, line.length - 1, true), isUtf8(line) ? 1 : UNUSUAL);
      }),
      { numRuns: 20_000 },
    );
  });

  test('leaves to the parser what is no such row', () => {
    const lines = [
      ...['', ' ', '{}', '[]', '"a"', '1', '{"a":[]}', '{"a":{}}', '{"é":"b"}', '{"é":1}'],
      ...[
        '{"a":"\\ude00"}',
        '{"a":"\\ud83d"}',
        '{"a":"\\ud83d\\u0041"}',
        '{"a":"\\ud83d\\n"}',
        '{"a\\n":1}',
        '{"a":"\t"}',
        '{"a":1}}',
      ],
      ...['{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":1e}', '{"a":-}', '{"a":tru}'],
      ...['{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":1,}', '{"a" 1}', '{a:1}', '{"a":1', '{"a":"b'],
      ...['{"a":1} {', '\ufeff{"a":1}', '{"a":nullx}', '{"a":1 2}', '{"a":NaN}', '\u00a0{"a":1}'],
    ];
    for (const line of lines) assert.equal(scanned(line), null, line);
  });

  test('reads a row as JSON.parse does, or leaves it', () => {
    fc.assert(
      fc.property(plainRow, fc.constantFrom(0, 1), (row, indent) => {
        assertSame(JSON.stringify(row, null, indent).replaceAll('\n', ' '));
      }),
    );
    fc.assert(fc.property(pieces, assertSame), { numRuns: 3_000 });
  });

  test('takes no line that JSON.parse refuses, whatever byte of a good one is another', () => {
    const good = Buffer.from(
      '{"id": "d1", "n": -1.5e+3, "ok": true, "text": "some\\n text \\u0041"}',
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (place, byte) => {
        if (byte === 0x0a) return;
        const bytes = Buffer.from(good);
        bytes[place] = byte;
        const line = bytes.toString('latin1');
        if (scanned(line) !== null) assert.notEqual(parsed(line), undefined, line);
      }),
      { numRuns: 2_000 },
    );
  });

  test('says of a line that is cut off anywhere that it is not complete, or leaves it', () => {
    const line = '{"id": "d1", "n": -1.5e+3, "ok": true, "text": "some\\n text \\u0041"}';
    for (let length = 0; length < line.length; length += 1) {
      scanner.input.set(Buffer.from(line.slice(0, length)));
      scanner.input[length] = 0x0a;
      const found = scanner.scan(0, length, false);
      assert.ok(found === INCOMPLETE || found === UNUSUAL, `${length}`);
    }
    scanner.input.set(Buffer.from(`${line}\n`));
    assert.equal(scanner.scan(0, line.length + 1, false), 4);
  });

  test('knows rows with other keys, or values of other kinds, from those that were kept', () => {
    const isAsKept = (line: string): boolean => {
      scanner.input.set(Buffer.from(`${line}\n`));
      assert.ok(scanner.scan(0, line.length, true) > 0);
      return scanner.isAsKept();
    };
    scanned('{"id":"d1","text":"some"}');
    assert.ok(isAsKept('{ "id": "d2", "text": "other\\n" }'));
    for (const line of [
      '{"id":1,"text":"some"}',
      '{"id":"","text":"some"}',
      '{"id":"d1","texts":"some"}',
      '{"text":"some","id":"d1"}',
      '{"id":"d1"}',
      '{"id":"d1","text":"some","more":null}',
    ]) {
      assert.equal(isAsKept(line), false, line);
    }
  });
});

describe('a text that was taken', () => {
  /** Parts of which some are signs, some nearly, and some too far for one block of bytes. */
  const parts = fc.array(
    fc.constantFrom(
      ...['a', 'é ', '\n', '\n ', '1', '12. ', '1234) ', '> ', '\t', '.', ') ', '](', ']', '('],
      ...['&', '<', '\\', '*', '_', '`', '~', 'plain words of some length '],
    ),
    { maxLength: 12 },
  );

  test('has signs of markup where the plain path finds them', () => {
    let marked = 0;
    fc.assert(
      fc.property(parts, (list) => {
        const own = list.join('');
        const bytes = Buffer.from(own);
        scanner.input.set(bytes);
        const length = scanner.take(0, bytes.length, false);
        assert.equal(scanner.takenHasSigns(length), hasSigns(own));
        marked += hasSigns(own) ? 1 : 0;
      }),
      { numRuns: 3_000 },
    );
    assert.ok(marked > 300 && marked < 2_900);
  });

  test('is plain without any', () => {
    const bytes = Buffer.from('In 2024. he said 3.5 (or so), and left\n2024. Then [1] nothing.');
    scanner.input.set(bytes);
    assert.equal(scanner.takenHasSigns(scanner.take(0, bytes.length, false)), false);
  });
});
