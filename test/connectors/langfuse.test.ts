import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import { openConnector } from '../../src/connectors/open-connector.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { namedLogs } from '../support/named-logs.js';
import { temporaryFolder } from '../support/folders.js';

type Json = Readonly<Record<string, unknown>>;
type Files = Readonly<Record<string, readonly object[]>>;

function generation(id: string, changes: Json = {}): object {
  return {
    id,
    trace_id: 't1',
    type: 'GENERATION',
    start_time: '2026-02-10 12:00:00.000000',
    environment: 'default',
    input: `question ${id}`,
    output: `answer ${id}`,
    ...changes,
  };
}

function score(changes: Json): object {
  return {
    id: `score ${JSON.stringify(changes)}`,
    timestamp: '2026-02-11 00:00:00.000000',
    trace_id: 't1',
    observation_id: null,
    name: 'thumbs',
    source: 'API',
    data_type: 'BOOLEAN',
    value: 1,
    string_value: null,
    ...changes,
  };
}

async function folderOf(files: Files): Promise<string> {
  const path = await temporaryFolder();
  for (const [name, rows] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), rows.map((row) => JSON.stringify(row)).join('\n'));
  }
  return path;
}

async function read(files: Files, fields: FieldMapping = {}): Promise<readonly LogLine[]> {
  const connector = openConnector({ connector: 'langfuse', path: await folderOf(files), fields });
  const found: LogLine[] = [];
  for await (const line of connector.read(await namedLogs(connector))) found.push(line);
  return found;
}

function records(found: readonly LogLine[]): readonly RawRecord[] {
  return found.flatMap((line) => (line.kind === 'record' ? [line] : []));
}

function signalsById(found: readonly LogLine[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    records(found).map(({ externalId, signals }) => [
      String(externalId),
      signals.map((each) => [each.name, each.kind, each.verdict, each.surface].join(' ')),
    ]),
  );
}

const OBSERVATIONS = 'observations_v2/2026-02-10T13-00-00.jsonl';
const SCORES = 'scores/2026-02-12T00-00-00.jsonl';

