import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { align } from '../../src/contamination/align.js';
import { indexSamples } from '../../src/contamination/indexed-sample.js';
import { judge } from '../../src/contamination/judge.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex } from '../../src/contamination/sample-index.js';
import type { Level, Span } from '../../src/domain/finding.js';
import { wordShingles } from '../../src/text/shingles.js';
import { wordsOf } from '../../src/text/words.js';
import { createRandom, type Random } from '../support/random.js';

function samplesOf(prompts: readonly string[]): Parameters<typeof createSampleIndex>[0] {
  return prompts.map((prompt, index) => ({
    set: 'eval',
    id: String(index),
    prompt,
    options: [],
    reference: null,
  }));
}

/** What texts match of the prompts, by the prompts' numbers. */
function levelsIn(prompts: readonly string[]): (text: string) => Map<number, Level> {
  const index = createSampleIndex(samplesOf(prompts), POLICY);
  return (text) => {
    const found = index.scan({ id: 'e', parts: [text] }, null);
    return new Map(found.map(({ sample, match }) => [sample, match.level]));
  };
}

function levelsOf(prompts: readonly string[], text: string): Map<number, Level> {
  return levelsIn(prompts)(text);
}

function words(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => `w${Math.floor(random() ** 3 * 900)}x`);
}

function edited(random: Random, list: readonly string[], share: number): string[] {
  return list.flatMap((word) => {
    if (random() >= share) return [word];
    const kind = random();
    if (kind < 0.3) return [];
    return kind < 0.6 ? [word, 'inserted'] : ['exchanged'];
  });
}

describe('a sample index', () => {
  test('misses no leak that aligning every sample with every example finds', () => {
    const random = createRandom(23);
    const originals = Array.from({ length: 120 }, () =>
      words(random, 9 + Math.floor(random() * 60)),
    );
    const samples = samplesOf(originals.map((list) => list.join(' ')));
    const index = createSampleIndex(samples, POLICY);
    const { indexed, vocabulary } = indexSamples(samples, POLICY);
    const counts = { verbatim: 0, dirty: 0, partial: 0, kin: 0, suspect: 0 };
    for (let example = 0; example < 240; example += 1) {
      const source = originals[example % originals.length] ?? [];
      const share = (example % 6) * 0.06;
      const around = [words(random, 25), words(random, 25)];
      const raw = [
        ...(around[0] ?? []),
        ...edited(random, source, share),
        ...(around[1] ?? []),
      ].join(' ');
      const own = wordsOf(raw);
      const part = {
        raw,
        words: own,
        ids: vocabulary.idsOf(own),
        offset: 0,
        rawSpan: null,
        shingles: () => wordShingles(own, 3),
      };
      const found = new Map(
        index.scan({ id: 'e', parts: [raw] }).map(({ sample, match }) => [sample, match.level]),
      );
      indexed.forEach((sample, number) => {
        const alignment = align(sample.ids, part.ids, { from: 0, to: own.count });
        if (alignment === null) return;
        const facts = { options: undefined, answer: undefined };
        const judged = judge(sample, part, alignment, {
          facts,
          policy: POLICY,
          source: 'all',
          common: null,
        });
        if (judged === null) return;
        const { match } = judged;
        counts[match.level] += 1;
        assert.equal(found.get(number), match.level, `sample ${number}, example ${example}`);
      });
    }
    assert.ok(
      counts.verbatim >= 30 && counts.dirty >= 60 && counts.partial >= 3,
      JSON.stringify(counts),
    );
  });

  test('finds a leak of 0.8 of the words whichever single words were exchanged', () => {
    const random = createRandom(4);
    for (let round = 0; round < 200; round += 1) {
      const list = words(random, 10 + (round % 40));
      const edits = Math.floor(list.length / 5);
      const places = new Set<number>();
      while (places.size < edits) {
        const at = Math.floor(random() * list.length);
        if (!places.has(at - 1) && !places.has(at + 1)) places.add(at);
      }
      const text = list.map((word, at) => (places.has(at) ? 'exchanged' : word));
      const others = Array.from({ length: 30 }, () => words(random, 30).join(' '));
      assert.equal(
        levelsOf([list.join(' '), ...others], text.join(' ')).get(0),
        'dirty',
        text.join(' '),
      );
    }
  });
});

