import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header, splitMessage } from '../../../src/demo/mail/message-source.js';

const SOURCE = [
  'From ada@lists.example  Thu Aug 22 12:36:23 2002',
  'Received: by one',
  'Received: by two',
  'Subject: a subject',
  '  that goes on',
  'X-Empty:',
  'not a header line',
  '',
  'Body: is no header',
  '',
  'end',
].join('\n');

describe('splitMessage', () => {
  test('unfolds continued lines and passes over what is no field', () => {
    const { headers } = splitMessage(SOURCE);
    assert.equal(header(headers, 'subject'), 'a subject that goes on');
    assert.deepEqual([...headers.keys()], ['received', 'subject', 'x-empty']);
    assert.equal(header(headers, 'x-empty'), '');
  });

  test('keeps every value of a repeated field, in order', () => {
    assert.deepEqual(splitMessage(SOURCE).headers.get('received'), ['by one', 'by two']);
  });

  test('begins the body after the first empty line and keeps later ones', () => {
    assert.equal(splitMessage(SOURCE).body, 'Body: is no header\n\nend');
  });

  test('reads line ends of either kind alike', () => {
    assert.deepEqual(splitMessage(SOURCE.replaceAll('\n', '\r\n')), splitMessage(SOURCE));
  });

  test('gives an empty body where there is no empty line', () => {
    assert.equal(splitMessage('Subject: only this').body, '');
  });

  test("keeps a header whose name is one of an object's own", () => {
    const { headers } = splitMessage('constructor: x\n__proto__: y\n\nbody');
    assert.deepEqual(headers.get('constructor'), ['x']);
    assert.equal(header(headers, 'tostring'), '');
  });
});
