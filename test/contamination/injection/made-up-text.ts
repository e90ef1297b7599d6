import type { Random } from '../../support/random.js';

const list = (words: string): readonly string[] => words.split(' ');

const NOUNS = list(
  'lantern harbour basket orchard ladder kettle meadow bridge violin compass blanket chimney garden ' +
    'wagon mirror cellar barrel feather hammer island jacket kitchen letter market needle oven paddle quarry ' +
    'ribbon saddle tunnel umbrella valley window yard anchor bakery candle desert engine fountain glacier ' +
    'hedge inkwell jar kite loom mill nest pulley quilt raft sail tower urn vineyard well anvil beacon canal ' +
    'drawer easel furnace gate helmet icicle jetty keel lever mast notebook oar pier quill reservoir sieve',
);
const ADJECTIVES = list(
  'narrow wooden silver crooked quiet dusty hollow painted broken distant frozen gentle heavy ' +
    'marble pale rusty shallow striped velvet weathered bright copper damp faded golden humble ivory jagged ' +
    'knotted leaning muddy northern oval polished ragged southern tall upper woven yellow ancient blunt curved',
);
const VERBS = list(
  'carried mended painted counted hid borrowed traded measured guarded cleaned moved covered ' +
    'crossed followed lifted opened pushed raised shared turned watched wrapped admired built drew emptied ' +
    'filled gathered held inspected joined kept loaded marked noticed offered packed reached sold tied',
);
const NAMES = list(
  'Amara Bruno Clara Dmitri Elena Farid Greta Hugo Ines Jonas Katya Leif Marta Nadia Oskar Petra Quentin ' +
    'Rosa Stefan Tilda Ulrich Vera Willem Xenia Yusuf Zora',
);
const PLACES = list(
  'Altmoor Brackwater Corvala Dunmere Eastfold Fenwick Galdora Hollin Istria Jarrow Kelsby Lorne Marrow ' +
    'Norvik Ostend Pellin Quarne Rothby Selwyn Tarn',
);
const PREPOSITIONS = list('behind beside under above near inside');

/** Makes words and sentences that mean nothing, the same ones for the same numbers. */
export interface Writer {
  readonly noun: () => string;
  readonly adjective: () => string;
  readonly verb: () => string;
  readonly name: () => string;
  readonly place: () => string;
  readonly preposition: () => string;
  /** From 2 on; never a year or a round figure. */
  readonly number: (below: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly sentence: () => string;
  /** Several sentences, each beginning with a capital. */
  readonly paragraph: (sentences: number) => string;
}

export function createWriter(random: Random): Writer {
  function pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(random() * items.length)] as Item;
  }
  const [noun, adjective, verb] = [
    () => pick(NOUNS),
    () => pick(ADJECTIVES),
    () => pick(VERBS),
  ] as const;
  const [name, place, preposition] = [
    () => pick(NAMES),
    () => pick(PLACES),
    () => pick(PREPOSITIONS),
  ] as const;
  const patterns: readonly (() => string)[] = [
    () => `the ${adjective()} ${noun()} of ${place()} ${verb()} a ${noun()} ${preposition()} it`,
    () => `${name()} ${verb()} the ${noun()} and ${verb()} every ${adjective()} ${noun()}`,
    () => `nobody ${verb()} the ${noun()} while a ${noun()} stood ${preposition()} the ${noun()}`,
    () => `in ${place()} people ${verb()} their ${noun()} before the ${adjective()} ${noun()} came`,
    () => `a ${noun()} that ${name()} ${verb()} lay ${preposition()} one ${adjective()} ${noun()}`,
    () => `whoever ${verb()} ${noun()} or ${noun()} also ${verb()} some ${adjective()} ${noun()}`,
    () => `with its ${noun()} ${preposition()} the ${noun()}, ${place()} ${verb()} no ${noun()}`,
  ];
  const sentence = (): string => pick(patterns)();
  return {
    noun,
    adjective,
    verb,
    name,
    place,
    preposition,
    number: (below) => 2 + Math.floor(random() * (below - 2)),
    pick,
    sentence,
    paragraph: (sentences) =>
      Array.from({ length: sentences }, () => `${capitalised(sentence())}.`).join(' '),
  };
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
