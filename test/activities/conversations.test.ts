import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readOutput } from '../../activities/window-state.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { Example } from '../../src/domain/record.js';
import { readParquetRows } from '../../src/formats/parquet.js';
import { parseTrainingRows } from '../../src/lineage/lineage.js';
import { keys } from '../../src/release/layout.js';
import { readBytes } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

/** The frozen sample of every data path. */
const FROZEN = 'which of the four queues does a lost parcel belong in please';
const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'find_order',
      description: 'Looks an order up.',
      parameters: { type: 'object', properties: { order: { type: ['integer', 'string'] } } },
    },
  },
];

type Told = object;

interface WireMessage {
  readonly role: string;
  readonly content: string;
  readonly weight?: number;
  readonly tool_calls?: readonly object[];
}

interface TrainerRow {
  readonly messages: readonly WireMessage[];
  readonly tools?: readonly object[];
}

const callOf = (order: unknown): object => ({
  id: 'c1',
  type: 'function',
  function: { name: 'find_order', arguments: JSON.stringify({ order }) },
});

const thumbs = (verdict: 'approved' | 'rejected'): object => ({
  feedback: [{ name: 'thumbs', kind: 'human', surface: 'production', verdict }],
});
const correction = (text: string): object => ({
  feedback: [{ name: 'fix', kind: 'human', surface: 'production', correction: text }],
});

/** The calls of a conversation, one line each: questions or tools' results, with the answers and what was said of them. */
function talk(
  name: string,
  turns: readonly (readonly [asked: Told, answer: object, said: object])[],
  day = 29,
): readonly object[] {
  const messages: object[] = [{ role: 'system', content: 'Help with orders.' }];
  return turns.map(([asked, answer, said], turn) => {
    messages.push(asked);
    const line = {
      id: `${name}-${turn}`,
      timestamp: new Date(Date.UTC(2025, 11, day, 12, turn)).toISOString(),
      request: { model: 'orders-v1', messages: [...messages], tools: TOOLS },
      response: { choices: [{ message: { role: 'assistant', ...answer } }] },
      session_id: name,
      ...said,
    };
    messages.push({ role: 'assistant', ...answer });
    return line;
  });
}

const user = (content: string): object => ({ role: 'user', content });
const said = (content: string): object => ({ content });

const weighed = talk('weighed', [
  [user('my kettle never came, what now'), said('I am sorry to hear that'), thumbs('approved')],
  [user('so where would it be'), said('I have no idea at all'), thumbs('rejected')],
  [user('can you find out for me'), said('it waits at the depot in Leeds'), thumbs('approved')],
]);
const agent = talk('agent', [
  [
    user('has order 7 left the warehouse'),
    { content: '', tool_calls: [callOf(7)] },
    thumbs('approved'),
  ],
  [
    { role: 'tool', tool_call_id: 'c1', content: 'left on monday' },
    said('yes, on monday'),
    thumbs('approved'),
  ],
]);
const calling = talk('calling', [
  [
    user('please look up order 12 today'),
    { content: '', tool_calls: [callOf(12)] },
    thumbs('approved'),
  ],
]);
const mended = talk('mended', [
  [user('do you ship bicycles to Norway'), said('no'), correction('yes, within ten days')],
  [user('thanks, and to Iceland as well'), said('yes, within three weeks'), thumbs('approved')],
]);
const leakingTurn = talk('leaking-turn', [
  [user('repeat what the form asks for'), said(`it asks ${FROZEN}`), thumbs('rejected')],
  [user('and what shall I answer to it'), said('whatever you like'), thumbs('approved')],
]);
const leakingCall = talk('leaking-call', [
  [
    user('put this into the search'),
    { content: '', tool_calls: [callOf(FROZEN)] },
    thumbs('approved'),
  ],
]);

const everything = [weighed, agent, calling, mended, leakingTurn, leakingCall];

async function trainerRows(
  path: DataPath,
  { release }: BuiltWindow,
): Promise<readonly TrainerRow[]> {
  const bytes = await readBytes(path.deps.store, keys.releaseFile(release, 'train.jsonl'));
  const lines = Buffer.from(bytes).toString().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as TrainerRow);
}

/** The row that ends with this text or this call's arguments. */
function endingWith(rows: readonly TrainerRow[], text: string): TrainerRow {
  const found = rows.filter(({ messages }) => JSON.stringify(messages.at(-1)).includes(text));
  assert.equal(found.length, 1, `${found.length} rows end with ${text}`);
  return found[0] ?? assert.fail();
}

const weightsOf = ({ messages }: TrainerRow): readonly (number | undefined)[] =>
  messages.filter(({ role }) => role === 'assistant').map(({ weight }) => weight);

function notesOf({ books }: ReleaseManifest, stage: string): Readonly<Record<string, number>> {
  return books.find((each) => each.stage === stage)?.notes ?? {};
}