describe('exports of Langfuse', () => {
  test('a score is of the observation it names, else of the last generation of its trace', async () => {
    const found = await read({
      [OBSERVATIONS]: [
        generation('early'),
        generation('late', { start_time: '2026-02-10 12:00:09.000000' }),
        generation('middle', { start_time: '2026-02-10 12:00:05.000000' }),
        generation('other', { trace_id: 't2' }),
      ],
      [SCORES]: [
        score({ observation_id: 'early', value: 0 }),
        score({}),
        score({ trace_id: 't9' }),
        score({ observation_id: 'gone' }),
      ],
    });
    assert.deepEqual(signalsById(found), {
      late: ['thumbs human approved production'],
      early: ['thumbs human rejected production'],
      middle: [],
      other: [],
    });
    const passed = found.flatMap((line) => (line.kind === 'passed' ? [line.reason] : []));
    assert.deepEqual(passed, [
      'feedback',
      'feedback',
      'feedback-without-call',
      'feedback-without-call',
    ]);
  });

  test('people, judges and corrections are told apart, and a score that was changed counts once', async () => {
    const about = { observation_id: 'a' };
    const found = await read(
      {
        [OBSERVATIONS]: [generation('a')],
        [SCORES]: [
          score({
            ...about,
            id: '1',
            name: 'a',
            source: 'ANNOTATION',
            data_type: 'CATEGORICAL',
            value: 0,
            string_value: 'Good',
          }),
          score({ ...about, id: '2', name: 'b', source: 'EVAL', data_type: 'NUMERIC', value: 0.2 }),
          score({ ...about, id: '3', name: 'c', evaluator_id: 'e' }),
          score({ ...about, id: '4', name: 'd' }),
          score({ ...about, id: '5', name: 'stars', data_type: 'NUMERIC', value: 0.9 }),
          score({
            ...about,
            id: '6',
            name: 'output',
            data_type: 'CORRECTION',
            value: null,
            string_value: 'better',
          }),
          score({ ...about, id: '7', name: 'e', value: 1 }),
          score({
            ...about,
            id: '7',
            name: 'e',
            value: 0,
            timestamp: '2026-02-11 00:00:01.000000',
          }),
        ],
      },
      { 'score.approved': '0.5', 'feedback.human': 'stars' },
    );
    assert.deepEqual(signalsById(found), {
      a: [
        'a human approved production',
        'b judge rejected production',
        'c judge approved production',
        'd judge approved production',
        'stars human approved production',
        'output edit none production',
        'e judge rejected production',
      ],
    });
    assert.equal(records(found)[0]?.signals[5]?.correction, 'better');
  });

  test('an environment is a surface', async () => {
    const environments = [
      'default',
      'production',
      'eu-live',
      'staging',
      'pre-prod',
      'dev',
      'latest',
    ];
    const rows = environments.map((environment) => generation(environment, { environment }));
    const surfaces = (found: readonly LogLine[]): readonly unknown[] =>
      records(found).map(({ surface }) => surface ?? 'production');
    assert.deepEqual(surfaces(await read({ [OBSERVATIONS]: rows })), [
      ...['production', 'production', 'production', 'staging', 'staging', 'debug', 'production'],
    ]);
    const told = { 'environment.production': 'eu-live, latest' };
    assert.deepEqual(surfaces(await read({ [OBSERVATIONS]: rows }, told)), [
      ...['staging', 'staging', 'production', 'staging', 'staging', 'debug', 'production'],
    ]);
  });

  test('inputs and outputs are understood in the shapes that integrations log', async () => {
    const call = { id: 'c1', name: 'f', arguments: '{"a":1}' };
    const messages = [{ role: 'user', content: 'q' }];
    const shapes: readonly (readonly [unknown, unknown])[] = [
      ['q', 'a'],
      ['"q"', 'a'],
      [messages, { role: 'assistant', content: 'a' }],
      [{ messages }, { choices: [{ message: { role: 'assistant', content: 'a' } }] }],
      [
        { input: messages },
        [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'a' },
        ],
      ],
      [{ prompt: 'q' }, { text: 'a' }],
      [{ question: 'q' }, { output: 'a' }],
    ];
    const rows = shapes.flatMap(([input, output], index) => [
      generation(`o${index}`, { input, output }),
      generation(`t${index}`, {
        input: typeof input === 'string' ? input : JSON.stringify(input),
        output: typeof output === 'string' ? output : JSON.stringify(output),
      }),
    ]);
    const found = records(await read({ [OBSERVATIONS]: rows }));
    assert.equal(found.length, rows.length);
    for (const { externalId, messages: asked, output } of found) {
      const content = externalId?.endsWith('1') === true ? '"q"' : 'q';
      assert.deepEqual(asked, [{ role: 'user', content }], String(externalId));
      assert.deepEqual(output, { role: 'assistant', content: 'a' }, String(externalId));
    }
    const row = generation('x', { output: 'a', tool_calls: [JSON.stringify(call)] });
    const [called] = records(await read({ [OBSERVATIONS]: [row] }));
    assert.deepEqual(called?.output, { role: 'assistant', content: 'a', toolCalls: [call] });
  });

  test('the tools that a request offered are the record’s', async () => {
    const parameters = { type: 'object' };
    const tools = [{ type: 'function', function: { name: 'find', parameters } }];
    const messages = [{ role: 'user', content: 'hi' }];
    const [found, none] = records(
      await read({
        [OBSERVATIONS]: [
          generation('a', { input: JSON.stringify({ messages, tools }) }),
          generation('b'),
        ],
      }),
    );
    assert.deepEqual(found?.tools, [{ name: 'find', parameters }]);
    assert.equal(none?.tools, undefined);
  });

  test('older exports take user, session and environment from their traces', async () => {
    const found = await read({
      'observations/2026-02-10T13-00-00.jsonl': [generation('a', { environment: undefined })],
      'traces/2026-02-10T13-00-00.jsonl': [
        {
          id: 't1',
          timestamp: '2026-02-10 12:00:00',
          user_id: 'u',
          session_id: 's',
          environment: 'dev',
        },
      ],
    });
    const [record] = records(found);
    assert.deepEqual(
      [record?.userId, record?.conversationId, record?.surface],
      ['u', 's', 'debug'],
    );
  });

  test('what is fresh is read with what its scores may be about, and with nothing older', async () => {
    const days = ['2026-01-01', '2026-01-27', '2026-02-09', '2026-02-10'];
    const path = await folderOf({
      ...Object.fromEntries(
        days.map((day) => [`observations_v2/${day}T00-00-00.jsonl`, [generation(day)]]),
      ),
      'scores/2026-01-02T00-00-00.jsonl': [score({})],
      'scores/2026-02-10T00-00-00.jsonl': [score({})],
      'undated.jsonl': [score({})],
    });
    const source = { connector: 'langfuse', path, fields: {}, lookbackDays: 14 } as const;
    const connector = openConnector(source);
    const listed = await namedLogs(connector);
    const fresh = listed.filter(({ uri }) => uri === 'scores/2026-02-10T00-00-00.jsonl');
    assert.deepEqual(
      connector.toRead(listed, fresh).map(({ uri }) => uri),
      [
        'observations_v2/2026-01-27T00-00-00.jsonl',
        'observations_v2/2026-02-09T00-00-00.jsonl',
        'observations_v2/2026-02-10T00-00-00.jsonl',
        'scores/2026-02-10T00-00-00.jsonl',
        'undated.jsonl',
      ],
    );
    assert.deepEqual(connector.toRead(listed, []), []);
  });
});