describe('templates', () => {
  const random = createRandom(77);
  const head =
    'please read the question below with care and choose the one correct answer to it then explain why';
  const tail = 'write the letter of your answer on a line of its own at the very end of your reply';
  const questions = Array.from({ length: 40 }, () => words(random, 12).join(' '));
  const prompts = questions.map((question) => `${head} ${question} ${tail}`);

  test('are no evidence: another question in the same template is no finding', () => {
    const other = `${head} ${words(random, 12).join(' ')} ${tail}`;
    assert.equal(levelsOf(prompts, other).size, 0);
    assert.equal(levelsOf(prompts, `${head} ${tail}`).size, 0);
  });

  test('excuse nobody: the whole sample is verbatim, an edited one dirty, its question alone a leak', () => {
    const [prompt = '', question = ''] = [prompts[3], questions[3]];
    assert.deepEqual([...levelsOf(prompts, prompt)], [[3, 'verbatim']]);
    const list = question.split(' ');
    const changed = [...list.slice(0, 5), 'exchanged', ...list.slice(6)].join(' ');
    assert.deepEqual([...levelsOf(prompts, prompt.replace(question, changed))], [[3, 'dirty']]);
    assert.deepEqual([...levelsOf(prompts, question)], [[3, 'dirty']]);
  });

  test('count neither for nor against, however long they are beside a short question', () => {
    for (const length of [9, 10, 12]) {
      for (const size of [8, 60]) {
        const short = Array.from({ length: size }, () => words(random, length).join(' '));
        const long = short.map((question) => `${head} ${head} ${tail} ${tail} ${question}`);
        const levels = levelsIn(long);
        for (const [at, question] of short.entries()) {
          const found = levels(`once ${question} again`);
          assert.deepEqual([...found], [[at, 'dirty']], `${length} words, ${size} samples`);
        }
      }
    }
  });

  test('leave fewer than eight words to be found where all of them stand alone', () => {
    const short = Array.from({ length: 12 }, () => words(random, 6).join(' '));
    const long = short.map((question) => `${head} ${head} ${tail} ${question}`);
    const question = short[5] ?? '';
    assert.deepEqual([...levelsOf(long, question)], [[5, 'dirty']]);
    assert.deepEqual([...levelsOf(long, `Good day,\n${question}?\nThanks`)], [[5, 'dirty']]);
    for (const text of [`so ${question}`, `${question} so`, question.replace(/ \S+ /u, ' so ')]) {
      assert.deepEqual([...levelsOf(long, text)], [], text);
    }
  });

  test('leave two to four words to be found alone on a line, with the sentence they are of', () => {
    const levels = (prompts: readonly string[], text: string): readonly (readonly unknown[])[] => {
      const index = createSampleIndex(samplesOf(prompts), POLICY);
      const scanned = { id: 'e', parts: [text] };
      const found = index.scan(scanned).map(({ sample, match }) => {
        const { level, levelShare, coverage, exampleSpans, sampleSpans } = match;
        const of = (raw: string, spans: readonly Span[]): string =>
          spans.map(({ start, end }) => raw.slice(start, end)).join('|');
        const shared = [of(text, exampleSpans), of(prompts[sample] ?? '', sampleSpans)];
        return [sample, level, levelShare, coverage, ...shared];
      });
      assert.ok(index.count(scanned, index.createCensus()) || found.length === 0);
      return found;
    };
    for (const size of [2, 3, 4]) {
      const short = Array.from({ length: 12 }, () => words(random, size).join(' '));
      const question = short[5] ?? '';
      const coverage = size / (size + head.split(' ').length);
      const found = [[5, 'dirty', 1, coverage, question, question]];
      const long = short.map((own) => `${head}\n\n${own}?`);
      assert.deepEqual(levels(long, `Good day,\n${question}!\nThanks`), found);
      assert.deepEqual(levels(long, `so ${question}`), []);
      assert.deepEqual(levels(long, `${question} so`), []);
      assert.deepEqual(levels(long, `so ${long[5] ?? ''} so`)[0]?.[1], 'verbatim');
      const asked = short.map((own) => `${head}. Why the ${own}? ${tail}`);
      const sentence = `why the ${question}`;
      assert.deepEqual(levels(asked, sentence)[0]?.slice(0, 3), [5, 'dirty', 1]);
      assert.deepEqual(levels(asked, question), []);
    }
    const single = Array.from({ length: 12 }, (_, at) => `${head}\nword${at}`);
    assert.deepEqual(levels(single, 'word5'), []);
  });

  test('leave words of few that are scattered on a page to say nothing', () => {
    const own = 'nobody carried the keel while a paddle stood near the pulley';
    const others = Array.from({ length: 39 }, () => words(random, 11).join(' '));
    const long = [own, ...others].map((question) => `${head}.\n${question}.\n${tail} ${head}`);
    const scattered =
      'Nobody had carried the nest and pushed a hedge while a jacket of wool stood, as they say, near the pulley.';
    assert.deepEqual([...levelsOf(long, scattered)], []);
    for (const text of [own, own.replace('carried', 'found'), own.replace('pulley', 'mast')]) {
      assert.deepEqual([...levelsOf(long, `so ${text} again`)], [[0, 'dirty']], text);
    }
  });

  test('are not what copies of one sample repeat', () => {
    const copies = Array.from({ length: 30 }, () => prompts[0] ?? '');
    const found = levelsOf([...copies, ...prompts.slice(1)], `so: ${prompts[0] ?? ''}`);
    assert.equal(found.size, 30);
    assert.ok([...found.values()].every((level) => level === 'verbatim'));
  });

  test('of which a sample consists leave it to be found whole', () => {
    const bare = `${head} ${tail}`;
    assert.deepEqual([...levelsOf([...prompts, bare], `${bare} thank you`)], [[40, 'verbatim']]);
  });
});

