import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { DedupeFinding } from '../../src/cli/dedupe.js';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';

const TEXT =
  'the customer wrote that the parcel which was promised for monday has not arrived and asks where it is now';

describe('holdfast dedupe', async () => {
  const folder = await temporaryFolder();
  const write = (name: string, rows: readonly unknown[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return path;
  };
  const evidence = (path: string): readonly DedupeFinding[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as DedupeFinding);

  test('names for each duplicate the kept row it was compared with, over several files', async () => {
    const longer = `${TEXT} please`;
    const one = write('one.jsonl', [{ id: 1, text: TEXT }, { text: 'something else' }]);
    const two = write('two.jsonl', [{ id: 'b', text: TEXT }, { text: longer }]);
    const found = join(folder, 'found.jsonl');
    const { code, out } = await runHoldfast(['dedupe', one, two, '--evidence', found]);
    assert.equal(code, 1);
    assert.match(out, /^4 rows: 0 exact duplicates, 2 near-duplicates, 2 rows kept/);
    // 20 words and 21 have 16 and 17 runs of five words.
    const similarity = 16 / 17;
    assert.deepEqual(evidence(found), [
      {
        file: one,
        index: 0,
        id: 1,
        keptFile: two,
        keptIndex: 1,
        keptId: null,
        similarity,
        rule: 'near',
        survivedBy: 'longest',
      },
      {
        file: two,
        index: 0,
        id: 'b',
        keptFile: two,
        keptIndex: 1,
        keptId: null,
        similarity,
        rule: 'near',
        survivedBy: 'longest',
      },
    ]);
    const first = await runHoldfast(['dedupe', one, two, '--keep', 'first', '--evidence', found]);
    assert.equal(first.code, 1);
    assert.deepEqual(
      evidence(found).map(({ keptIndex, rule, survivedBy }) => [keptIndex, rule, survivedBy]),
      [
        [0, 'exact', 'first'],
        [0, 'near', 'first'],
      ],
    );
  });

  test('says of equal rows that the first survived, and of others that no rule tells apart, the hash', async () => {
    const file = write('equal.jsonl', [
      { text: TEXT },
      { text: TEXT },
      { text: TEXT.replace('monday', 'sunday') },
    ]);
    const found = join(folder, 'equal-found.jsonl');
    await runHoldfast(['dedupe', file, '--threshold', '0.5', '--evidence', found]);
    const told = evidence(found).map(({ rule, survivedBy }) => `${rule} ${survivedBy}`);
    assert.equal(told.length, 2);
    assert.ok(told.includes('near hash'));
    const exact = write('exact.jsonl', [{ text: TEXT }, { text: TEXT }]);
    await runHoldfast(['dedupe', exact, '--evidence', found]);
    assert.deepEqual(
      evidence(found).map(({ index, rule, survivedBy }) => [index, rule, survivedBy]),
      [[1, 'exact', 'first']],
    );
  });

  test('refuses to go by a column that no row has, and says of one prompt that it stands there', async () => {
    const file = write('ranked.jsonl', [
      { prompt: TEXT, completion: 'a', score: 1 },
      { prompt: TEXT, completion: 'b' },
    ]);
    const wrong = await runHoldfast(['dedupe', file, '--keep', 'quality:score,newest:made']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--keep newest:made goes by a column that no row has/u);
    const { code, out } = await runHoldfast(['dedupe', file, '--keep', 'quality:score']);
    assert.equal(code, 0);
    assert.match(out, /^1 prompt stands there with more than one answer; all kept$/mu);
  });

  test('keeps tool calls with other arguments, and prompts with other answers', async () => {
    const call = (user: number, id: string): object => ({
      messages: [
        { role: 'user', content: TEXT },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id, type: 'function', function: { name: 'get_user', arguments: `{"id": ${user}}` } },
          ],
        },
      ],
    });
    const calls = write('calls.jsonl', [call(1, 'a'), call(2, 'a'), call(1, 'b')]);
    const { code, out } = await runHoldfast(['dedupe', calls, '--json']);
    assert.equal(code, 1);
    const { kept, near, exact } = JSON.parse(out) as Record<string, number>;
    assert.deepEqual({ kept, found: (near ?? 0) + (exact ?? 0) }, { kept: 2, found: 1 });
    const answers = write('answers.jsonl', [
      { prompt: TEXT, completion: 'shipping' },
      { prompt: TEXT, completion: 'refund' },
    ]);
    const result = await runHoldfast(['dedupe', answers, '--json']);
    assert.equal(result.code, 0);
    assert.equal((JSON.parse(result.out) as { conflicts: number }).conflicts, 1);
  });

  test('keeps the same rows whatever their order', async () => {
    const texts = [TEXT, `${TEXT} today`, TEXT.replace('monday', 'friday'), `other ${TEXT}`];
    const keptOf = async (rows: readonly string[]): Promise<unknown> => {
      const found = join(folder, 'order.jsonl');
      await runHoldfast([
        'dedupe',
        write(
          'rows.jsonl',
          rows.map((text) => ({ text })),
        ),
        '--evidence',
        found,
      ]);
      return evidence(found)
        .map(({ index, keptIndex }) => [rows[index], rows[keptIndex]])
        .sort();
    };
    const expected = await keptOf(texts);
    assert.deepEqual(await keptOf(texts.toReversed()), expected);
    assert.deepEqual(await keptOf([...texts.slice(2), ...texts.slice(0, 2)]), expected);
  });

  test('keeps by columns, one rule after the other, in every kind of file and by threads', async () => {
    const rows = [
      { id: 0, text: TEXT, meta: { score: 0.5 }, at: '2026-01-01T00:00:00Z' },
      { id: 1, text: `${TEXT} please`, meta: { score: '0.7' }, at: '2026-01-03T00:00:00Z' },
      { id: 2, text: TEXT, meta: { score: 0.7 }, at: 1_767_312_000 },
      { id: 3, text: `${TEXT} now` },
    ];
    const found = join(folder, 'ranked.jsonl');
    const keptBy = async (keep: string, file: string): Promise<readonly unknown[]> => {
      await runHoldfast(['dedupe', file, '--keep', keep, '--threads', '2', '--evidence', found]);
      return evidence(found).map(({ id, keptId, survivedBy }) => [id, keptId, survivedBy]);
    };
    const lines = write('ranked-rows.jsonl', rows);
    const array = join(folder, 'ranked-rows.json');
    writeFileSync(array, JSON.stringify(rows));
    for (const file of [lines, array]) {
      assert.deepEqual(await keptBy('quality:meta.score,newest:at', file), [
        [0, 1, 'quality:meta.score'],
        [2, 1, 'newest:at'],
        [3, 1, 'quality:meta.score'],
      ]);
      assert.deepEqual(await keptBy('newest:at', file), [
        [0, 1, 'newest:at'],
        [2, 1, 'newest:at'],
        [3, 1, 'newest:at'],
      ]);
      assert.deepEqual(await keptBy('quality:meta.score,first', file), [
        [0, 1, 'quality:meta.score'],
        [2, 1, 'first'],
        [3, 1, 'quality:meta.score'],
      ]);
    }
  });

  test('says what it does not understand, leaves no evidence and ends with 2', async () => {
    const rows = write('bad.jsonl', [{ text: TEXT }, { other: 'secret' }]);
    const found = join(folder, 'none.jsonl');
    const table: readonly (readonly [readonly string[], RegExp])[] = [
      [['dedupe', rows, '--evidence', found], /bad\.jsonl:2 has none of the known shapes/],
      [['dedupe', rows, '--threshold', '1.5'], /--threshold 1\.5/],
      [['dedupe', rows, '--shingle', 'lines:3'], /--shingle lines:3/],
      [['dedupe', rows, '--keep', 'best'], /--keep best/],
      [['dedupe', rows, '--keep', 'newest'], /--keep newest is not understood/],
      [['dedupe', rows, '--keep', 'longest,longest'], /says one rule twice/],
      [
        ['dedupe', write('time.jsonl', [{ text: TEXT, at: 'secret' }]), '--keep', 'newest:at'],
        /time\.jsonl:1 has no time in its column at/,
      ],
      [
        ['dedupe', write('score.jsonl', [{ text: TEXT, q: {} }]), '--keep', 'quality:q'],
        /score\.jsonl:1 has no number in its column q/,
      ],
      [['dedupe', rows, '--text-field', 'text'], /bad\.jsonl:2 lacks one of the columns text/],
    ];
    for (const [argv, message] of table) {
      const { code, err } = await runHoldfast(argv);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.doesNotMatch(err, /secret/);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('none.jsonl')),
      [],
    );
  });

  test('stops when it is interrupted, with 2', async () => {
    const rows = write('stop.jsonl', [{ text: TEXT }]);
    const { code, err } = await runHoldfast(['dedupe', rows], { interrupted: AbortSignal.abort() });
    assert.equal(code, 2);
    assert.match(err, /stopped before the end/);
  });

  test('stops while it groups and compares as well, since a signal has its turn there', async () => {
    const count = 10_000;
    const rows = write(
      'many.jsonl',
      Array.from({ length: count }, (_, n) => ({ text: `${TEXT} ${n}` })),
    );
    // Reading takes a look for each MiB and one for the end, grouping one for each band.
    const looksAtReading = Math.ceil(statSync(rows).size / (1024 * 1024)) + 1;
    const looksAtGrouping = 26;
    for (const before of [looksAtReading, looksAtReading + looksAtGrouping]) {
      const interruption = new AbortController();
      let looks = 0;
      const interrupted = {
        get aborted(): boolean {
          looks += 1;
          if (looks === before + 3) setImmediate(() => interruption.abort());
          return interruption.signal.aborted;
        },
      } as AbortSignal;
      const { code, err } = await runHoldfast(['dedupe', rows], { interrupted });
      assert.equal(code, 2);
      assert.match(err, /stopped before the end/);
      assert.equal(looks, before + 4);
    }
  });

  test('finds in lines on their bytes what it finds in rows that were parsed', async () => {
    const base = `${TEXT} \\ "as" said / before`;
    const rows = [
      { id: 'a', text: base },
      { text: `${base}\n` },
      { id: 7, text: `${base} é` },
      { id: -1.5, text: `\ufeff${base} \ud83d\ude00` },
      { id: 'é "b"', text: `${base} 1,000` },
      { text: '' },
      { text: 'short one' },
      { id: null, prompt: base, completion: '' },
      { prompt: base, completion: 'yes' },
      { instruction: base, output: 'no' },
      { messages: [{ role: 'user', content: `${base} again` }] },
      { id: 'n', text: 12 },
      { label: null, text: base.toUpperCase(), x: false, y: true, z: 1e3 },
      { id: 'long', text: `${base} ${'x'.repeat(1_100_000)}` },
      { id: 'e', text: `${base} ${'\u00e9\t\u2028'.repeat(3)}` },
    ];
    const escaped = rows.map((row) =>
      JSON.stringify(row).replace(
        /[\u007f-\uffff]/gu,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    );
    const lines = ['\ufeff', ...rows.map((row) => `${JSON.stringify(row)}\r\n\n`)].join('');
    const files = {
      'kinds.json': JSON.stringify(rows),
      'kinds.jsonl': lines,
      'kinds.jsonl.gz': gzipSync(lines),
      'escaped.jsonl': escaped.join('\n'),
    };
    const found: unknown[] = [];
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      writeFileSync(path, content);
      const out = join(folder, 'kinds-found.jsonl');
      const { code } = await runHoldfast(['dedupe', path, '--evidence', out]);
      assert.equal(code, 1);
      found.push(evidence(out).map((each) => ({ ...each, file: '', keptFile: '' })));
    }
    const [first, ...others] = found;
    assert.ok(Array.isArray(first) && first.length > 5);
    for (const other of others) assert.deepEqual(other, first);
  });

  test('says nothing about a file that was written to while it was read', async () => {
    const rows = write(
      'changed.jsonl',
      Array.from({ length: 3_000 }, (_, n) => ({ text: `${TEXT} ${n}` })),
    );
    let looks = 0;
    const interrupted = {
      get aborted(): boolean {
        looks += 1;
        if (looks === 3) appendFileSync(rows, '{"text": "more"}\n');
        return false;
      },
    } as AbortSignal;
    const { code, err } = await runHoldfast(['dedupe', rows], { interrupted });
    assert.equal(code, 2);
    assert.match(err, /changed\.jsonl can't be read: it was written to meanwhile/);
  });
});
