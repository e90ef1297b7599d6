import type { MailGroup } from './corpus.js';
import type { Headers } from './message-source.js';
import { header } from './message-source.js';

/** The folders that the demo's assistant files mail into, in the order of their names. */
export const FOLDERS = [
  'chat',
  'exmh',
  'ilug',
  'news',
  'razor',
  'rpm',
  'spam',
  'spamassassin',
] as const;
export type Folder = (typeof FOLDERS)[number];

/**
 * Lists by a piece of their List-Id, the first that fits. The archive's addresses were rewritten to
 * `spamassassin.taint.org`, so that name alone says nothing and exmh has to come before spamassassin.
 */
const LISTS: readonly (readonly [piece: RegExp, folder: Folder])[] = [
  [/exmh/, 'exmh'],
  [/fork/, 'chat'],
  [/ilug|social\.linux\.ie|webdev\.linux\.ie/, 'ilug'],
  [/rpm/, 'rpm'],
  [/razor/, 'razor'],
  [/spamassassin/, 'spamassassin'],
];

function addressees(headers: Headers): string {
  return ['to', 'cc']
    .flatMap((name) => headers.get(name) ?? [])
    .join(' ')
    .toLowerCase();
}

/**
 * The folder a message was really filed in, read from where it came from: the corpus' spam groups, the
 * mailing list's id, the feed reader's sender. `null` where nothing says (about 6 % of the corpus).
 * None of what is read here is in the prompt.
 */
export function folderOf(group: MailGroup, headers: Headers): Folder | null {
  if (group === 'spam-1' || group === 'spam-2') return 'spam';
  const listId = header(headers, 'list-id').toLowerCase();
  const list = listId === '' ? undefined : LISTS.find(([piece]) => piece.test(listId));
  if (list !== undefined) return list[1];
  const to = addressees(headers);
  if (to.includes('zzzzteana')) return 'chat';
  if (/rssfeeds/i.test(header(headers, 'from')) || to.includes('use-perl')) return 'news';
  return group === 'hard-ham-1' && listId === '' ? 'news' : null;
}
