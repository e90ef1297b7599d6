import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex } from '../../src/contamination/sample-index.js';
import { joinedParts } from '../../src/contamination/scanned-example.js';
import {
  contaminationSample,
  type ContaminationSample,
  scanExamples,
  scannedExample,
} from '../../src/contamination/scan-examples.js';
import type { Finding, Level } from '../../src/domain/finding.js';
import type { Example } from '../../src/domain/record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { jaccard, shinglesOf } from '../../src/text/shingles.js';

const MARBLES =
  'Olivia put 16 red marbles and 24 blue marbles into a glass jar . Her brother took 9 marbles out of the jar to play with his friends in the yard . How many marbles are still in the jar ?';

function sample(prompt: string, fields: Partial<ContaminationSample> = {}): ContaminationSample {
  return { set: 'eval', id: 's', prompt, options: [], reference: null, ...fields };
}

function scan(
  texts: readonly string[],
  prompt: string,
  fields: Partial<ContaminationSample> = {},
): Finding | undefined {
  return scanExamples([{ id: 'e', parts: texts }], [sample(prompt, fields)], POLICY)[0];
}

function levelOf(text: string, prompt: string): Level | null {
  return scan([text], prompt)?.level ?? null;
}

describe('levels', () => {
  const cases: readonly (readonly [string, string, Level | null])[] = [
    ['the sample itself', MARBLES, 'verbatim'],
    ['in capitals, with other marks', MARBLES.toUpperCase().replaceAll(' .', '!!'), 'verbatim'],
    ['with a number written otherwise', MARBLES.replace('16', '16.0'), 'verbatim'],
    ['in a quotation', `> ${MARBLES.replace(' . ', ' .\n> ')}`, 'verbatim'],
    ['in the middle of a long text', `${'so it goes on '.repeat(400)}${MARBLES} 7 8 9`, 'verbatim'],
    ['with soft hyphens and no-break spaces', MARBLES.replaceAll(' ', '\u00a0\u00ad'), 'verbatim'],
    ['with a word put in', MARBLES.replace('glass jar', 'large glass jar'), 'dirty'],
    ['with words left out', MARBLES.replace('his friends in ', ''), 'dirty'],
    ['with words exchanged', MARBLES.replace('play', 'juggle').replace('still', 'left'), 'dirty'],
    [
      'its first sentence only',
      'Olivia put 16 red marbles and 24 blue marbles into a glass jar .',
      'partial',
    ],
    ['with another number', MARBLES.replace('9', '8'), 'kin'],
    [
      'with two numbers exchanged',
      MARBLES.replace('16', '#').replace('24', '16').replace('#', '24'),
      'kin',
    ],
    ['with a number more', MARBLES.replace('marbles out', 'marbles and 3 balls out'), 'kin'],
    [
      'with another name and other numbers',
      MARBLES.replace('Olivia', 'Emma').replace('9', '7'),
      'kin',
    ],
    ['with its name exchanged throughout', MARBLES.replace('Olivia', 'Emma'), 'dirty'],
    [
      'something else',
      'The jar of the yard was full of friends who play with how many of them .',
      null,
    ],
    ['nothing', '', null],
  ];
  for (const [what, text, level] of cases) {
    test(`${what}: ${level ?? 'no finding'}`, () => {
      assert.equal(levelOf(text, MARBLES), level);
    });
  }

  test('names that differ make kin where no numbers hold the question fast', () => {
    const question = 'which river flows through the old town of the capital city of France today';
    assert.equal(levelOf(question.replace('France', 'Spain'), question), 'kin');
  });

  test('a renamed question is kin where the answers are known and differ', () => {
    const asked = MARBLES.replace('his friends', 'Tom');
    const renamed = MARBLES.replace('his friends', 'Max');
    const samples = [sample(asked, { reference: '31' })];
    const levels = ['31', '32'].map(
      (answer) => scanExamples([{ id: 'e', parts: [renamed], answer }], samples, POLICY)[0]?.level,
    );
    assert.deepEqual(levels, ['dirty', 'kin']);
  });

  test('other signs between numbers make kin', () => {
    const sum = 'work out the value of this small expression for me please : 12 + 7 * 3';
    assert.equal(levelOf(sum, sum), 'verbatim');
    assert.equal(levelOf(sum.replace('+', '-'), sum), 'kin');
    assert.equal(levelOf(sum.replace('*', '×'), sum), 'verbatim');
  });

  test('other options make kin, the same ones in another order do not', () => {
    const stem = 'which of these metals melts when it is held in a warm hand for a while ?';
    const options = ['iron', 'gallium', 'copper'];
    const level = (listed: string): Level | undefined =>
      scan([`${stem} ${listed}`], stem, { options })?.level;
    assert.equal(level('(A) copper (B) iron (C) gallium'), 'verbatim');
    assert.equal(level('(A) copper (B) iron (C) mercury'), 'kin');
    assert.equal(level('(A) copper (B) iron (C) gallium (D) mercury'), 'verbatim');
    assert.equal(level(''), 'verbatim');
    assert.equal(level('Gallium. What is heavier ? (A) air (B) water'), 'verbatim');
  });

  test('options of a row make kin by what they say, and their labels say nothing', () => {
    const stem = 'which of these metals melts when it is held in a warm hand for a while ?';
    const own = sample(stem, { options: ['iron', 'gallium', 'copper'] });
    const level = (...options: string[]): Level | undefined =>
      scanExamples([{ id: 'e', parts: [stem], options }], [own], POLICY)[0]?.level;
    assert.equal(level('A. iron', 'B. gallium', 'C. copper'), 'verbatim');
    assert.equal(level('A', 'B', 'C'), 'verbatim');
    assert.equal(level('A. iron', 'B. gallium', 'C. mercury'), 'kin');
  });
});

