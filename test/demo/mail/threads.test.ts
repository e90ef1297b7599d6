import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { threadsOf, type ThreadedMessage } from '../../../src/demo/mail/threads.js';

function message(id: string, day: number, changes: Partial<ThreadedMessage> = {}): ThreadedMessage {
  return {
    id,
    time: new Date(Date.UTC(2002, 7, day)).toISOString(),
    messageId: `<${id}@example.org>`,
    references: [],
    isReply: false,
    subject: id,
    ...changes,
  };
}

/** Ids by thread, each group and the groups sorted. */
function groups(messages: readonly ThreadedMessage[]): readonly string[] {
  const byThread = new Map<string, string[]>();
  for (const [id, thread] of threadsOf(messages)) {
    byThread.set(thread, [...(byThread.get(thread) ?? []), id]);
  }
  return [...byThread.values()].map((ids) => ids.sort().join(' ')).sort();
}

describe('threadsOf', () => {
  test('joins a message to what it references, in any depth', () => {
    const found = groups([
      message('a', 1),
      message('b', 2, { references: ['<a@example.org>'] }),
      message('c', 3, { references: ['<b@example.org>'] }),
      message('d', 4),
    ]);
    assert.deepEqual(found, ['a b c', 'd']);
  });

  test('joins messages that reference one that is not there', () => {
    const references = ['<gone@example.org>'];
    assert.deepEqual(groups([message('a', 1, { references }), message('b', 2, { references })]), [
      'a b',
    ]);
  });

  test('joins a reply without references to the last message of its subject', () => {
    const subject = 'lunch';
    const found = groups([
      message('a', 1, { subject }),
      message('b', 8, { subject }),
      message('c', 9, { subject, isReply: true }),
    ]);
    assert.deepEqual(found, ['a', 'b c']);
  });

  test('does not join a reply to what is older than two weeks', () => {
    const subject = 'lunch';
    const found = groups([
      message('a', 1, { subject }),
      message('b', 16, { subject, isReply: true }),
    ]);
    assert.deepEqual(found, ['a', 'b']);
  });

  test('does not join messages of one subject that are no replies', () => {
    const found = groups([
      message('a', 1, { subject: 'news' }),
      message('b', 2, { subject: 'news' }),
    ]);
    assert.deepEqual(found, ['a', 'b']);
  });

  test('says nothing about a message in the name of its thread', () => {
    for (const thread of threadsOf([message('a', 1), message('b', 2)]).values()) {
      assert.match(thread, /^thread-[0-9a-f]{16}$/);
    }
  });

  test('finds the connected parts of any graph of references, as a flood fill does', () => {
    const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const messages = Array.from({ length: 12 }, (_, n) =>
          message(`m${n}`, 1, {
            references: pairs
              .filter(([from]) => from === n)
              .map(([, to]) => `<m${to}@example.org>`),
          }),
        );
        assert.deepEqual(groups(messages), floodFill(12, pairs));
      }),
    );
  });
});

function floodFill(
  count: number,
  pairs: readonly (readonly [number, number])[],
): readonly string[] {
  const seen = new Set<number>();
  const found: string[] = [];
  for (let start = 0; start < count; start += 1) {
    const part: number[] = [];
    const open = [start];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const node = next;
      if (seen.has(node)) continue;
      seen.add(node);
      part.push(node);
      open.push(...pairs.filter(([a]) => a === node).map(([, b]) => b));
      open.push(...pairs.filter(([, b]) => b === node).map(([a]) => a));
    }
    if (part.length > 0)
      found.push(
        part
          .map((n) => `m${n}`)
          .sort()
          .join(' '),
      );
  }
  return found.sort();
}
