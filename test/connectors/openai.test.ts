import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LogLine } from '../../src/connectors/connector.js';
import { createFolderBytes } from '../../src/connectors/folder-bytes.js';
import { createOpenAIConnector } from '../../src/connectors/openai.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { ConfigError, DataError } from '../../src/domain/errors.js';
import { hasCode } from '../conformance/object-store.js';
import { collectUntilError } from '../support/bytes.js';
import { namedLogs } from '../support/named-logs.js';
import { temporaryFolder } from '../support/folders.js';

const MAXIMUM_LINE_BYTES = 10_000;

function line(id: string): string {
  return JSON.stringify({
    id,
    timestamp: 1_770_726_896,
    prompt: `question ${id}`,
    completion: 'a',
  });
}

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

function connect(
  path: string,
  fields: FieldMapping = {},
): ReturnType<typeof createOpenAIConnector> {
  const bytes = createFolderBytes(path);
  const maximumLineBytes = MAXIMUM_LINE_BYTES;
  return createOpenAIConnector({ bytes, fields, maximumLineBytes, lookbackDays: 0 });
}

async function readAll(path: string, fields: FieldMapping = {}): Promise<LogLine[]> {
  const connector = connect(path, fields);
  const found: LogLine[] = [];
  for await (const each of connector.read(await namedLogs(connector))) found.push(each);
  return found;
}

function shown(found: LogLine): string {
  const { uri, line: number, offset, length } = found.position;
  const what = found.kind === 'record' ? String(found.externalId) : found.reason;
  return `${uri}:${number}@${offset}+${length} ${what}`;
}