describe('short samples', () => {
  const cases: readonly (readonly [string, string, Level | null])[] = [
    ['Hi there', 'Hi there!', 'verbatim'],
    ['Hi there', 'Well, hi there, how are you', null],
    ['Hi there', 'Thanks.\nHi there\nBye.', 'verbatim'],
    ['Who wrote Hamlet?', 'Q: Who wrote Hamlet?\nA: Shakespeare', 'verbatim'],
    ['Who wrote Hamlet?', 'So.\n**Question 3:** Who wrote Hamlet?', 'verbatim'],
    ['Who wrote Hamlet?', '{"question": "Who wrote Hamlet?", "answer": "Shakespeare"}', 'verbatim'],
    ['Who wrote Hamlet?', '{\\"question\\": \\"Who wrote Hamlet?\\"}', 'verbatim'],
    ['Who wrote Hamlet?', 'They ask “Who wrote Hamlet?” and leave', 'verbatim'],
    ['Who wrote Hamlet?', 'Tell me this: who wrote Hamlet and when?', null],
    ['Who wrote Hamlet?', 'This is what they said to me: who wrote Hamlet?', null],
    ['Who wrote Hamlet?', 'Say "Who wrote Hamlet?', null],
    ['Hi there', 'She said "Hi there" to me', null],
    ['What is your return policy?', 'hello, what is your return policy? thanks', 'verbatim'],
    ['What is your return policy?', 'what is your refund policy?', null],
    ['What is 3 + 4?', 'What is 3 + 4', 'verbatim'],
    ['What is 3 + 4?', 'What is 3 - 4', 'kin'],
    ['今日の天気は', '教えて。今日の天気は？', null],
    ['今日の天気は', '今日の天気は？', 'verbatim'],
  ];
  for (const [prompt, text, expected] of cases) {
    test(`${prompt} in ${JSON.stringify(text)}: ${expected ?? 'no finding'}`, () => {
      assert.equal(levelOf(text, prompt), expected);
    });
  }
});

