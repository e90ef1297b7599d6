import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { UnconfirmedPolicy } from '../../src/domain/configuration.js';
import { InvariantError } from '../../src/domain/errors.js';
import { canonicalJson } from '../../src/domain/json.js';
import type {
  CanonicalRecord,
  EarlierTurn,
  Example,
  Message,
  Side,
} from '../../src/domain/record.js';
import { toTrainerJsonl } from '../../src/formats/trainer.js';
import { type Selection, selectExamples } from '../../src/select/select.js';
import { surveyRecords } from '../../src/select/survey.js';
import { createWeigher, type SelectPolicy } from '../../src/select/weigh.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { qualityPolicy } from '../support/quality.js';
import { makeRecord, makeSignal } from '../support/records.js';

/** What is known of an answer; `unlogged`: nobody logged its call. */
type Said = Partial<Omit<CanonicalRecord, 'messages' | 'output'>> | 'unlogged';

const APPROVED = { signals: [makeSignal({ verdict: 'approved' })] } as const;
const REJECTED = { signals: [makeSignal({ verdict: 'rejected' })] } as const;
const corrected = (correction: string): Said => ({ signals: [makeSignal({ correction })] });
const CALL = { id: 'c1', name: 'look_up', arguments: '{"order":7}' } as const;

const answerAt = (turn: number): string => `answer ${turn}`;

/** A conversation of so many questions and answers as one record; the last answer is its own. */
function conversation(
  said: readonly Said[],
  answers: (turn: number) => Partial<Message> = () => ({}),
): CanonicalRecord {
  const messages: Message[] = [{ role: 'system', content: 'Be kind.' }];
  const turns: EarlierTurn[] = [];
  for (const [turn, known] of said.entries()) {
    messages.push({ role: 'user', content: `question ${turn}` });
    if (known !== 'unlogged') turns.push(turnOf(messages.length, turn, known));
    messages.push({ role: 'assistant', content: answerAt(turn), ...answers(turn) });
  }
  const output = messages.pop() ?? assert.fail();
  const own = said.at(-1) ?? 'unlogged';
  const earlier = turns.filter(({ message }) => message < messages.length);
  return makeRecord('r', '', {
    messages,
    output,
    ...(own === 'unlogged' ? {} : own),
    ...(earlier.length > 0 && { turns: earlier }),
  });
}

function turnOf(message: number, turn: number, known: Exclude<Said, 'unlogged'>): EarlierTurn {
  return {
    message,
    callId: `call-${turn}`,
    time: `2026-01-01T00:00:0${turn}.000Z`,
    model: 'champion',
    signals: known.signals ?? [],
    consent: known.consent ?? 'allow',
    ...(known.quality !== undefined && { quality: known.quality }),
    ...(known.finishReason !== undefined && { finishReason: known.finishReason }),
    ...(known.cached !== undefined && { cached: known.cached }),
    ...(known.surface !== undefined && { surface: known.surface }),
    ...(known.faults !== undefined && { faults: known.faults }),
  };
}

function policyOf(changes: Partial<SelectPolicy> = {}): SelectPolicy {
  return {
    completeSignals: [],
    unconfirmed: 'drop',
    quality: qualityPolicy(),
    unmarkedConsent: 'deny',
    ...changes,
  };
}

function select(
  record: CanonicalRecord,
  changes: Partial<SelectPolicy> = {},
  side: Side = 'train',
): Selection {
  return selectExamples([{ record, side, group: 'g' }], policyOf(changes), '2026-W01', {
    digestOf: (value) => sha256Hex(canonicalJson(value)),
    matchable: () => true,
    languageOf: () => null,
  });
}

interface TrainerMessage {
  readonly role: string;
  readonly content: string;
  readonly weight?: number;
}

function trainerRows(examples: readonly Example[]): readonly (readonly TrainerMessage[])[] {
  const lines = Buffer.from(toTrainerJsonl(examples)).toString().split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { messages: TrainerMessage[] }).messages);
}

/** The answers of a row as `text` or `(text)`, which is context. */
function answersOf(row: readonly TrainerMessage[]): readonly string[] {
  const answers = row.filter(({ role }) => role === 'assistant');
  return answers.map(({ content, weight = 1 }) => (weight === 1 ? content : `(${content})`));
}

const trainedOf = (said: readonly Said[], changes: Partial<SelectPolicy> = {}): unknown =>
  trainerRows(select(conversation(said), changes).train).map(answersOf);