describe('no input', () => {
  const QUESTION = 'how many of the blue cups did the boy at the well carry home on friday ?';

  test('crashes the scan: lone surrogates, NUL, control and format characters', () => {
    const wild = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom(
          '\ud800',
          '\udc00\ud800',
          '\u0000',
          QUESTION,
          '\u202e',
          '\r',
          '[EMAIL',
          '(A) ',
          '1.',
        ),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(wild, wild, (text, prompt) => {
        const index = createSampleIndex(samplesOf([prompt.join(' '), QUESTION]), POLICY);
        const raw = text.join('');
        for (const { match } of index.scan({ id: 'e', parts: [raw, prompt.join('')] })) {
          assert.ok(match.coverage > 0 && match.coverage <= 1);
          assert.ok(match.exampleSpans.every(({ start, end }) => start < end));
        }
      }),
      { numRuns: 300 },
    );
  });

  const long: readonly (readonly [string, string])[] = [
    ['a million repeats of one word', 'the '.repeat(1_000_000)],
    ['a million repeats of a sample’s words', 'how many of the blue '.repeat(200_000)],
    ['one word of ten million letters', 'a'.repeat(10_000_000)],
    ['a million combining marks', `a${'\u0301'.repeat(1_000_000)}`],
    ['a million Hangul letters', '\u1112\u1161\u11ab'.repeat(300_000)],
    ['a million digits', '1'.repeat(1_000_000)],
    ['a million points between digits', '1.'.repeat(500_000)],
    ['a million commas between digits', '1,'.repeat(500_000)],
    ['a million opening brackets', '[A'.repeat(500_000)],
    ['half a million lone surrogates', '\ud800'.repeat(500_000)],
    ['a million option labels', 'A) '.repeat(300_000)],
  ];
  for (const [what, text] of long) {
    test(`hangs the scan: ${what}, and the sample behind it is found`, () => {
      const found = levelsOf([QUESTION, 'the '.repeat(300)], `${text}\n${QUESTION}`);
      assert.equal(found.get(0), 'verbatim');
    });
  }

  test('hangs the index: a sample of half a million equal words', () => {
    const prompt = 'word '.repeat(500_000);
    assert.equal(levelsOf([prompt], 'word '.repeat(1_000)).size, 0);
  });
});