describe('a finding', () => {
  test('tells coverage, longest run, exact similarity and the rules', () => {
    const text = MARBLES.replace('glass jar', 'large glass jar');
    const found = scan([text], MARBLES);
    const exact = jaccard(shinglesOf(text, POLICY.shingle), shinglesOf(MARBLES, POLICY.shingle));
    assert.equal(found?.coverage, 1);
    assert.equal(found.longestRun, 27);
    assert.equal(found.similarity, exact);
    assert.deepEqual(found.rules, ['coverage', 'ngram']);
  });

  test('has spans that point at the raw words of both, whatever stands around them', () => {
    const raw =
      'We\r\nread — “Ｃafe\u0301”: 👩‍👩‍👧 once in the old cafe\u0301 of 漢字 street nobody paid for 1,000 cups';
    const asked = 'ONCE in the old café of 漢字 street, nobody paid for 1000 cups';
    const found = scan(['first part', raw], asked);
    assert.ok(found !== undefined);
    assert.equal(found.level, 'verbatim');
    const joined = `first part\n${raw}`;
    const texts = found.exampleSpans.map(({ start, end }) => joined.slice(start, end));
    assert.deepEqual(texts, [raw.slice(raw.indexOf('once'))]);
    const own = found.sampleSpans.map(({ start, end }) => asked.slice(start, end));
    assert.deepEqual(own, [asked]);
  });

  test('has spans whose words are the same on both sides, whatever was edited', () => {
    const list = MARBLES.split(' ');
    const edit = fc.array(
      fc.record({ at: fc.nat(list.length - 1), with: fc.constantFrom('', 'zzz 👍', 'e\u0301') }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(edit, fc.string({ unit: 'grapheme', maxLength: 30 }), (edits, before) => {
        const words = [...list];
        for (const { at, with: other } of edits) words[at] = other;
        const text = `${before}\n${words.join(' ')}`;
        const found = scan([text], MARBLES);
        if (found === undefined) return;
        assert.equal(found.exampleSpans.length, found.sampleSpans.length);
        found.exampleSpans.forEach((span, index) => {
          const own = found.sampleSpans[index] ?? { start: 0, end: 0 };
          const fold = (raw: string): string => raw.toLowerCase().replace(/\W+/gu, ' ').trim();
          assert.equal(
            fold(text.slice(span.start, span.end)),
            fold(MARBLES.slice(own.start, own.end)),
          );
        });
      }),
      { numRuns: 200 },
    );
  });

  test('is found for each of several samples in one example', () => {
    const other = 'how long does a snail need to get around the lake when it rests every hour ?';
    const samples = [sample(MARBLES), sample(other, { id: 't' })];
    const findings = scanExamples([{ id: 'e', parts: [`${other} ${MARBLES}`] }], samples, POLICY);
    assert.deepEqual(
      findings.map(({ sampleId, level }) => [sampleId, level]),
      [
        ['s', 'verbatim'],
        ['t', 'verbatim'],
      ],
    );
  });

  test('is the leak where an example holds both the sample and its twin', () => {
    const twin = MARBLES.replace('16', '61').replace('9', '19');
    assert.equal(levelOf(`${twin}\n\n${MARBLES}`, MARBLES), 'verbatim');
    assert.equal(levelOf(`${MARBLES}\n\n${twin}`, MARBLES), 'verbatim');
  });

  test('is the edited sample beside a twin that is more like it', () => {
    const eggs =
      'Janet buys three cartons of eggs for 12 dollars each and sells 40 eggs at the market for 25 dollars apiece. How much profit does she make?';
    const twin = eggs.replace('12', '112').replace('40', '240').replace('25', '325');
    const edited =
      'Janet purchases three cartons of eggs for 12 dollars each, then sells 40 eggs at a market for 25 dollars apiece. What profit does she make?';
    assert.equal(levelOf(twin, eggs), 'kin');
    for (const text of [`${edited}\n\n${twin}`, `${twin}\n\n${edited}`]) {
      assert.equal(levelOf(text, eggs), 'dirty');
    }
  });

  test('is the sample on a sheet of many twins, wherever it stands', () => {
    for (const count of [40, 100]) {
      const twins = Array.from({ length: count }, (_, index) =>
        MARBLES.replace('16', String(160 + index)).replace('9', String(900 + index)),
      );
      const sheets = [0, count / 2, count].map((place) => twins.toSpliced(place, 0, MARBLES));
      for (const sheet of sheets) assert.equal(levelOf(sheet.join('\n\n'), MARBLES), 'verbatim');
      assert.equal(levelOf(twins.join('\n\n'), MARBLES), 'kin');
    }
  });

  test('goes from no part of an example into another', () => {
    const middle = MARBLES.indexOf('Her brother');
    const halves = [MARBLES.slice(0, middle), MARBLES.slice(middle)];
    assert.equal(scan(halves, MARBLES)?.level, 'partial');
  });

  test('is the same whatever the order of examples and samples', () => {
    const samples = ['a', 'b', 'c'].map((id) => sample(`${MARBLES} ${id} ${id}`, { id }));
    const examples = ['x', 'y', 'z'].map((id) => ({ id, parts: [`${id} ${id} ${MARBLES}`] }));
    const expected = scanExamples(examples, samples, POLICY);
    assert.equal(expected.length, 9);
    assert.deepEqual(scanExamples(examples.toReversed(), samples.toReversed(), POLICY), expected);
  });
});

describe('what is scanned', () => {
  const example: Example = {
    id: 'e',
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: 'g',
    messages: [
      { role: 'system', content: MARBLES },
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'hello to you' },
      { role: 'user', content: 'bye' },
    ],
    answer: 'bye then',
    answerOrigin: 'model',
    contentDigest: 'd',
  };

  test('of an example are its turns and its answer, and apart from them its system prompt', () => {
    const scanned = scannedExample(example);
    assert.deepEqual(scanned.parts, ['hello\nbye', 'hello to you', 'bye then']);
    assert.deepEqual(scanned.templates, [MARBLES]);
    const [found] = scanExamples([scanned], [sample(MARBLES)], POLICY);
    assert.equal(found?.level, 'verbatim');
    const [span] = found.exampleSpans;
    assert.equal(joinedParts(scanned).slice(span?.start, span?.end), MARBLES.slice(0, -2));
  });

  test('of a system prompt are whole and edited samples; parts and short ones are counted', () => {
    const levels = (system: string, asked: string): readonly (string | number)[] => {
      const index = createSampleIndex([sample(asked)], POLICY);
      const census = index.createCensus();
      const messages = [
        { role: 'system', content: `Be brief.\n${system}\nBe kind.` } as const,
        { role: 'user', content: 'hello' } as const,
      ];
      const scanned = scannedExample({ ...example, messages });
      const may = index.count(scanned, census);
      const found = index.scan(scanned, census).map(({ match }) => match.level);
      assert.equal(may, found.length > 0);
      return [...found, census.templateCount()];
    };
    const words = MARBLES.split(' ');
    assert.deepEqual(levels(MARBLES, MARBLES), ['verbatim', 0]);
    assert.deepEqual(levels(words.toSpliced(5, 1, 'green').join(' '), MARBLES), ['dirty', 0]);
    assert.deepEqual(levels(words.slice(0, 13).join(' '), MARBLES), [1]);
    assert.deepEqual(levels('Is this a question of money?', 'Is this a question of money?'), [1]);
    assert.deepEqual(levels('Answer in one word.', MARBLES), [0]);
  });

  test('of an example are the arguments of its tool calls too', () => {
    const call = { id: 't', name: 'write', arguments: JSON.stringify({ text: MARBLES }) };
    const messages = [{ role: 'assistant', content: '', toolCalls: [call] } as const];
    const [found] = scanExamples(
      [scannedExample({ ...example, messages })],
      [sample(MARBLES)],
      POLICY,
    );
    assert.equal(found?.level, 'verbatim');
  });

  test('for a conversation as sample is found in a conversation', () => {
    const turns = [
      { role: 'user', content: MARBLES },
      { role: 'assistant', content: 'thirty-one' },
      { role: 'user', content: 'and how many would be left if he had taken twice as many ?' },
    ] as const;
    const asked = contaminationSample('eval', {
      id: 's',
      messages: [turns[0], turns[2]],
      reference: null,
      referenceOrigin: 'independent',
      options: [],
      cluster: 'c',
    });
    const [found] = scanExamples(
      [scannedExample({ ...example, messages: turns })],
      [asked],
      POLICY,
    );
    assert.equal(found?.level, 'verbatim');
  });
});

