import type { Folder } from './mail/folder.js';
import type { LogEntry } from './log-line.js';
import type { RandomSource } from './seeded-random.js';

/** What colleagues write above a message that they paste to try the assistant. */
const GREETINGS = [
  'hi team, can you file this one: ',
  'FYI: ',
  'please sort this: ',
  'not sure where this belongs, ',
  'another one for you - ',
  'where does this go? ',
] as const;

/** Where a message lands whose filing goes wrong: the folder that its own is taken for. */
export const NEIGHBOURS: Readonly<Record<Folder, Folder>> = {
  chat: 'news',
  exmh: 'ilug',
  ilug: 'rpm',
  news: 'spam',
  razor: 'spamassassin',
  rpm: 'ilug',
  spam: 'news',
  spamassassin: 'razor',
};

const LOWER_SHARE = 0.5;
const UPPER_SHARE = 0.15;
const NO_PUNCTUATION_SHARE = 0.6;

/**
 * A text as somebody pastes it: a greeting in front, half of them in lower case, some in capitals, most
 * without the punctuation around words. The words stay, and so do addresses and numbers.
 */
export function disguise(text: string, random: RandomSource): string {
  const draw = random();
  const cased =
    draw < LOWER_SHARE
      ? text.toLowerCase()
      : draw < LOWER_SHARE + UPPER_SHARE
        ? text.toUpperCase()
        : text;
  const plain = random() < NO_PUNCTUATION_SHARE ? withoutPunctuation(cased) : cased;
  return `${GREETINGS[Math.floor(random() * GREETINGS.length)] ?? GREETINGS[0]}${plain}`;
}

function withoutPunctuation(text: string): string {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '')
    .join(' ');
}

/**
 * An eval sample pasted into the logs: a record of its own, by a sender and in a thread of its own, so
 * that nothing but its text ties it to the sample, and filed rightly.
 */
export function pasteSample(
  sample: { readonly id: string; readonly prompt: string; readonly label: Folder },
  number: number,
  time: string,
  random: RandomSource,
): LogEntry {
  const prompt = disguise(sample.prompt, random);
  const sender = `colleague-${number}@example.org`;
  return {
    id: `pasted:${sample.id}`,
    time,
    thread: `pasted-${number}`,
    sender,
    mail: { from: sender, subject: '', text: prompt },
    prompt,
    filedIn: sample.label,
  };
}

/** The entry filed wrongly: in its folder's neighbour. */
export function misfile(entry: LogEntry): LogEntry {
  return { ...entry, filedIn: NEIGHBOURS[entry.filedIn] };
}