describe('the connector of OpenAI-shaped logs', () => {
  test('what is read outlasts its chunk, and what comes in batches its batch', async () => {
    const textOf = (number: number): string =>
      `question ${number} ${'of many words, '.repeat(300 + 2 * number)}`;
    const calls = Array.from({ length: 150 }, (_none, number) => {
      const messages = [{ role: 'user', content: textOf(number) }];
      const response = { choices: [{ message: { role: 'assistant', content: 'a' } }] };
      return JSON.stringify({ timestamp: 1_770_726_896, request: { messages }, response });
    });
    const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);
    const folder = await folderOf({
      'calls.jsonl': calls.join('\n'),
      'documents.jsonl': calls.map(pretty).join('\n'),
      'array.json': `[${calls.join(',')}]`,
      'packed.jsonl.gz': gzipSync(calls.join('\n')),
    });
    const outlasting = (await readAll(folder)).map((each) => JSON.stringify(each));
    const connector = connect(folder);
    const passed: string[] = [];
    for await (const batch of connector.readBatches(await namedLogs(connector))) {
      for (const each of batch) passed.push(JSON.stringify(each));
    }
    assert.equal(outlasting.length, 4 * calls.length);
    for (const [index, text] of outlasting.entries()) {
      const { messages } = JSON.parse(text) as { readonly messages: readonly unknown[] };
      const content = textOf(index % calls.length);
      assert.deepEqual(messages, [{ content, role: 'user' }]);
    }
    assert.deepEqual(passed, outlasting);
  });

  test('lists log files below the folder by the code units of their paths, with their digests', async () => {
    const names = [
      ...['b.jsonl', 'B.ndjson', 'a/z.json', 'a.jsonl.gz', 'a/b/c.jsonl.zst', 'a-b.JSONL'],
      ...[
        'app.log',
        'app.jsonl.1',
        'app.jsonl-20260105',
        'app.jsonl.2.gz',
        'app.log.2026-01-05T10.zst',
      ],
    ];
    const files = Object.fromEntries(names.map((name) => [name, `${name}\n`]));
    const others = ['a.jsonl.bak', 'a/x.csv', 'notes.txt', 'x.log.', 'x.logs', 'x.tar.gz'];
    const folder = await folderOf({
      ...files,
      ...Object.fromEntries(others.map((name) => [name, 'x'])),
      '.gitkeep': '',
    });
    const objects = await namedLogs(connect(folder));
    assert.deepEqual((await connect(folder).look()).others, others);
    assert.deepEqual(
      objects.map(({ uri }) => uri),
      [...names].sort(),
    );
    for (const { uri, bytes, sha256 } of objects) {
      assert.equal(bytes, uri.length + 1);
      assert.equal(sha256, createHash('sha256').update(`${uri}\n`).digest('hex'));
    }
  });

  test('follows links to files and folders, once', async () => {
    const folder = await folderOf({ 'logs/a.jsonl': `${line('1')}\n`, 'other/b.jsonl': line('2') });
    await symlink(join(folder, 'other'), join(folder, 'logs', 'linked'));
    await symlink(join(folder, 'other', 'b.jsonl'), join(folder, 'logs', 'c.jsonl'));
    await symlink(join(folder, 'logs'), join(folder, 'logs', 'again'));
    await symlink(join(folder, 'nowhere'), join(folder, 'logs', 'broken.jsonl'));
    const objects = await namedLogs(connect(join(folder, 'logs')));
    assert.deepEqual(
      objects.map(({ uri }) => uri),
      ['a.jsonl', 'c.jsonl', 'linked/b.jsonl'],
    );
    assert.deepEqual((await readAll(join(folder, 'logs'))).map(shown), [
      `a.jsonl:1@0+${line('1').length} 1`,
      `c.jsonl:1@0+${line('2').length} 2`,
      `linked/b.jsonl:1@0+${line('2').length} 2`,
    ]);
  });

  test('takes one file, whatever it is called, and refuses a path where nothing is', async () => {
    const folder = await folderOf({ 'app.txt': `${line('1')}\n` });
    assert.deepEqual((await readAll(join(folder, 'app.txt'))).map(shown), [
      `app.txt:1@0+${line('1').length} 1`,
    ]);
    assert.deepEqual((await connect(join(folder, 'app.txt')).look()).others, []);
    await assert.rejects(connect(join(folder, 'nowhere')).look(), ConfigError);
  });

  test('refuses a folder that holds files and no logs; an empty one has none yet', async () => {
    const folder = await folderOf({ 'a/1.txt': 'x', '2.txt': 'x', '3.txt': 'x', '4.txt': 'x' });
    await assert.rejects(connect(folder).look(), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /4 are there \(2\.txt, 3\.txt, 4\.txt, …\): logs end in \.jsonl/);
      return true;
    });
    assert.deepEqual(await namedLogs(connect(await folderOf({ '.gitkeep': '' }))), []);
  });

  test('a line of a rotated file is one of the log it was written to', async () => {
    const names = ['app.jsonl', 'app.jsonl.1', 'app.jsonl-20260105.gz', 'app.json.2'];
    const packed = (name: string): string | Uint8Array =>
      name.endsWith('.gz')
        ? gzipSync(line('1'))
        : name.includes('.json.')
          ? `[${line('1')}]`
          : line('1');
    const folder = await folderOf(Object.fromEntries(names.map((name) => [name, packed(name)])));
    const found = await readAll(folder);
    assert.deepEqual(
      found.map((each) => (each.kind === 'record' ? each.log : each.reason)),
      ['app.json', 'app.jsonl', 'app.jsonl', 'app.jsonl'],
    );
  });

  test('gives every line with its place, blank ones left out', async () => {
    const text = `\ufeff${line('1')}\r\n\n \t\n{"broken\n${'x'.repeat(10_001)}\n${line('2')}`;
    const folder = await folderOf({ 'a.jsonl': text, 'b.jsonl.gz': gzipSync(text) });
    const size = line('1').length;
    for (const uri of ['a.jsonl', 'b.jsonl.gz']) {
      const own = (await readAll(folder)).filter((found) => found.position.uri === uri);
      assert.deepEqual(own.map(shown), [
        `${uri}:1@3+${size} 1`,
        `${uri}:4@${size + 9}+8 invalid-json`,
        `${uri}:5@${size + 18}+10001 line-too-long`,
        `${uri}:6@${size + 10_020}+${size} 2`,
      ]);
    }
  });

  test('reads .json files as one array or by lines, as they are', async () => {
    const folder = await folderOf({
      'array.json': `[${line('1')},\n  7, ${line('2')}]`,
      'cut.json': `[${line('1')},{"id":`,
      'lines.json': `${line('1')}\n${line('2')}\n`,
    });
    const size = line('1').length;
    assert.deepEqual((await readAll(folder)).map(shown), [
      `array.json:1@1+${size} 1`,
      `array.json:2@${size + 5}+1 not-an-object`,
      `array.json:3@${size + 8}+${size} 2`,
      `cut.json:1@1+${size} 1`,
      `cut.json:2@${size + 2}+6 unterminated-array`,
      `lines.json:1@0+${size} 1`,
      `lines.json:2@${size + 1}+${size} 2`,
    ]);
  });

  test('reads each turn of a line as a call where the mapping says so, and says which line has none', async () => {
    const [user, answer] = [
      { role: 'user', content: 'question' },
      { role: 'assistant', content: 'answer' },
    ];
    const lists = [
      [user, answer, user, answer],
      [],
      undefined,
      [{ ...user, role: 'narrator' }],
      [answer, user],
    ];
    const rows = lists.map((messages, index) => ({ id: `${index}`, timestamp: 1, messages }));
    const folder = await folderOf({
      'a.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    });
    const found = await readAll(folder, { 'messages.turns': 'each' });
    assert.deepEqual(
      found.map((each) => `${each.position.line} ${shown(each).replace(/.* /, '')}`),
      [
        '1 0/1',
        '1 0/2',
        '2 missing-messages',
        '3 missing-messages',
        '4 invalid-messages',
        '5 missing-output',
      ],
    );
  });

  test('reads a truncated archive up to where it breaks, and quarantines that place', async () => {
    const many = Array.from(
      { length: 2_000 },
      (_, index) => `${line(`id${index}-${index * index}`)}\n`,
    );
    const packed = gzipSync(many.join(''));
    const folder = await folderOf({ 'a.jsonl.gz': packed.subarray(0, packed.length - 20) });
    const found = await readAll(folder);
    const last = found.at(-1);
    assert.ok(last?.kind === 'quarantined' && last.reason === 'truncated-archive');
    const records = found.slice(0, -1);
    assert.ok(records.length > 1_000);
    assert.ok(records.every(({ kind }) => kind === 'record'));
    assert.equal(last.position.line, records.length + 1);
    assert.equal(last.position.offset, many.slice(0, records.length).join('').length);
    assert.ok(last.position.length < 120);
  });

  test('quarantines an archive or a table that it can not read at its place, and goes on', async () => {
    const widest = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x09, 0x00, 0x00, 0x61]);
    const broken = gzipSync(`${line('1')}\n`);
    // The checksum behind the content.
    broken.fill(0xff, broken.length - 8, broken.length - 4);
    const folder = await folderOf({
      'a.jsonl.zst': widest,
      'b.jsonl.gz': broken,
      'c.parquet': Buffer.from('no table at all'),
      'd.jsonl': line('2'),
    });
    const found = (await readAll(folder)).map(shown);
    assert.deepEqual(
      found.map((each) => each.replace(/:.*[ ]/, ' ')),
      [
        'a.jsonl.zst unsupported-archive',
        'b.jsonl.gz corrupt-archive',
        'c.parquet invalid-parquet',
        'd.jsonl 2',
      ],
    );
  });

  test('reads a file that has grown up to the size it was listed with', async () => {
    const folder = await folderOf({ 'a.jsonl': `${line('1')}\n` });
    const connector = connect(folder);
    const [object] = await namedLogs(connector);
    assert.ok(object !== undefined);
    await appendFile(join(folder, 'a.jsonl'), `${line('2')}\n`);
    const { values, error } = await collectUntilError(connector.read([object]));
    assert.equal(error, null);
    assert.deepEqual(values.map(shown), [`a.jsonl:1@0+${line('1').length} 1`]);
    assert.equal((await namedLogs(connector))[0]?.bytes, 2 * line('1').length + 2);
  });

  test('a file that was changed, cut or taken away is an error, whatever was read of it', async () => {
    const whole = `${line('1')}\n${line('2')}\n`;
    const changes: readonly ((path: string) => Promise<void>)[] = [
      (path) => writeFile(path, whole.replace('question 2', 'question 3')),
      (path) => writeFile(path, `${line('1')}\n`),
      (path) => writeFile(path, ''),
      (path) => rm(path),
    ];
    for (const change of changes) {
      const folder = await folderOf({ 'a.jsonl': whole });
      const connector = connect(folder);
      const [object] = await namedLogs(connector);
      assert.ok(object !== undefined);
      await change(join(folder, 'a.jsonl'));
      const { error } = await collectUntilError(connector.read([object]));
      assert.ok(hasCode('source-changed')(error), String(error instanceof DataError));
    }
  });

  test('an archive that was damaged since it was listed is changed, not corrupt', async () => {
    const packed = gzipSync(
      Array.from({ length: 500 }, (_, id) => `${line(String(id))}\n`).join(''),
    );
    const folder = await folderOf({ 'a.jsonl.gz': packed });
    const connector = connect(folder);
    const [object] = await namedLogs(connector);
    assert.ok(object !== undefined);
    await writeFile(join(folder, 'a.jsonl.gz'), Buffer.from(packed).fill(0xff, 500, 600));
    const { error } = await collectUntilError(connector.read([object]));
    assert.ok(hasCode('source-changed')(error));
    const [damaged] = await namedLogs(connector);
    assert.ok(damaged !== undefined);
    const again = await collectUntilError(connector.read([damaged]));
    assert.equal(again.error, null);
    const last = again.values.at(-1);
    assert.ok(last?.kind === 'quarantined' && last.reason === 'corrupt-archive');
  });

  test('an empty file has no lines', async () => {
    assert.deepEqual(
      await readAll(await folderOf({ 'a.jsonl': '', 'b.json': '', 'c.json': '[]' })),
      [],
    );
  });
});