describe('what the redactor took out', () => {
  test('is the same on both sides by its type, whatever its number', () => {
    const asked =
      'Please write to [EMAIL] and ask [PERSON] why the parcel from the old mill is late';
    const logged = asked.replace('[EMAIL]', '[EMAIL_1]').replace('[PERSON]', '[PERSON_12]');
    assert.equal(levelOf(`hello, ${logged} thank you`, asked), 'verbatim');
    assert.equal(levelOf(`hello, ${asked} thank you`, logged), 'verbatim');
  });

  test('makes no difference to a sample that went through the redactor of the logs', () => {
    const redact = (text: string): string => createRedactor().redact(text).text;
    const asked = redact(
      'Can anna@example.org and bo@example.org both read the plans of the new bridge?',
    );
    const logged = redact(
      'cc: me@example.org. Can eve@example.org and kim@example.org both read the plans of the new bridge?',
    );
    assert.ok(asked.includes('[EMAIL') && !asked.includes('@'));
    assert.equal(levelOf(logged, asked), 'verbatim');
  });

  test('hides no leak of a sample that is full of it, in a conversation that has more of it', () => {
    const asked =
      'Forward the notes to anna@example.org, bo@example.org and +44 20 7946 0958, then ring (212) 555-0143 ' +
      'or 1-212-555-0199 and tell jo@example.org which of cy@example.org, di@example.org and 020 7946 0321 answered.';
    const redactor = createRedactor();
    const conversation = redactor.conversation();
    const parts = [
      'I am eve@example.org, my phones are +44 20 7946 0111 and 212-555-0100.',
      `cc kim@example.org\n> ${asked}`,
    ].map((text) => conversation.redact(text).text);
    const frozen = redactor.redact(asked).text;
    assert.doesNotMatch(`${frozen}${parts.join()}`, /@|555|7946/);
    assert.equal(scan(parts, frozen)?.level, 'verbatim');
    const [other] = [asked.replace('Forward the notes to', 'Never send anything at all to')];
    assert.notEqual(levelOf(redactor.redact(other ?? '').text, frozen), 'verbatim');
  });
});
