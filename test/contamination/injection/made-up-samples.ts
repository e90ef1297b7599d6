import type { ContaminationSample } from '../../../src/contamination/scan-examples.js';
import { createRandom } from '../../support/random.js';
import { capitalised, createWriter, type Writer } from './made-up-text.js';

/** Styles of eval items. */
export const STYLES = ['maths', 'facts', 'choice', 'command', 'code', 'passage'] as const;
export type Style = (typeof STYLES)[number];

/** A sample with its style, and for maths the same question with other numbers. */
export interface StyledSample extends ContaminationSample {
  readonly style: Style;
}

/** `count` samples of each style; a third of the maths and all passages have a long answer. */
export function makeSamples(seed: number, count: number): readonly StyledSample[] {
  const writer = createWriter(createRandom(seed));
  return STYLES.flatMap((style) =>
    Array.from({ length: count }, (_, index) => ({
      set: style,
      id: `${style}-${index}`,
      style,
      options: [],
      reference: null,
      ...BUILDERS[style](writer, index),
    })),
  );
}

type Made = Pick<ContaminationSample, 'prompt'> & Partial<ContaminationSample>;

const BUILDERS: Readonly<Record<Style, (writer: Writer, index: number) => Made>> = {
  maths: (w, index) => mathsSample(w, index),
  facts: (w) => ({
    prompt:
      `Which ${w.adjective()} ${w.noun()} of ${w.place()} ${w.verb()} the ${w.noun()} ` +
      `${w.preposition()} the ${w.adjective()} ${w.noun()} before ${w.sentence()}?`,
    reference: w.noun(),
  }),
  choice: (w, index) => choiceSample(w, index),
  command: (w) => ({
    prompt: `${w.pick(['Rename', 'Move', 'Describe', 'Draw', 'Sell'])} the ${w.adjective()} ${w.noun()} of ${w.place()}`,
  }),
  code: (w) => codeSample(w),
  passage: (w) => {
    const [noun, verb] = [w.noun(), w.verb()];
    return {
      prompt: `${w.paragraph(5)}\n\nWho ${verb} the ${noun} ${w.preposition()} the ${w.adjective()} ${w.noun()}, and what did it change in ${w.place()}?`,
      reference: w.paragraph(4),
    };
  },
};

function mathsSample(w: Writer, index: number): Made {
  const [who, other, things, place] = [w.name(), w.name(), `${w.noun()}s`, w.place()];
  const numbers = [w.number(90) + 300, w.number(80) + 100, w.number(90)];
  const [a = 0, b = 0, c = 0] = numbers;
  const prompt =
    `${who} had ${a} ${w.adjective()} ${things} when ${w.sentence()}. At the market of ${place} the ` +
    `${w.noun()} maker ${w.verb()} ${b} of them, and ${other} ${w.verb()} ${c} more ${w.preposition()} the ` +
    `${w.noun()}. How many ${things} were left?`;
  const worked =
    `First ${a} - ${b} = ${a - b} ${things} remain after the market. Then ${other} takes ${c} of those, so that ` +
    `${a - b} - ${c} = ${a - b - c} ${things} are left, because ${w.sentence()}.`;
  return { prompt, reference: index % 3 === 0 ? worked : String(a - b - c) };
}

/** Half of them hold their options in the prompt, half beside it. */
function choiceSample(w: Writer, index: number): Made {
  const stem = `Which of these is true of the ${w.noun()} that ${w.name()} ${w.verb()} when ${w.sentence()}?`;
  const options = Array.from(
    { length: 4 },
    () => `${w.adjective()} ${w.noun()} ${w.preposition()} ${w.place()}`,
  );
  if (index % 2 === 1) return { prompt: stem, options, reference: 'B' };
  const listed = options.map((option, at) => `(${'ABCD'[at] ?? ''}) ${option}`);
  return { prompt: `${stem}\n${listed.join('\n')}`, reference: 'B' };
}

function codeSample(w: Writer): Made {
  const [a, b, name] = [w.noun(), w.noun(), `${w.verb()}_${w.noun()}`];
  const item = w.noun();
  return {
    prompt:
      `Complete the function.\n\ndef ${name}(${a}, ${b}):\n    """${capitalised(w.sentence())}: each ${item} of ` +
      `${a} that is longer than the ${w.adjective()} ${b}, in the order of the ${w.noun()}."""\n` +
      `    kept = []\n    for ${item} in ${a}:\n        if len(${item}) > ${b}:\n            kept.append(${item})\n` +
      `    return sorted(kept, key=lambda ${item}: ${item}.${w.noun()})`,
  };
}
