import { FOLDERS } from '../../src/demo/mail/folder.js';
import type { MailMessage } from '../../src/demo/mail/load-mail.js';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { startOfIsoWeek } from '../../src/domain/window.js';

const WORDS = 40;
/** So many that two messages don't share a run of words by chance. */
const VOCABULARY = 20_000;

/** Messages spread evenly over the weeks W28 to W38 of 2002, each of words drawn at random, in order of time. */
export function makeMail(count: number, seed: number): readonly MailMessage[] {
  const random = seededRandom(seed);
  const [from, until] = [startOfIsoWeek('2002-W28'), startOfIsoWeek('2002-W39')];
  return Array.from({ length: count }, (_, index) => {
    const id = `made-up/${String(index).padStart(5, '0')}`;
    const words = Array.from({ length: WORDS }, () => word(Math.floor(random() * VOCABULARY)));
    const text = words.join(' ');
    return {
      id,
      time: new Date(from + Math.floor(((until - from) * index) / count)).toISOString(),
      thread: `thread-${index}`,
      sender: `sender-${index % 50}@example.org`,
      folder: FOLDERS[Math.floor(random() * FOLDERS.length)] ?? 'spam',
      promptText: text,
      from: `sender-${index % 50}@example.org`,
      subject: words.slice(0, 3).join(' '),
      body: text,
    };
  });
}

/** A word of letters only: numbers in words would make messages kin. */
function word(number: number): string {
  let letters = 'q';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 20)) {
    letters += 'bcdfghjklmnprstvwxyz'[rest % 20] ?? '';
  }
  return letters;
}
