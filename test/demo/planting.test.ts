import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FOLDERS } from '../../src/demo/mail/folder.js';
import { disguise, misfile, NEIGHBOURS, pasteSample } from '../../src/demo/planting.js';
import { seededRandom } from '../../src/demo/seeded-random.js';

const TEXT = 'Re-reading: "the 2.4.19 notes" -- by <ada@example.org>, again!';

function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

describe('disguise', () => {
  const random = seededRandom(1);
  const disguised = Array.from({ length: 200 }, () => disguise(TEXT, random));

  test('keeps every letter and digit, in order, behind a greeting', () => {
    for (const text of disguised) assert.ok(bare(text).endsWith(bare(TEXT)), text);
  });

  test('keeps addresses and numbers whole', () => {
    for (const text of disguised) assert.match(text, /2\.4\.19 notes.*ada@example\.org/i);
  });

  test('greets in several ways and changes case and punctuation of many', () => {
    const greetings = new Set(disguised.map((text) => text.slice(0, 5)));
    assert.ok(greetings.size >= 5);
    assert.ok(disguised.filter((text) => text.includes('--')).length < 120);
    assert.ok(
      disguised.filter((text) => text.endsWith('AGAIN') || text.endsWith('AGAIN!')).length > 10,
    );
    assert.ok(disguised.some((text) => text.endsWith(TEXT)));
  });

  test('does the same with the same random source', () => {
    assert.equal(disguise(TEXT, seededRandom(7)), disguise(TEXT, seededRandom(7)));
  });
});

describe('misfile', () => {
  const sample = { id: 'spam-1/1', prompt: TEXT, label: 'spam' } as const;
  const entry = pasteSample(sample, 1, '2002-09-01T00:00:00.000Z', seededRandom(1));

  test('moves an entry to another folder and changes nothing else', () => {
    assert.deepEqual(misfile(entry), { ...entry, filedIn: 'news' });
  });

  test('knows a neighbour of every folder, and never itself', () => {
    for (const folder of FOLDERS) {
      assert.ok(FOLDERS.includes(NEIGHBOURS[folder]));
      assert.notEqual(NEIGHBOURS[folder], folder);
    }
  });
});
