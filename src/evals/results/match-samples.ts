import { DataError } from '../../domain/errors.js';
import type { Sample } from '../../domain/sample.js';
import { sha256Hex } from '../../storage/objects.js';
import type { SuiteAnswer } from '../run-suite.js';
import type { ExternalScore } from './result-file.js';

/** Texts that are compared before others have their turn: a worker that is silent for ten seconds counts as dead. */
const CHARACTERS_IN_A_ROW = 512 * 1024;

const ASK_SAMPLES =
  "Results count where they are of the frozen set's samples, each once: have the tool ask what stands in the file that " +
  '{samples} names';
const ASK_ALIKE =
  'Give the tool back what it asked the champion with and run the window again, or measure both anew: ' +
  'holdfast run --reopen with --window';

/** Items that a refusal names. */
const NAMED = 5;

export interface MatchInput {
  readonly samples: readonly Sample[];
  readonly scores: readonly ExternalScore[];
  /** What two texts have in common that ask the same, whoever redacted them. */
  readonly comparable: (text: string) => string;
  /** The file, as messages call it. */
  readonly file: string;
  /** Lets others have their turn; asked now and then. */
  readonly pause: () => Promise<void>;
}

/**
 * A harness's scores as answers to the samples of a frozen set, in the samples' order. An item is the sample whose id its
 * own data names, or else the one whose last question is one of its texts; either way all of the sample's questions have
 * to stand in what was asked. Each sample is there once, or once in every repetition, with the mean of these as its score;
 * where one of them has none, the sample has none.
 * @throws DataError `eval-results-differ` or `eval-results-repeated` where that isn't so, naming items and never a text
 */
export async function matchSamples(input: MatchInput): Promise<readonly SuiteAnswer[]> {
  const found = await foundSamples(input);
  const { samples, file } = input;
  const repetitions = new Set(input.scores.map(({ repetition }) => repetition));
  const ofSamples = samples.map(({ id }) => found.get(id) ?? []);
  const idsWhere = (isSo: (scores: readonly ExternalScore[]) => boolean): readonly string[] =>
    samples.filter((_, index) => isSo(ofSamples[index] ?? [])).map(({ id }) => id);
  const different = (scores: readonly ExternalScore[]): number =>
    new Set(scores.map(({ repetition }) => repetition)).size;
  refuse(
    idsWhere((scores) => scores.length > different(scores)),
    { code: 'eval-results-repeated', file, what: 'sample', is: 'more than one result is of' },
  );
  refuse(
    idsWhere((scores) => different(scores) < repetitions.size),
    { code: 'eval-results-differ', file, what: 'sample', is: 'no result is of' },
  );
  return samples.map(({ id }, index) => answerOf(id, ofSamples[index] ?? []));
}

/** @throws DataError `eval-results-differ` where two models were not asked the same */
export function assertSameItems(
  answers: readonly SuiteAnswer[],
  champion: readonly SuiteAnswer[],
  file: string,
): void {
  const asked = new Map(champion.map(({ sampleId, item }) => [sampleId, item]));
  const changed = answers.filter(({ sampleId, item }) => asked.get(sampleId) !== item);
  refuse(
    changed.map(({ sampleId }) => sampleId),
    {
      code: 'eval-results-differ',
      file,
      what: 'sample',
      is: 'the champion was asked otherwise, in prompt, variables, target or assertions, on',
      then: ASK_ALIKE,
    },
  );
}

