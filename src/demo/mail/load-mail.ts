import { loadCorpus } from './corpus.js';
import type { RawMail } from './corpus.js';
import { decodeHeader } from './decode-text.js';
import { folderOf } from './folder.js';
import type { Folder } from './folder.js';
import { parseMailDate } from './mail-date.js';
import { header, splitMessage } from './message-source.js';
import { textOf } from './message-text.js';
import { plainSubject, promptText } from './prompt-text.js';
import { threadsOf } from './threads.js';
import type { ThreadedMessage } from './threads.js';

/** A message of the corpus as the demo uses it. */
export interface MailMessage {
  /** e.g. `spam-2/00317`. */
  readonly id: string;
  /** ISO 8601; the Date header's clock time read as UTC. */
  readonly time: string;
  readonly thread: string;
  /** The address in the From header, lower case: personal data. */
  readonly sender: string;
  /** Where the message was really filed. */
  readonly folder: Folder;
  /** What the assistant is asked about; names nothing that gives the folder away. */
  readonly promptText: string;
  /** From header, subject and text with quotations and signature, as the reader saw them: personal data. */
  readonly from: string;
  readonly subject: string;
  readonly body: string;
}

/** Why messages of the corpus are not in the demo. */
export interface MailBooks {
  readonly read: number;
  readonly kept: number;
  readonly dropped: {
    readonly undated: number;
    readonly otherYear: number;
    readonly otherFolder: number;
    readonly tooShort: number;
  };
}

const YEAR = '2002';

type Drop = keyof MailBooks['dropped'];

/** A message whose thread is not known yet, with what threads are found by. */
export interface ParsedMail {
  readonly message: Omit<MailMessage, 'thread'>;
  readonly threading: ThreadedMessage;
}

function addressIn(from: string): string {
  return (/[^\s<>"()]+@[^\s<>"()]+/.exec(from)?.[0] ?? from).toLowerCase();
}

function threadingOf(
  id: string,
  time: string,
  source: ReturnType<typeof splitMessage>,
): ThreadedMessage {
  const subject = decodeHeader(header(source.headers, 'subject'));
  const named = ['references', 'in-reply-to'].flatMap((name) => source.headers.get(name) ?? []);
  return {
    id,
    time,
    messageId: /<[^<>\s]+>/.exec(header(source.headers, 'message-id'))?.[0] ?? '',
    references: [...new Set(named.join(' ').match(/<[^<>\s]+>/g) ?? [])],
    isReply: /^\s*(?:\[[^\]]*\]\s*)?re(?:\[\d+\])?\s*:/i.test(subject),
    subject: plainSubject(subject).toLowerCase(),
  };
}

/** One message of the corpus, or why it is left out. */
export function parseMail(raw: RawMail): ParsedMail | Drop {
  const source = splitMessage(raw.source);
  const time = parseMailDate(header(source.headers, 'date'));
  if (time === null) return 'undated';
  if (!time.startsWith(YEAR)) return 'otherYear';
  const folder = folderOf(raw.group, source.headers);
  if (folder === null) return 'otherFolder';
  const subject = decodeHeader(header(source.headers, 'subject'));
  const body = textOf(source);
  const prompt = promptText(subject, body);
  if (prompt === null) return 'tooShort';
  const from = decodeHeader(header(source.headers, 'from'));
  const sender = addressIn(from);
  return {
    message: { id: raw.id, time, sender, folder, promptText: prompt, from, subject, body },
    threading: threadingOf(raw.id, time, source),
  };
}

function byTime({ message: a }: ParsedMail, { message: b }: ParsedMail): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Parses a corpus; messages come in order of (time, id). */
export function readMail(corpus: readonly RawMail[]): {
  readonly messages: readonly MailMessage[];
  readonly books: MailBooks;
} {
  const dropped: Record<Drop, number> = { undated: 0, otherYear: 0, otherFolder: 0, tooShort: 0 };
  const kept: ParsedMail[] = [];
  for (const raw of corpus) {
    const parsed = parseMail(raw);
    if (typeof parsed === 'string') dropped[parsed] += 1;
    else kept.push(parsed);
  }
  kept.sort(byTime);
  const threads = threadsOf(kept.map(({ threading }) => threading));
  const messages = kept.map(({ message }) => ({
    ...message,
    thread: threads.get(message.id) ?? message.id,
  }));
  return { messages, books: { read: corpus.length, kept: kept.length, dropped } };
}

/**
 * The mail of 2002 that the demo files, in order of (time, id).
 * @throws PrerequisiteError where the corpus' package is not installed.
 */
export async function loadMail(): Promise<readonly MailMessage[]> {
  return readMail(await loadCorpus()).messages;
}
