import type { ContaminationSample } from '../../../src/contamination/scan-examples.js';
import { createRandom } from '../../support/random.js';
import type { StyledSample } from './made-up-samples.js';
import { createWriter, type Writer } from './made-up-text.js';
import { asked, assistant, conversation, type Row, user } from './rows.js';

/** Samples and training rows that are alike and of which none is a leak. */
export interface Family {
  readonly name: string;
  /** Samples that only this family has. */
  readonly samples: readonly ContaminationSample[];
  readonly rows: readonly Row[];
  /** Whether samples of the matrix must not be found either, or only those of the family. */
  readonly twins: boolean;
}

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function sampleOf(set: string, index: number, prompt: string): ContaminationSample {
  return { set, id: `${set}-${index}`, prompt, options: [], reference: null };
}

/** Every hard-negative family. `matrix` are the samples that leaks are made of. */
export function makeFamilies(
  seed: number,
  matrix: readonly StyledSample[],
  count: number,
): readonly Family[] {
  const writer = (index: number): Writer => createWriter(createRandom(seed + index));
  return [
    numberTwins(matrix, createRandom(seed)),
    nameTwins(writer(1), count),
    instructionTemplate(writer(2), count),
    instructionAround(writer(3), count),
    ...[mailFooters(writer(4), count), legalNotices(writer(5), count)],
    quotations(writer(6), count),
    toolCalls(writer(7), count),
    identities(writer(8), count),
    samePassage(writer(9), count),
    nothingInCommon(writer(10), count * 4),
  ];
}

/** The matrix' own word problems with other numbers. */
function numberTwins(matrix: readonly StyledSample[], random: () => number): Family {
  const rows = matrix
    .filter(({ style }) => style === 'maths')
    .map(({ prompt }) => {
      const other = prompt.replace(/\d+/gu, (digits) =>
        String(Number(digits) + 1 + Math.floor(random() * 20)),
      );
      return asked(other, String(Math.floor(random() * 900)));
    });
  return { name: 'number-swapped twins', samples: [], rows, twins: true };
}

/** Who-is-it questions about other people, with other answers. */
function nameTwins(w: Writer, count: number): Family {
  const made = times(count, () => {
    const ask = (name: string, place: string): string =>
      `what did the people of the ${w.place()} valley call ${name} after the ${rest} in ${place}?`;
    const rest = `${w.adjective()} ${w.noun()} was ${w.verb()} ${w.preposition()} the ${w.noun()}`;
    const valley = w.place();
    const fixed = (name: string, place: string): string =>
      ask(name, place).replace(/of the \w+ valley/u, `of the ${valley} valley`);
    return [fixed(w.name(), w.place()), fixed(`${w.name()}a`, `${w.place()}burg`)] as const;
  });
  return {
    name: 'names swapped, other answers',
    samples: made.map(([prompt], index) => ({
      ...sampleOf('name-twins', index, prompt),
      reference: w.noun(),
    })),
    rows: made.map(([, twin]) => asked(twin, w.adjective())),
    twins: false,
  };
}

const INSTRUCTION =
  'You will be given a report from the workshop. Read it twice, decide which of the departments has to act ' +
  'first, and write the name of that department in capital letters on a line of its own, without any words of ' +
  'explanation before or after it.';
const CLOSING =
  'Remember that only one department can be named and that the answer ends the conversation.';

function instructionTemplate(w: Writer, count: number): Family {
  const build = (): string => `${INSTRUCTION}\n\n${w.paragraph(2)}`;
  return {
    name: 'shared instruction template',
    samples: times(count, (index) => sampleOf('templated', index, build())),
    rows: times(count, () => asked(build(), w.noun().toUpperCase())),
    twins: false,
  };
}

/** The template is most of the prompt and stands on both sides of a few words. */
function instructionAround(w: Writer, count: number): Family {
  const build = (): string =>
    `${INSTRUCTION}\nThe report: ${w.sentence()}.\n${CLOSING}\n${INSTRUCTION}`;
  return {
    name: 'template longer than the question',
    samples: times(count, (index) => sampleOf('surrounded', index, build())),
    rows: times(count, () => asked(build(), w.noun().toUpperCase())),
    twins: false,
  };
}

const FOOTERS = [
  '-- \nTo leave this list send a mail with the word leave in its subject to the address that is named at the ' +
    'head of every message of the list, and allow the keeper of the list up to three days for it.',
  'This message and what is attached to it are meant for the person they are addressed to and for nobody else. ' +
    'If they reached you by mistake, please tell the sender and destroy every copy that you have made of them.',
];

/** Rows of each footer and each saying at least: those of real mail are in hundreds. */
const COMMON_ROWS = 24;

/** A few samples of the set end as mails end, and many rows do. */
function mailFooters(w: Writer, count: number): Family {
  const mail = (index: number): string =>
    `${w.paragraph(6)}\n\n${w.name()}\n${FOOTERS[index % FOOTERS.length] ?? ''}`;
  return {
    name: 'mail footers',
    samples: times(count, (index) =>
      sampleOf('mails', index, index < 4 ? mail(index) : w.paragraph(4)),
    ),
    rows: times(Math.max(count, COMMON_ROWS) * FOOTERS.length, (index) =>
      asked(mail(index), w.noun()),
    ),
    twins: false,
  };
}

