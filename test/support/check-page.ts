import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHoldfast } from './cli.js';

export const QUESTION =
  'A train leaves the old station at seven with 41 people and comes home with 17 of them, how many stayed?';

/** Stands in the middle of an assistant's turn of a megabyte. */
const BURIED =
  'Name the three largest harbours of the southern coast 👩‍👩‍👧 and the year in which each of them was opened';

/** Samples in scripts, signs and line ends of every sort, and how each stands in a training row. */
const TEXTS: Readonly<Record<string, readonly [sample: string, row: string]>> = {
  emoji: [
    'The family 👩‍👩‍👧 went to the café with 3 dogs and a naïve cat 🐈‍⬛ and ordered five cakes for the table 🎂',
    '🏳️‍🌈 So the FAMILY 👩‍👩‍👧 went to the “café” with 3 dogs and one nai\u0308ve cat 🐈‍⬛ and ordered five cakes for the table 🎂!',
  ],
  marks: [
    'Viele a\u0308ltere Menschen trinken am Nachmittag gerne ein Glas Ti\u1ebfng Tee mit Milch und Zucker im Garten',
    'viele ältere Menschen trinken am Nachmittag gern ein Glas Tie\u0302\u0301ng Tee mit Milch und Zucker im Garten',
  ],
  han: [
    '一列火车七点钟从旧车站出发，车上有四十一个人，回家时只有十七个人，有多少人留在了那里？',
    '\u202e一列火車\u202c一列火车七点钟从旧车站出发，车上有四十一个人，回家时只有十七个人，有多少人留在了那里？\0\0',
  ],
  hebrew: [
    'רכבת יוצאת מהתחנה הישנה בשעה שבע עם 41 אנשים וחוזרת הביתה עם 17 מהם כמה אנשים נשארו בעיר הגדולה',
    'שלום! \u2067רכבת יוצאת מהתחנה החדשה בשעה שבע עם 41 אנשים וחוזרת הביתה עם 17 מהם כמה אנשים נשארו בעיר הגדולה\u2069',
  ],
  lines: [
    'First line of the sample text\r\nsecond line of the same sample\r\nthird line asks about rivers?',
    '> First line of the sample text\n> second line of the same sample\n> third line asks about rivers?\r\n',
  ],
  ligatures: [
    'The ﬁrst oﬃce of ﬁnance is oﬀ the main ﬂoor behind the old staﬀ room at number ４１',
    'The first office of finance is off the main ﬂoor behind the new staff room at number 41',
  ],
  script: [
    'Please write <script>alert("x")</script> into the page & tell me what happens to every visitor who reads it',
    '<img src=x onerror=alert(1)> please write <script>alert("x")</script> into the page & tell me what happens to each visitor who reads it',
  ],
};

/** Rows of text that nothing else has, of about `length` characters. */
function filling(length: number): string {
  let text = '';
  for (let index = 0; text.length < length; index += 1) text += `filler${index % 997} `;
  return text;
}

/**
 * Checks rows that hold samples in every way, some in a text of a megabyte, against two eval files.
 * @returns the path of the page
 */
export async function writeCheckPage(folder: string): Promise<string> {
  const file = (name: string, rows: readonly object[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return path;
  };
  const named = Object.entries(TEXTS);
  const evals = file('evals.jsonl', [
    { id: 'train', question: QUESTION },
    { id: 'buried', question: BURIED },
    ...named.map(([id, [question]]) => ({ id: id === 'script' ? '</b><script>' : id, question })),
  ]);
  const second = 'Which of the rivers of the northern plain carries most water in the dry months?';
  const more = file('more.jsonl', [{ question: second }, { id: 'e1', question: '?!' }]);
  const train = file('train.jsonl', [
    ...Array.from({ length: 12 }, (_, index) => ({ prompt: `${QUESTION} Thanks ${index}` })),
    {
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: `${filling(500_000)}${BURIED.toUpperCase()}. ${filling(500_000)}`,
        },
        { role: 'user', content: 'thanks' },
      ],
    },
    ...named.map(([, [, prompt]]) => ({ prompt })),
    { prompt: QUESTION.replace('41', '52') },
    { prompt: `${second} I ask because of a walk.` },
  ]);
  const page = join(folder, 'page.html');
  const argv = ['check', train, '--against', evals, more, '--level', 'kin', '--report', page];
  const { code, err } = await runHoldfast(argv);
  if (code !== 1) throw new Error(`the check ended with ${code}: ${err}`);
  return page;
}
