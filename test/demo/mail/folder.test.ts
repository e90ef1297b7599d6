import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MailGroup } from '../../../src/demo/mail/corpus.js';
import { FOLDERS, folderOf, type Folder } from '../../../src/demo/mail/folder.js';
import { splitMessage } from '../../../src/demo/mail/message-source.js';

function folder(group: MailGroup, ...headers: readonly string[]): Folder | null {
  return folderOf(group, splitMessage([...headers, '', 'body'].join('\n')).headers);
}

describe('folderOf', () => {
  const cases: readonly (readonly [name: string, folder: Folder | null, found: Folder | null])[] = [
    ['spam sent to a list', 'spam', folder('spam-2', 'List-Id: Users <ilug.lists.example>')],
    [
      'exmh, whose list id names spamassassin as well',
      'exmh',
      folder('easy-ham-1', 'List-Id: <exmh-users.spamassassin.example>'),
    ],
    ['fork', 'chat', folder('easy-ham-1', 'List-Id: Friends <fork.lists.example>')],
    ['a social list', 'ilug', folder('easy-ham-2', 'List-Id: <social.linux.ie>')],
    ['a packaging list', 'rpm', folder('easy-ham-1', 'List-Id: <rpm-list.lists.example>')],
    ['razor', 'razor', folder('easy-ham-2', 'List-Id: <razor-users.lists.example>')],
    [
      'spamassassin',
      'spamassassin',
      folder('hard-ham-1', 'List-Id: Talk about SpamAssassin <spamassassin-talk.lists.example>'),
    ],
    [
      'zzzzteana, which has no list id',
      'chat',
      folder('easy-ham-1', 'Cc: zzzzteana@lists.example'),
    ],
    ['a feed', 'news', folder('easy-ham-1', 'From: rssfeeds@host.example')],
    ['a perl newsletter', 'news', folder('easy-ham-1', 'To: use-perl@lists.example')],
    ['hard ham without a list', 'news', folder('hard-ham-1', 'From: shop@example.org')],
    ['hard ham of another list', null, folder('hard-ham-1', 'List-Id: <bugs.lists.example>')],
    ['other mail', null, folder('easy-ham-1', 'From: ada@example.org')],
  ];
  for (const [name, expected, found] of cases) {
    test(`files ${name} in ${expected ?? 'no folder'}`, () => assert.equal(found, expected));
  }

  test('names the folders in order, each once', () => {
    assert.deepEqual([...new Set(FOLDERS)].sort(), [...FOLDERS]);
  });
});
