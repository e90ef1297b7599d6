import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { promptText } from '../../src/domain/record.js';
import { otherTextsOf } from '../../src/formats/dataset-others.js';
import { layoutOf } from '../../src/formats/dataset-layout.js';
import { readDatasetText } from '../../src/formats/dataset-row.js';

type Row = Readonly<Record<string, unknown>>;

function kindOf(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'e' : 's';
  if (typeof value === 'number') return 'n';
  if (value === null) return 'z';
  return value === true ? 't' : 'f';
}

function skeletonOf(row: Row): string {
  return Object.entries(row)
    .map(([key, value]) => `${key}"${kindOf(value)}`)
    .join('');
}

const KEYS = [
  ...['id', 'text', 'prompt', 'completion', 'instruction', 'input', 'output', 'question', 'answer'],
  ...[
    'passage',
    'context',
    'label',
    'messages',
    'options',
    'choices',
    'reference',
    '__proto__',
    'x',
  ],
] as const;
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('mark 0', 'mark 1', '{"a": 1}', '[]', 'user', ''),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const rows = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), value), { minLength: 1, maxLength: 5 })
  .map((entries) => JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Row);
const fields = fc.option(fc.subarray([...KEYS, 'x.text'], { minLength: 1, maxLength: 2 }));

describe('the layout of rows', () => {
  test('says where the prompt and the id are', () => {
    assert.deepEqual(layoutOf('id"stext"s', null), { prompt: 1, id: 0, others: [] });
    assert.deepEqual(layoutOf('text"slabel"zid"n', null), { prompt: 0, id: 2, others: [] });
    assert.deepEqual(layoutOf('input"sinstruction"e', null), { prompt: 0, id: null, others: [] });
    assert.deepEqual(layoutOf('url"stext"sid"snote"s', null), { prompt: 1, id: 2, others: [0, 3] });
    assert.deepEqual(layoutOf('body"stext"s', ['body']), { prompt: 0, id: null, others: [] });
  });

  test('is none where more than one text is taken, an answer, a number, or nothing', () => {
    const none = ['prompt"scompletion"s', 'text"slabel"n', 'text"n', 'text"e', 'other"s', 'id"s'];
    for (const skeleton of none) assert.equal(layoutOf(skeleton, null), null, skeleton);
    for (const skeleton of ['prompt"srejected"s', 'text"slabel"t', 'text"stools"n']) {
      assert.equal(layoutOf(skeleton, null), null, skeleton);
    }
    assert.deepEqual(layoutOf('text"srejected"s', ['text']), { prompt: 0, id: null, others: [] });
    assert.equal(layoutOf('text"stext"s', null), null);
    assert.equal(layoutOf('a"sb"s', ['a', 'b']), null);
    assert.equal(layoutOf('a"s', ['b']), null);
  });

  test('gives of every row what reading it gives', () => {
    let count = 0;
    fc.assert(
      fc.property(rows, fields, (row, named) => {
        const layout = layoutOf(skeletonOf(row), named);
        if (layout === null) return;
        count += 1;
        const values = Object.values(row);
        const text = readDatasetText(row, named) ?? assert.fail('a layout of what has no text');
        assert.equal(promptText(text.messages), values[layout.prompt]);
        assert.deepEqual(
          [text.messages.length, text.answer, text.id],
          [1, null, layout.id === null ? null : values[layout.id]],
        );
        const others = new Set(layout.others.map((member) => values[member]));
        const known = text.messages.map(({ content }) => content);
        for (const other of otherTextsOf(row, named, known)) assert.ok(others.has(other.text));
      }),
      { numRuns: 3_000 },
    );
    assert.ok(count > 100);
  });
});
