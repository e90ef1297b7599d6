import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { wordsOf } from '../../src/text/words.js';
import { QUESTION, writeCheckPage } from '../support/check-page.js';
import { runHoldfast } from '../support/cli.js';

/** A piece of the page as the text that it was made of, boxes of hidden characters left out. */
function textOf(html: string): string {
  return html
    .replace(/<span class="hidden"[^>]*>[^<]*<\/span>/gu, '')
    .replace(/<[^>]*>/gu, '')
    .replace(/&lt;/gu, '<')
    .replace(/&gt;/gu, '>')
    .replace(/&quot;/gu, '"')
    .replace(/&#39;/gu, "'")
    .replace(/&amp;/gu, '&');
}

interface Side {
  readonly text: string;
  /** By the marks' numbers. */
  readonly marks: ReadonlyMap<string, string>;
}

/** Both sides of every finding on the page. */
function pairsOf(page: string): readonly (readonly Side[])[] {
  return [...page.matchAll(/<article.*?<\/article>/gsu)].map(([article]) =>
    [...article.matchAll(/<blockquote[^>]*>(.*?)<\/blockquote>/gsu)].map(([, side = '']): Side => {
      const marks = [...side.matchAll(/<mark[^>]*data-number="(\d+)">(.*?)<\/mark>/gsu)];
      const texts = marks.map(([, number = '', text = '']) => [number, textOf(text)] as const);
      return { text: textOf(side), marks: new Map(texts) };
    }),
  );
}

/** Samples that are near to each other, where there are many. */
const SAMPLES_OF_A_TRAIN = 30;

const words = (text: string): string => wordsOf(text).keys.join(' ');

describe('the page of a check', () => {
  let folder = '';
  let page = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
    page = readFileSync(await writeCheckPage(folder), 'utf8');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('marks the same words on both sides, in every script and with every line end', () => {
    const pairs = pairsOf(page);
    assert.equal(pairs.length, 10);
    for (const [sample, example] of pairs) {
      assert.ok(sample !== undefined && example !== undefined && sample.marks.size > 0);
      assert.deepEqual([...sample.marks.keys()], [...example.marks.keys()]);
      for (const [number, text] of sample.marks) {
        assert.notEqual(words(text), '');
        assert.equal(words(text), words(example.marks.get(number) ?? ''), text);
      }
    }
  });

  test('marks whole words: nothing of a word stands outside its mark', () => {
    const all = pairsOf(page).flatMap((sides) => sides.map(({ marks }) => [...marks.values()]));
    const marked = all.flat();
    for (const expected of [
      'FAMILY 👩‍👩‍👧 went to the “café” with 3 dogs and',
      'cat 🐈‍⬛ and ordered five cakes for the table',
      'ein Glas Tie\u0302\u0301ng Tee mit Milch und Zucker im Garten',
      '一列火车七点钟从旧车站出发，车上有四十一个人，回家时只有十七个人，有多少人留在了那里',
      'בשעה שבע עם 41 אנשים וחוזרת הביתה עם 17 מהם כמה אנשים נשארו בעיר הגדולה',
      'First line of the sample text\r\nsecond line of the same sample\r\nthird line asks about rivers',
      'The ﬁrst oﬃce of ﬁnance is oﬀ the main ﬂoor behind the old',
    ]) {
      const found = marked.some((text) => text.includes(expected) || expected.includes(text));
      assert.ok(found, expected);
    }
    assert.ok(marked.includes('staﬀ room at number ４１'), marked.join('\n'));
  });

  test('shows the sample that most rows hold first, and says where else it is', () => {
    const text = textOf(page.slice(page.indexOf('<body>'))).replace(/\s+/gu, ' ');
    assert.match(text, /10 samples leaked into 21 examples\./u);
    const [first = ''] = text.split('and in ').slice(1);
    assert.match(
      first,
      /^11 more rows: train\.jsonl:2, train\.jsonl:3, train\.jsonl:4, and 8 more/u,
    );
    assert.match(
      text,
      /sample evals\.jsonl:1, id train row train\.jsonl:1\b|sample evals\.jsonl:1/u,
    );
    assert.match(text, /Nothing can protect 1 sample, .*: \[1\] e1\./u);
  });

  test('stays a page where its data would be more: texts, ids and names are escaped, nothing is loaded', () => {
    assert.doesNotMatch(
      page,
      /<(script|link|img|iframe|object)|javascript:|https?:|url\(|@import/iu,
    );
    assert.doesNotMatch(page, /\son\w+="|\sstyle="/u);
    assert.ok(page.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'));
    assert.ok(page.includes('id &lt;/b&gt;&lt;script&gt;'));
    assert.match(page, /default-src 'none'; style-src 'sha256-[^']+'/u);
    assert.doesNotMatch(page, /[\u202a-\u202e\u2066-\u2069\0]/u);
  });

  test('shows what stands in the middle of a megabyte, and is small', () => {
    assert.match(textOf(page), /row train\.jsonl:13, messages\[1\]\.content/u);
    const buried = pairsOf(page).find(([sample]) => sample?.text.includes('harbours'));
    const [, row] = buried ?? assert.fail('it is not shown');
    assert.match(row?.text ?? '', /^….*NAME THE THREE .* WAS OPENED\. filler.*…$/u);
    assert.match(row?.marks.get('1') ?? '', /^NAME THE THREE .* WAS OPENED$/u);
    assert.ok(page.length < 60_000, `${page.length}`);
  });

  test('is bounded whatever is found: the worst with texts, the next by name, the others counted', async () => {
    // Each is near to the others of its own train only: pairs of all with all would take most of a minute.
    const vary = (index: number): string => {
      const train = `n${Math.floor(index / SAMPLES_OF_A_TRAIN)}`;
      const question = QUESTION.split(' ').map((word) => `${word}${train}`);
      return `${question.join(' ')} Number ${index} of the long list of trains`;
    };
    const rows = Array.from({ length: 1_500 }, (_, index) =>
      JSON.stringify({ question: vary(index) }),
    );
    const path = join(folder, 'many.jsonl');
    writeFileSync(path, rows.join('\n'));
    const out = join(folder, 'many.html');
    const { code } = await runHoldfast(['check', path, '--against', path, '--report', out]);
    assert.equal(code, 1);
    const many = readFileSync(out, 'utf8');
    assert.equal(pairsOf(many).length, 200);
    assert.match(textOf(many), /1,300 more samples/u);
    assert.match(textOf(many), /300\s+of\s+them\s+are\s+not\s+named/u);
    assert.equal(many.match(/<tr data-level/gu)?.length, 1_000);
    assert.ok(many.length < 2_000_000, `${many.length}`);
  });

  test('says so when nothing leaked', async () => {
    const evals = join(folder, 'clean-evals.jsonl');
    const train = join(folder, 'clean.jsonl');
    writeFileSync(evals, JSON.stringify({ question: QUESTION }));
    writeFileSync(train, JSON.stringify({ question: 'Something else altogether' }));
    const out = join(folder, 'clean.html');
    const { code } = await runHoldfast(['check', train, '--against', evals, '--report', out]);
    assert.equal(code, 0);
    const text = textOf(readFileSync(out, 'utf8'));
    assert.match(text, /No leak found/u);
    assert.match(text, /What each rule can protect/u);
  });

  test('is not left where the check could not run, and never replaces what is read', async () => {
    const evals = join(folder, 'e.jsonl');
    const row = JSON.stringify({ question: QUESTION });
    writeFileSync(evals, row);
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, `${row}\n{"broken`);
    const out = join(folder, 'never.html');
    const failed = await runHoldfast(['check', broken, '--against', evals, '--report', out]);
    assert.equal(failed.code, 2);
    assert.throws(() => readFileSync(out), /ENOENT/u);
    const refused = await runHoldfast(['check', broken, '--against', evals, '--report', evals]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /--report .* is .*, which is read/u);
    assert.equal(readFileSync(evals, 'utf8'), row);
  });
});