/** What results are of each sample. */
async function foundSamples(
  input: MatchInput,
): Promise<ReadonlyMap<string, readonly ExternalScore[]>> {
  const { samples, scores, comparable, file } = input;
  const turn = createTurns(input.pause);
  const asked: AskedSample[] = [];
  for (const sample of samples) {
    await turn(sample.messages.map(({ content }) => content));
    asked.push({ id: sample.id, questions: questionsOf(sample, input) });
  }
  const byId = new Map(asked.map((each) => [each.id, each]));
  const byText = new Map<string, AskedSample[]>();
  for (const each of asked) {
    const last = each.questions.at(-1) ?? '';
    byText.set(last, [...(byText.get(last) ?? []), each]);
  }
  const found = new Map<string, ExternalScore[]>();
  const others: Record<Unmatched, string[]> = { otherwise: [], foreign: [], unclear: [] };
  for (const score of scores) {
    await turn(score.texts);
    const texts = score.texts.map(comparable);
    const named = score.names.flatMap((name) => byId.get(name) ?? []);
    const candidates = named.length > 0 ? named : texts.flatMap((text) => byText.get(text) ?? []);
    const fitting = new Set(candidates.filter(({ questions }) => isAsked(questions, texts)));
    const [only] = fitting;
    if (only !== undefined && fitting.size === 1) {
      found.set(only.id, [...(found.get(only.id) ?? []), score]);
    } else {
      others[fitting.size > 1 ? 'unclear' : named.length > 0 ? 'otherwise' : 'foreign'].push(
        score.itemId,
      );
    }
  }
  for (const [why, items] of Object.entries(others)) {
    const is = UNMATCHED[why as Unmatched];
    refuse(items, { code: 'eval-results-differ', file, what: 'result', is });
  }
  return found;
}

interface AskedSample {
  readonly id: string;
  readonly questions: readonly string[];
}

/** Told the texts that are compared next, it lets others have their turn now and then. */
function createTurns(pause: MatchInput['pause']): (texts: readonly string[]) => Promise<void> {
  let characters = 0;
  return async (texts) => {
    characters += texts.reduce((sum, { length }) => sum + length, 0);
    if (characters < CHARACTERS_IN_A_ROW) return;
    characters = 0;
    await pause();
  };
}

type Unmatched = 'otherwise' | 'foreign' | 'unclear';

const UNMATCHED: Readonly<Record<Unmatched, string>> = {
  otherwise: 'another text was asked under the id of a sample in',
  foreign: 'no sample of the frozen set is asked in',
  unclear: 'more than one sample of the frozen set may be meant by',
};

/** What a user says in a sample; where nobody does, all that it holds. */
function questionsOf(
  { messages }: Sample,
  { comparable }: Pick<MatchInput, 'comparable'>,
): readonly string[] {
  const users = messages.filter(({ role }) => role === 'user');
  return (users.length > 0 ? users : messages)
    .map(({ content }) => comparable(content))
    .filter((text) => text !== '');
}

function isAsked(questions: readonly string[], texts: readonly string[]): boolean {
  return questions.every((question) => texts.some((text) => text.includes(question)));
}

function answerOf(sampleId: string, scores: readonly ExternalScore[]): SuiteAnswer {
  const sorted = [...scores].sort((a, b) => a.repetition - b.repetition);
  const item = sha256Hex(sorted.map(({ itemDigest }) => itemDigest).join(' '));
  const values = sorted.flatMap(({ score }) => (score === null ? [] : [score]));
  if (values.length < sorted.length) return { sampleId, output: null, error: 'no-score', item };
  const [first, ...further] = sorted.map(({ answer }) => ({ output: answer ?? '' }));
  return {
    sampleId,
    output: first?.output ?? '',
    ...(further.length > 0 && { further }),
    error: null,
    score: values.reduce((sum, value) => sum + value, 0) / values.length,
    item,
  };
}

function refuse(
  ids: readonly string[],
  told: {
    readonly code: string;
    readonly file: string;
    readonly what: string;
    readonly is: string;
    readonly then?: string;
  },
): void {
  if (ids.length === 0) return;
  const named = ids.slice(0, NAMED).join('; ');
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  const counted = ids.length === 1 ? `1 ${told.what}` : `${ids.length} ${told.what}s`;
  throw new DataError(
    told.code,
    `${told.file}: ${told.is} ${counted} (${named}${more}). ${told.then ?? ASK_SAMPLES}`,
  );
}