describe('what a generation of Langfuse asked for', () => {
  const parameters = { type: 'object', properties: { from: { type: 'string' } } };
  const tool = { type: 'function', function: { name: 'look_up', parameters } };
  const format = { type: 'json_object' };
  const messages = [{ role: 'user', content: 'When?' }];
  const TOOLS = { tools: [{ name: 'look_up', parameters }] };
  const ANY_JSON = { jsonRequest: { schema: undefined } };
  const cases: readonly (readonly [string, object, object])[] = [
    ['nowhere', {}, {}],
    ['the input', { input: JSON.stringify({ messages, tools: [tool] }) }, TOOLS],
    ['the parameters', { model_parameters: JSON.stringify({ response_format: format }) }, ANY_JSON],
    [
      'the metadata',
      { metadata: { response_format: JSON.stringify(format), cache_hit: 'True' } },
      { ...ANY_JSON, cached: true },
    ],
    [
      'its own column',
      { tool_definitions: { look_up: JSON.stringify({ parameters: JSON.stringify(parameters) }) } },
      TOOLS,
    ],
    ['its own column', { tool_definitions: JSON.stringify([tool]) }, TOOLS],
    ['a miss of the cache', { metadata: { cache_hit: 'False' } }, {}],
  ];
  for (const [where, changes, wanted] of cases) {
    test(`is read from ${where}`, async () => {
      const [record] = records(await read({ [OBSERVATIONS]: [generation('g1', { ...changes })] }));
      const { jsonRequest, tools, cached } = record ?? assert.fail('no record');
      assert.deepEqual(
        {
          ...(jsonRequest !== undefined && { jsonRequest }),
          ...(tools !== undefined && { tools }),
          ...(cached !== undefined && { cached }),
        },
        wanted,
      );
    });
  }
});

describe('exports of Langfuse in CSV', () => {
  const file = 'observations_v2/a.csv';
  const header = '"id","trace_id","type","start_time","input","output"\n';
  const row = (id: string, input = 'q'): string =>
    `"${id}","t","GENERATION","2026-02-10 00:00:00.000000","${input}","a"\n`;

  async function readCsv(content: Uint8Array): Promise<readonly string[]> {
    const path = await folderOf({});
    await mkdir(join(path, 'observations_v2'));
    await writeFile(join(path, file), content);
    const connector = openConnector({ connector: 'langfuse', path, fields: {} });
    const found: string[] = [];
    for await (const each of connector.read(await namedLogs(connector))) {
      const { line, offset, length } = each.position;
      const what = each.kind === 'record' ? String(each.externalId) : each.reason;
      found.push(`${line}@${offset}+${length} ${what}`);
    }
    return found;
  }

  test('what is broken in them is quarantined where it stands, and the rest is read', async () => {
    const [first, two] = [header + row('1', 'two\nlines, ""quoted""'), '"2","t"\n'];
    const bad = Buffer.concat([
      Buffer.from('"3","t","GENERATION","2026-02-10","'),
      Buffer.from([0xff]),
      Buffer.from('","a"\n'),
    ]);
    const text = [Buffer.from(first + two), bad, Buffer.from(row('4'))];
    const start = (count: number): number => Buffer.concat(text.slice(0, count)).length;
    assert.deepEqual(await readCsv(Buffer.concat(text)), [
      `2@${header.length}+${first.length - header.length} 1`,
      `4@${first.length}+${two.length} invalid-csv`,
      `5@${start(1)}+${bad.length} invalid-utf8`,
      `6@${start(2)}+${row('4').length} 4`,
    ]);
  });

  test('a row that breaks at a quote is quarantined, and the rows behind it are read', async () => {
    const good = header + row('1') + row('2', 'two\nlines');
    const bad = '"3","t"x,"GENERATION"\n';
    const text = `${good}${bad}${row('4')}`;
    assert.deepEqual((await readCsv(Buffer.from(text))).slice(2), [
      `5@${good.length}+${bad.length} broken-csv`,
      `6@${good.length + bad.length}+${row('4').length} 4`,
    ]);
    const open = `${good}"3`;
    assert.deepEqual((await readCsv(Buffer.from(open))).at(-1), `5@${good.length}+2 broken-csv`);
  });
});
