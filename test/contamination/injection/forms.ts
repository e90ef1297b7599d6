import { optionsIn } from '../../../src/contamination/options.js';
import type { Random } from '../../support/random.js';
import type { StyledSample } from './made-up-samples.js';
import type { Writer } from './made-up-text.js';
import * as markup from './markup-forms.js';
import { asked, assistant, conversation, type Row, user } from './rows.js';
import * as spelling from './spelling-forms.js';

/** A way in which a sample gets into a training row; `null` for samples that can't in this one. */
export interface Form {
  readonly name: string;
  readonly inject: (sample: StyledSample, w: Writer, random: Random) => Row | null;
}

/** Words a sample has to have for each word that is edited: fewer are another question. */
const WORDS_PER_EDIT = 6;
const SHORT_WORDS = 8;

/** A form that changes the text of the prompt and puts it between two paragraphs. */
function changed(name: string, change: (text: string, random: Random) => string | null): Form {
  return {
    name,
    inject({ prompt }, w, random) {
      const text = change(prompt, random);
      return text === null ? null : asked(`${w.paragraph(2)}\n\n${text}\n\n${w.paragraph(2)}`);
    },
  };
}

const PLACES: readonly Form[] = [
  { name: 'verbatim', inject: ({ prompt }) => asked(prompt, 'Fine.') },
  changed('own paragraph', (text) => text),
  {
    name: 'short line',
    inject: ({ prompt }, w) => asked(`${w.noun()}:\n${prompt}\nok?`, w.paragraph(1)),
  },
  {
    name: 'inline in prose',
    inject: ({ prompt }, w) => asked(`${w.sentence()} and then ${prompt} while ${w.sentence()}`),
  },
  ...(['user', 'assistant'] as const).map((role): Form => ({
    name: `${role} turn of a long conversation`,
    inject({ prompt }, w) {
      const turns = conversation(w, 20);
      const at = role === 'user' ? 20 : 21;
      const said = `${w.sentence()}: ${prompt} ${w.sentence()}.`;
      turns[at] = role === 'user' ? user(said) : assistant(said);
      return { messages: turns, answer: w.paragraph(2) };
    },
  })),
  {
    name: 'tool call arguments',
    inject({ prompt }, w) {
      const call = {
        id: 'c1',
        name: 'save_note',
        arguments: JSON.stringify({ title: w.noun(), text: prompt, tags: [w.noun(), w.noun()] }),
      };
      const turn = { ...assistant(''), toolCalls: [call] };
      return { messages: [user(w.paragraph(1)), turn], answer: 'Saved.' };
    },
  },
];

const MARKUP: readonly Form[] = [
  changed('quotation', (text) => `> ${text.replaceAll('\n', '\n> ')}`),
  changed('hard-wrapped quotation', markup.quoted),
  changed('HTML', markup.inHtml),
  changed('HTML, a tag for each word', markup.inSpans),
  changed('HTML entities', markup.inEntities),
  changed('Markdown emphasis and links', markup.withEmphasis),
  changed('Markdown list', markup.asList),
  changed('Markdown code fence', markup.inFence),
  changed('Markdown table', markup.asTable),
  changed('JSON escapes', markup.escapedTwice),
];

const SPELLING: readonly Form[] = [
  changed('upper case', (text) => text.toUpperCase()),
  changed('no punctuation', spelling.withoutPunctuation),
  changed('other characters', spelling.inOtherCharacters),
  changed('full width', spelling.inFullWidth),
  changed('numbers in words', (text) => differing(text, spelling.withNumberWords(text))),
  changed('numbers with decimals', (text) => differing(text, spelling.withDecimals(text))),
  ...[1, 2, 3, 4, 5].map((count): Form => ({
    name: `${count} words edited`,
    inject({ prompt }, w, random) {
      const words = spelling.wordCount(prompt);
      if (words < Math.max(SHORT_WORDS, WORDS_PER_EDIT * count)) return null;
      return asked(`${w.paragraph(1)} ${spelling.edited(prompt, count, w, random)}`);
    },
  })),
];

function differing(text: string, other: string): string | null {
  return text === other ? null : other;
}

const OTHERS: readonly Form[] = [
  {
    name: 'options in another order',
    inject({ prompt, options }, w, random) {
      const own = options.length > 0 ? options : optionsIn(prompt);
      if (own.length < 2) return null;
      const stem = prompt.split('\n(A)')[0] ?? prompt;
      const turn = 1 + Math.floor(random() * (own.length - 1));
      const shuffled = [...own.slice(turn), ...own.slice(0, turn)];
      const listed = shuffled.map((option, at) => `${'abcd'[at] ?? ''}) ${option}`).join('\n');
      return asked(`${w.paragraph(1)}\n\n${stem}\n${listed}`, 'b');
    },
  },
  {
    name: 'answer only',
    inject({ reference }, w) {
      if (reference === null || spelling.wordCount(reference) < 20) return null;
      return asked(`${w.sentence()}?`, `${w.paragraph(1)} ${reference} ${w.paragraph(1)}`);
    },
  },
  {
    name: 'prompt and answer in different turns',
    inject({ prompt, reference }, w) {
      const turns = conversation(w, 4);
      turns[2] = user(prompt);
      turns[5] = assistant(reference ?? w.sentence());
      return { messages: turns, answer: w.paragraph(1) };
    },
  },
];

/** All forms in which a single sample is injected. */
export const FORMS: readonly Form[] = [...PLACES, ...MARKUP, ...SPELLING, ...OTHERS];
