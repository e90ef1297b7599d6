import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { RawMail } from '../../../src/demo/mail/corpus.js';
import { FOLDERS } from '../../../src/demo/mail/folder.js';
import {
  loadMail,
  parseMail,
  readMail,
  type MailMessage,
} from '../../../src/demo/mail/load-mail.js';
import { PrerequisiteError } from '../../../src/domain/errors.js';
import { startOfIsoWeek } from '../../../src/domain/window.js';

const BODY = 'these are six words of text';

function mail(id: string, headers: readonly string[], body = BODY): RawMail {
  const source = [...headers, 'List-Id: <ilug.lists.example>', '', body].join('\n');
  return { id: `easy-ham-1/${id}`, group: 'easy-ham-1', source };
}

const REPLY = mail('00002', [
  'From: "Grace H." <Grace@Example.org>',
  'Subject: [ILUG] Re: the mouse',
  'Date: Tue, 13 Aug 2002 10:00:00 +0100',
  'Message-Id: <2@example.org>',
  'In-Reply-To: Your message of Monday <1@example.org>',
]);
const FIRST = mail('00001', [
  'From: ada@example.org (Ada)',
  'Subject: [ILUG] the mouse',
  'Date: Mon, 12 Aug 2002 10:00:00 +0100',
  'Message-Id: <1@example.org>',
]);

describe('readMail', () => {
  test('reads a message with its time, sender, folder and what the assistant is asked', () => {
    const [first] = readMail([FIRST]).messages;
    assert.ok(first !== undefined);
    const { thread, ...rest } = first;
    assert.match(thread, /^thread-/);
    assert.deepEqual(rest, {
      id: 'easy-ham-1/00001',
      time: '2002-08-12T10:00:00.000Z',
      sender: 'ada@example.org',
      folder: 'ilug',
      promptText: `the mouse . ${BODY}`,
      from: 'ada@example.org (Ada)',
      subject: '[ILUG] the mouse',
      body: BODY,
    });
  });

  test('orders messages by time whatever the order of the corpus, and joins a reply to its thread', () => {
    const { messages } = readMail([REPLY, FIRST]);
    assert.deepEqual(
      messages.map(({ id }) => id),
      ['easy-ham-1/00001', 'easy-ham-1/00002'],
    );
    assert.equal(messages[0]?.thread, messages[1]?.thread);
    assert.equal(messages[1]?.sender, 'grace@example.org');
    assert.deepEqual(readMail([FIRST, REPLY]).messages, messages);
  });

  test('says of every message that is left out why', () => {
    const date = 'Date: Mon, 12 Aug 2002 10:00:00 +0100';
    const other: RawMail = {
      id: 'easy-ham-1/9',
      group: 'easy-ham-1',
      source: `${date}\n\n${BODY}`,
    };
    const corpus = [
      FIRST,
      mail('3', ['Date: someday']),
      mail('4', ['Date: Mon, 12 Aug 2003 10:00:00']),
      mail('5', [date], 'too short'),
      other,
    ];
    assert.deepEqual(readMail(corpus).books, {
      read: 5,
      kept: 1,
      dropped: { undated: 1, otherYear: 1, tooShort: 1, otherFolder: 1 },
    });
  });

  test('shows the assistant nothing that names the list', () => {
    const parsed = parseMail(FIRST);
    assert.ok(typeof parsed !== 'string');
    assert.doesNotMatch(parsed.message.promptText, /ilug/i);
  });
});

async function corpusMail(t: TestContext): Promise<readonly MailMessage[] | null> {
  try {
    return await loadMail();
  } catch (error) {
    if (!(error instanceof PrerequisiteError)) throw error;
    t.skip('the mail corpus is not installed');
    return null;
  }
}

describe('the corpus', () => {
  test('has the messages that the demo was measured on, by folder and fortnight', async (t) => {
    const messages = await corpusMail(t);
    if (messages === null) return;
    const count = (folder: string, from: string, until: string): number => {
      const [start, end] = [startOfIsoWeek(from), startOfIsoWeek(until)];
      return messages.filter((message) => {
        const time = Date.parse(message.time);
        return message.folder === folder && time >= start && time < end;
      }).length;
    };
    const counts = FOLDERS.map((folder) => [
      folder,
      count(folder, '2002-W28', '2002-W33'),
      count(folder, '2002-W33', '2002-W35'),
      count(folder, '2002-W35', '2002-W37'),
      count(folder, '2002-W37', '2002-W39'),
    ]);
    assert.equal(messages.length, 5445);
    // Counted once by another program: two messages of spam more, whose dates are written year first.
    assert.deepEqual(counts, [
      ['chat', 281, 173, 238, 200],
      ['exmh', 43, 48, 35, 60],
      ['ilug', 318, 182, 56, 0],
      ['news', 175, 33, 26, 28],
      ['razor', 89, 56, 27, 21],
      ['rpm', 84, 66, 47, 15],
      ['spam', 655, 87, 158, 149],
      ['spamassassin', 39, 41, 95, 37],
    ]);
  });

  test('is read alike every time, in order of time, with no id twice', async (t) => {
    const messages = await corpusMail(t);
    if (messages === null) return;
    assert.deepEqual(await loadMail(), messages);
    assert.equal(new Set(messages.map(({ id }) => id)).size, messages.length);
    const times = messages.map(({ time }) => time);
    assert.deepEqual([...times].sort(), times);
  });
});