describe('the training example of a conversation', () => {
  test('trains on the answers that qualify; the others, and those nobody logged, are context', () => {
    assert.deepEqual(trainedOf([APPROVED, REJECTED, 'unlogged', APPROVED]), [
      ['answer 0', '(answer 1)', '(answer 2)', 'answer 3'],
    ]);
  });

  test('has no weights where all of it is trained on, or there is only one answer', () => {
    const rows = trainerRows(select(conversation([APPROVED, APPROVED])).train);
    assert.ok(rows.flat().every((message) => !('weight' in message)));
    const [alone] = select(makeRecord('r', 'asked', APPROVED)).train;
    assert.equal(alone?.trained, undefined);
    assert.equal(
      alone?.contentDigest,
      sha256Hex(canonicalJson([[{ role: 'user', content: 'asked' }], 'answer'])),
    );
  });

  test('ends with the last answer that qualifies, as its call has it', () => {
    const quality = { ...APPROVED, quality: 0.25 };
    const [example, ...others] = select(conversation([APPROVED, quality, REJECTED])).train;
    assert.deepEqual(others, []);
    assert.equal(example?.answer, 'answer 1');
    assert.deepEqual(example.messages.at(-1), { role: 'user', content: 'question 1' });
    assert.deepEqual([example.time, example.quality], ['2026-01-01T00:00:01.000Z', 0.25]);
    assert.deepEqual(example.trained, [{ message: 2, origin: 'confirmed' }]);
  });

  test('has the correction in the place of its last answer', () => {
    assert.deepEqual(trainedOf([APPROVED, corrected('better'), REJECTED]), [
      ['answer 0', 'better'],
    ]);
  });

  test('leaves an earlier answer that was corrected as context, for an example of its own', () => {
    const { train, books } = select(conversation([APPROVED, corrected('better'), APPROVED]));
    assert.deepEqual(trainerRows(train).map(answersOf), [
      ['answer 0', '(answer 1)', 'answer 2'],
      ['(answer 0)', 'better'],
    ]);
    assert.deepEqual(
      train.map(({ id, recordId, answerOrigin }) => [id, recordId, answerOrigin]),
      [
        ['r', undefined, 'confirmed'],
        ['r#turn-4', 'r', 'edited'],
      ],
    );
    assert.deepEqual(books.notes, {
      'corrected-turn-apart': 1,
      'earlier-turn-trained': 1,
      'earlier-turn-context': 2,
    });
    assert.equal(books.kept, 1);
  });

  test('keeps an earlier answer whose correction says the same', () => {
    assert.deepEqual(trainedOf([corrected('answer 0'), APPROVED]), [['answer 0', 'answer 1']]);
  });

  test('is none where no answer qualifies, and the books say what speaks against the last', () => {
    const { train, books } = select(conversation([REJECTED, { ...APPROVED, cached: true }]));
    assert.deepEqual([train, books.dropped], [[], { cached: 1 }]);
  });

  for (const [name, known] of Object.entries({
    'a denied consent': { ...APPROVED, consent: 'deny' },
    'no consent where that is a denial': { ...APPROVED, consent: 'unmarked' },
    'a staging call': { ...APPROVED, surface: 'staging' },
    'a truncated answer': { ...APPROVED, finishReason: 'length' },
    'a failed call': { ...APPROVED, finishReason: 'error' },
    'a cached answer': { ...APPROVED, cached: true },
    'a fault': { ...APPROVED, faults: ['unfit-arguments'] },
    'no label': {},
  } satisfies Record<string, Said>)) {
    test(`is judged by the same rules at every answer: ${name}`, () => {
      assert.deepEqual(trainedOf([known, APPROVED]), [['(answer 0)', 'answer 1']]);
      assert.deepEqual(trainedOf([APPROVED, known]), [['answer 0']]);
    });
  }

  test('takes what nobody confirmed, but not beside confirmed answers where its share is limited', () => {
    const said: readonly Said[] = [{}, APPROVED, {}];
    const all = [['answer 0', 'answer 1', 'answer 2']];
    assert.deepEqual(trainedOf(said, { unconfirmed: 'keep' }), all);
    const unconfirmed = { maximumShare: 0.5 };
    assert.deepEqual(trainedOf(said, { unconfirmed }), [['(answer 0)', 'answer 1']]);
    assert.deepEqual(trainedOf([{}, {}], { unconfirmed }), [['answer 0', 'answer 1']]);
  });

  test('trains on every answer that qualifies once, after what was really said before it', () => {
    const states = {
      approved: [APPROVED, true],
      corrected: [corrected('better'), true],
      rejected: [REJECTED, false],
      unlogged: ['unlogged', false],
      denied: [{ ...APPROVED, consent: 'deny' }, false],
      unjudged: [{}, true],
    } as const satisfies Record<string, readonly [Said, boolean]>;
    type State = keyof typeof states;
    const own = fc.constantFrom<State>('approved', 'corrected', 'rejected', 'denied', 'unjudged');
    const earlier = fc.array(fc.constantFrom(...(Object.keys(states) as State[])), {
      maxLength: 6,
    });
    const unconfirmed = fc.constantFrom<UnconfirmedPolicy>('keep', 'drop');
    fc.assert(
      fc.property(earlier, own, unconfirmed, (before, last, policy) => {
        const all: readonly State[] = [...before, last];
        const record = conversation(all.map((state) => states[state][0]));
        const { train, books } = select(record, { unconfirmed: policy });
        const trained: string[] = [];
        for (const row of trainerRows(train)) {
          for (const [at, { role, content, weight = 1 }] of row.entries()) {
            const said = [...record.messages, record.output][at];
            if (role === 'assistant' && weight === 1) trained.push(`${at} ${content}`);
            else assert.deepEqual([role, content], [said?.role, said?.content]);
          }
          assert.notEqual(row.at(-1)?.weight, 0);
        }
        const wanted = all.flatMap((state, turn) => {
          const isLearnt = states[state][1] && (state !== 'unjudged' || policy === 'keep');
          const text = state === 'corrected' ? 'better' : answerAt(turn);
          return isLearnt ? [`${2 * turn + 2} ${text}`] : [];
        });
        assert.deepEqual(trained.sort(), wanted.sort());
        assert.equal(books.kept, wanted.length > 0 ? 1 : 0);
      }),
    );
  });

  test('knows one answer that several calls gave by all that is said of it', () => {
    const [first] = conversation([APPROVED, APPROVED]).turns ?? [];
    assert.ok(first);
    const trained = (...others: Partial<EarlierTurn>[]): unknown => {
      const record = conversation([APPROVED, APPROVED]);
      const turns = [first, ...others.map((other) => ({ ...first, ...other }))];
      return trainerRows(select({ ...record, turns }).train).map(answersOf);
    };
    const both = [['answer 0', 'answer 1']];
    const own = [['(answer 0)', 'answer 1']];
    assert.deepEqual(trained({ signals: [], cached: true }), both);
    assert.deepEqual(trained(REJECTED), own);
    assert.deepEqual(trained({ consent: 'deny' }), own);
    assert.deepEqual(trained({ consent: 'unmarked' }), own);
    assert.deepEqual(trained({ ...REJECTED, surface: 'staging' }), both);
  });

  test('of a record that names what is no answer as one is a bug', () => {
    const record = conversation([APPROVED, APPROVED]);
    const turns = record.turns?.map((turn) => ({ ...turn, message: 1 })) ?? [];
    assert.throws(() => select({ ...record, turns }), InvariantError);
  });
});

