import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createRows, type DedupeRows, type RowsPlan } from '../../src/cli/dedupe-rows.js';
import type { FoundDuplicate } from '../../src/dedup/duplicate-search.js';
import { temporaryFolder } from '../support/folders.js';
import { createRandom } from '../support/random.js';

const never = new AbortController().signal;
const PLAN = {
  policy: { shingle: { unit: 'words', size: 5 }, threshold: 0.7 },
  fields: null,
  keep: [{ kind: 'longest' }],
} as const;

/** Rows of all kinds, half of them edited copies: long and short, escaped, answered, empty, of other scripts. */
function corpus(seed: number, count: number): string[] {
  const random = createRandom(seed);
  const word = (): string => `w${Math.floor(random() ** 2 * 2_000).toString(36)}`;
  const texts: string[][] = [];
  return Array.from({ length: count }, (_, index) => {
    const source = random() < 0.5 ? texts[Math.floor(random() * texts.length)] : undefined;
    const length = random() < 0.2 ? Math.floor(random() * 12) : 20 + Math.floor(random() * 40);
    const text = source === undefined ? Array.from({ length }, word) : [...source];
    const edits = source === undefined ? 0 : Math.floor(random() * 4);
    for (let edit = 0; edit < edits; edit += 1) text[Math.floor(random() * text.length)] = word();
    texts.push(text);
    const prompt = text.join(index % 7 === 0 ? ' é\n' : ' ');
    if (index % 11 === 0) return JSON.stringify({ prompt, completion: `${index % 3}` });
    if (index % 13 === 0) return JSON.stringify({ messages: [{ role: 'user', content: prompt }] });
    return `${JSON.stringify({ id: index, text: prompt })}${index % 5 === 0 ? '\n' : ''}`;
  });
}

async function foundIn(plan: RowsPlan): Promise<{
  readonly found: readonly FoundDuplicate[];
  readonly places: readonly object[];
  readonly conflicts: number;
}> {
  const rows: DedupeRows = createRows(plan);
  try {
    await rows.read(never);
    const found = await rows.compare(never);
    const places = Array.from({ length: rows.size() }, (_, row) => rows.at(row));
    return { found, places, conflicts: rows.conflictCount() };
  } finally {
    await rows.close();
  }
}

describe('the rows of the duplicate search', async () => {
  const folder = await temporaryFolder();
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, lines.join('\n'));
    return path;
  };

  test('are found to be the same by any number of threads, over several files', async () => {
    const files = [1, 2].map((seed) => write(`rows-${seed}.jsonl`, corpus(seed, 1_500)));
    const twice = write('rows-3.jsonl', corpus(1, 400));
    const plan = { ...PLAN, files: [...files, twice], partBytes: 30_000 };
    const one = await foundIn({ ...plan, threads: 1 });
    assert.ok(one.found.length > 500);
    assert.ok(one.found.some(({ rule }) => rule === 'exact') && one.conflicts > 0);
    for (const threads of [2, 3]) assert.deepEqual(await foundIn({ ...plan, threads }), one);
  });

  test('name the line that is wrong, whichever thread has read it', async () => {
    const lines = corpus(3, 1_000);
    const place = lines.slice(0, 900).join('\n').split('\n').length + 1;
    lines[900] = '{"text": "cut off';
    const path = write('broken.jsonl', lines);
    for (const threads of [1, 2]) {
      await assert.rejects(
        foundIn({ ...PLAN, files: [path], partBytes: 10_000, threads }),
        new RegExp(`broken\\.jsonl line ${place} can't be read: it is no JSON`, 'u'),
      );
    }
  });

  test('of files whose prompts can only be kept are compared by one thread all the same', async () => {
    const lines = corpus(4, 600).filter((line) => line.trim() !== '');
    const plain = write('plain.jsonl', lines);
    const rows = lines.flatMap((line) => line.split('\n')).filter((line) => line !== '');
    const listed = write('listed.json', [`[${rows.join(',')}]`]);
    const plan = { ...PLAN, files: [plain, listed], partBytes: 10_000 };
    const one = await foundIn({ ...plan, threads: 1 });
    assert.ok(one.found.length > rows.length / 2);
    assert.deepEqual(await foundIn({ ...plan, threads: 2 }), one);
  });
});
