import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { besidesOf, isBesides } from '../../src/formats/dataset-besides.js';

describe('what a row is trained on beside its texts', () => {
  test('is empty where there is nothing, or the columns that count are named', () => {
    assert.equal(besidesOf({ text: 'a', id: 1, meta: {}, tools: null, rejected: '' }, null), '');
    assert.equal(
      besidesOf({ messages: [{ role: 'user', content: ['a', { text: 'b' }] }] }, null),
      '',
    );
    assert.equal(besidesOf({ prompt: 'a', rejected: 'b' }, ['prompt']), '');
    assert.equal(isBesides('rejected') && !isBesides('text'), true);
  });

  test('is the same whatever the order of members, and another for other values', () => {
    const tools = [{ name: 'a', parameters: { x: 1, y: 2 } }];
    const turned = [{ parameters: { y: 2, x: 1 }, name: 'a' }];
    const own = besidesOf({ text: 'a', rejected: 'b', tools }, null);
    assert.equal(besidesOf({ tools: turned, rejected: 'b', text: 'a' }, null), own);
    assert.notEqual(besidesOf({ text: 'a', rejected: 'c', tools }, null), own);
  });

  test('says in which message a part stands', () => {
    const [image, text] = [
      { type: 'image', url: 'a' },
      { role: 'user', content: 'a' },
    ];
    const with0 = besidesOf({ messages: [{ role: 'user', content: [image] }, text] }, null);
    const with1 = besidesOf({ messages: [text, { role: 'user', content: [image] }] }, null);
    assert.notEqual(with0, with1);
    assert.notEqual(with0, '');
  });

  test('is refused where it is nested too deeply to be compared', () => {
    const tools: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    assert.throws(() => besidesOf({ text: 'a', tools }, null), /nested too deeply/u);
  });
});