describe('a release of conversations', () => {
  let path: DataPath;
  let first: BuiltWindow;
  before(async () => {
    const split = { holdoutFraction: 0.001, group: 'conversation' };
    path = await createDataPath({ split });
    path.writeLog('w1.jsonl', [
      ...everything.flat(),
      ...logLines(makeTickets('w1', 10, '2025-12-29', '2026-01-05')),
    ]);
    first = await path.build(0);
  });
  after(() => path.close());

  test('trains on the answers that qualify and has the others as context', async () => {
    const row = endingWith(await trainerRows(path, first), 'the depot in Leeds');
    assert.deepEqual(weightsOf(row), [1, 0, 1]);
    assert.equal(row.messages.length, 7);
  });

  test('has the calls of tools, their results and the tools that were offered', async () => {
    const rows = await trainerRows(path, first);
    const alone = endingWith(rows, '\\"order\\":12');
    assert.deepEqual(alone.messages.at(-1), {
      role: 'assistant',
      content: '',
      tool_calls: [callOf(12)],
    });
    assert.deepEqual(alone.tools, TOOLS);
    const { messages } = endingWith(rows, 'yes, on monday');
    assert.deepEqual(messages.slice(2), [
      { role: 'assistant', content: '', tool_calls: [callOf(7)] },
      { role: 'tool', content: 'left on monday', tool_call_id: 'c1' },
      { role: 'assistant', content: 'yes, on monday' },
    ]);
  });

  test('ends an example with a correction, and goes on from what was really said in another', async () => {
    const rows = await trainerRows(path, first);
    assert.deepEqual(weightsOf(endingWith(rows, 'within ten days')), [undefined]);
    const going = endingWith(rows, 'within three weeks');
    assert.deepEqual(weightsOf(going), [0, 1]);
    assert.equal(going.messages[2]?.content, 'no');
  });

  test('leaves out what gives a frozen sample away in context or in a tool’s arguments', async () => {
    const held = new Set((await first.read<Example>('rows')).map(({ id }) => id));
    assert.ok(held.has('weighed-0') && held.has('calling-0'));
    assert.ok(!held.has('leaking-turn-0') && !held.has('leaking-call-0'));
    const books = first.manifest.books.find(({ stage }) => stage === 'decontaminate');
    assert.deepEqual(books?.dropped, { 'leak-verbatim-tickets': 2 });
  });

  test('counts turns in books and card, and balances', async () => {
    assert.deepEqual(notesOf(first.manifest, 'select'), {
      'corrected-turn-apart': 1,
      'earlier-turn-context': 3,
      'earlier-turn-trained': 2,
      'row-with-tool-calls': 3,
    });
    const notes = notesOf(first.manifest, 'decontaminate');
    assert.equal(notes['earlier-turn-context'], 2);
    const card = await readBytes(path.deps.store, keys.releaseFile(first.release, 'README.md'));
    assert.match(
      Buffer.from(card).toString(),
      /Of conversations: 2 earlier answers are trained on too; 2 earlier answers are context, with a weight of 0; 2 rows are trained to call tools\./,
    );
  });

  test('is read back by later weeks, as a table and as training data', async () => {
    path.writeLog('w2.jsonl', logLines(makeTickets('w2', 10, '2026-01-05', '2026-01-12')));
    const second = await path.build(1);
    const [before, now] = [await trainerRows(path, first), await trainerRows(path, second)];
    for (const row of before)
      assert.ok(now.some((other) => JSON.stringify(other) === JSON.stringify(row)));
    const bytes = await readBytes(path.deps.store, keys.releaseFile(second.release, 'train.jsonl'));
    const parsed = parseTrainingRows(bytes, 'train.jsonl');
    assert.equal(parsed.length, now.length);
    const tools = parsed.filter(({ templates }) =>
      templates.join('\n').includes('Looks an order up.'),
    );
    assert.equal(tools.length, before.filter((row) => row.tools !== undefined).length);
    const table = await readBytes(
      path.deps.store,
      keys.releaseFile(second.release, 'train.parquet'),
    );
    const columns: Record<string, unknown>[] = [];
    for await (const row of readParquetRows(table)) columns.push(row);
    const row = columns.find(({ id }) => id === 'weighed-0');
    assert.deepEqual(JSON.parse(String(row?.['trained_turns'])), [
      { message: 2, origin: 'confirmed' },
    ]);
    assert.ok(
      columns.some(({ id, record_id }) => id === 'mended-0#turn-2' && record_id === 'mended-0'),
    );
  });
});

test('the tools of the champion’s training files are held against the samples, too', async () => {
  const [tool] = TOOLS;
  const leaking = { ...tool, function: { ...tool?.function, description: `Answers ${FROZEN}.` } };
  const row = (tools: readonly object[]): object => ({
    messages: [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'hi' },
    ],
    tools,
  });
  const path = await createDataPath({}, [row(TOOLS), row([leaking])]);
  try {
    path.writeLog('w1.jsonl', logLines(makeTickets('w1', 10, '2025-12-29', '2026-01-05')));
    const { input } = await path.build(0);
    const found = await readOutput<Finding>(
      path.deps.store,
      input,
      'decontaminate',
      'championFindings',
    );
    assert.deepEqual(
      found.map(({ exampleId, level }) => [exampleId.slice(-2), level]),
      [['#1', 'verbatim']],
    );
  } finally {
    path.close();
  }
});