describe('an answer that calls tools', () => {
  const calling = (turn: number): Partial<Message> =>
    turn === 0 ? { content: '', toolCalls: [CALL] } : {};

  test('is an example with its calls and the tools that were offered', () => {
    const tools = [{ name: 'look_up', parameters: '{"type":"object"}' }];
    const output = { role: 'assistant', content: '', toolCalls: [CALL] } as const;
    const record = makeRecord('r', 'where is order 7', { output, tools, ...APPROVED });
    const { train, books } = select(record);
    assert.deepEqual([train[0]?.answer, train[0]?.toolCalls, train[0]?.tools], ['', [CALL], tools]);
    assert.deepEqual(books.notes, { 'row-with-tool-calls': 1 });
    const [other] = select({ ...record, output: { ...output, toolCalls: [] } }).train;
    assert.equal(other, undefined, 'neither text nor calls');
    const changed = { ...output, toolCalls: [{ ...CALL, arguments: '{"order":8}' }] };
    const [elsewhere] = select({ ...record, output: changed }).train;
    assert.notEqual(elsewhere?.contentDigest, train[0]?.contentDigest);
  });

  test('is trained on as an earlier one too', () => {
    const record = conversation([APPROVED, APPROVED], calling);
    const [row] = trainerRows(select(record).train);
    assert.deepEqual(row?.[2], {
      role: 'assistant',
      content: '',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'look_up', arguments: CALL.arguments } },
      ],
    });
  });

  test('calls none any more where it is corrected, and still does where the correction agrees', () => {
    const output = { role: 'assistant', content: 'let me see', toolCalls: [CALL] } as const;
    const exampleOf = (correction: string): Example | undefined =>
      select(makeRecord('r', 'asked', { output, signals: [makeSignal({ correction })] })).train[0];
    assert.equal(exampleOf('it is on its way')?.toolCalls, undefined);
    assert.deepEqual(exampleOf('let me see')?.toolCalls, [CALL]);
  });

  test('is no reference of a holdout sample, whose texts are compared', () => {
    const record = conversation([APPROVED, APPROVED], (turn) =>
      turn === 1 ? { content: '', toolCalls: [CALL] } : {},
    );
    const { holdout, books } = select(record, {}, 'holdout');
    assert.deepEqual([holdout[0]?.answer, holdout[0]?.toolCalls], [null, undefined]);
    assert.deepEqual(books.notes, { 'no-reference-tool-calls': 1 });
    assert.equal(
      select(conversation([REJECTED, APPROVED]), {}, 'holdout').holdout[0]?.answer,
      'answer 1',
    );
  });
});

test('a survey counts a record as learnable where one of its answers is', () => {
  const weigh = createWeigher(policyOf(), () => null);
  const records = [
    conversation([APPROVED, REJECTED]),
    conversation([REJECTED, REJECTED]),
    conversation([REJECTED, corrected('better')]),
  ];
  const { learnable, origins, reasons } = surveyRecords(records, weigh);
  assert.deepEqual([learnable, origins], [2, { confirmed: 1, edited: 1 }]);
  assert.deepEqual(reasons, [{ reason: 'rejected', takes: 1, alone: 1, counted: 1 }]);
});