const NOTICE =
  'Permission is granted to whoever obtains a copy of these plans to build from them, to change them and to pass ' +
  'them on, provided that this notice and the name of the first draughtsman stay on every sheet. The plans are ' +
  'given as they are, without a promise of any kind, and no draughtsman answers for what is built from them.';

function legalNotices(w: Writer, count: number): Family {
  const build = (): string => `${NOTICE}\n\n${w.paragraph(3)}`;
  return {
    name: 'legal notices',
    samples: times(count, (index) =>
      sampleOf('plans', index, index < 3 ? build() : w.paragraph(4)),
    ),
    rows: times(count, () => asked(w.paragraph(1), build())),
    twins: false,
  };
}

const QUOTATIONS = [
  'the river forgets the mountain it was born on, yet every stone in its bed remembers',
  'whoever builds a house on borrowed ground should sleep with one eye upon the door',
  'no lamp was ever lit so late that it did not shorten somebody’s night',
];

/** Well-known lines that one sample each asks about, and that people like to quote. */
function quotations(w: Writer, count: number): Family {
  const samples = QUOTATIONS.map((line, index) =>
    sampleOf(
      'quotations',
      index,
      `“${line}”: who of the poets of ${w.place()} wrote this, in which of the ${w.noun()} songs, and for whom?`,
    ),
  );
  const rows = times(Math.max(count, COMMON_ROWS) * QUOTATIONS.length, (index) => {
    const line = QUOTATIONS[index % QUOTATIONS.length] ?? '';
    return asked(`${w.paragraph(1)} As they say, “${line}”. ${w.paragraph(2)}`, w.paragraph(1));
  });
  return { name: 'famous quotations', samples, rows, twins: false };
}

/** One schema, other arguments, results of one form. */
function toolCalls(w: Writer, count: number): Family {
  const call = (): string =>
    JSON.stringify({
      name: 'reserve_workshop_bench',
      arguments: {
        workshop: w.place(),
        tool: w.noun(),
        material: w.adjective(),
        hours: w.number(40),
        date: `2031-${String(10 + (w.number(5) - 2))}-${String(w.number(20) + 8)}`,
        remarks: `${w.verb()} ${w.preposition()} the ${w.noun()}`,
        notify: true,
        currency: 'crowns',
        priority: w.pick(['low', 'normal', 'high']),
      },
    });
  const result = (): string =>
    JSON.stringify({
      status: 'reserved',
      bench: w.number(900),
      workshop: w.place(),
      fee: w.number(90),
    });
  return {
    name: 'tool calls of one schema',
    samples: times(count, (index) => sampleOf('tools', index, `${call()}\n${result()}`)),
    rows: times(count * 2, () => ({
      messages: [
        user(`Please reserve a bench in ${w.place()}.`),
        { ...assistant(''), toolCalls: [{ id: 'c', name: 'reserve', arguments: call() }] },
        { role: 'tool' as const, content: `${call()}\n${result()}` },
      ],
      answer: 'It is reserved.',
    })),
    twins: false,
  };
}

const IDENTITIES = [
  '(a + b)^2 = a^2 + 2ab + b^2',
  'sin^2(x) + cos^2(x) = 1 for every real number x',
  'log(ab) = log(a) + log(b) whenever a and b are greater than zero',
];

function identities(w: Writer, count: number): Family {
  const equation = (): string =>
    `Solve ${w.number(90)}x^2 + ${w.number(90)}x - ${w.number(900)} = 0 for x and give the larger root.`;
  const build = (index: number): string =>
    `Remember that ${IDENTITIES[index % 3] ?? ''}. ${equation()}`;
  return {
    name: 'algebra identities',
    samples: times(count, (index) => sampleOf('algebra', index, build(index))),
    rows: times(count, (index) => asked(build(index), `x = ${w.number(90)}`)),
    twins: false,
  };
}

/** Passages that two or three samples ask about, and rows that ask something else of them. */
function samePassage(w: Writer, count: number): Family {
  const patterns: readonly (() => string)[] = [
    () =>
      `What was the ${w.adjective()} ${w.noun()} ${w.preposition()} the ${w.noun()} used for when ${w.name()} ${w.verb()} it?`,
    () => `Why had the ${w.noun()} to be ${w.verb()} before ${w.name()} came to ${w.place()}?`,
    () => `Who ${w.verb()} ${w.adjective()} ${w.noun()}s in ${w.place()}, and what became of them?`,
    () => `In what order were ${w.noun()}, ${w.noun()} and ${w.noun()} ${w.verb()}?`,
  ];
  const question = (): string => w.pick(patterns)();
  const passages = times(Math.ceil(count / 2), () => w.paragraph(5));
  const passage = (index: number): string => passages[index % passages.length] ?? '';
  return {
    name: 'same passage, other question',
    samples: times(count, (index) =>
      sampleOf('passages', index, `${passage(index)}\n\n${question()}`),
    ),
    rows: times(count, (index) => asked(`${passage(index)}\n\n${question()}`, w.sentence())),
    twins: false,
  };
}

function nothingInCommon(w: Writer, count: number): Family {
  const rows = times(count, (index) => ({
    messages: [...conversation(w, 1 + (index % 3)), user(w.paragraph(3))],
    answer: w.paragraph(2),
  }));
  return { name: 'nothing in common', samples: [], rows, twins: true };
}
