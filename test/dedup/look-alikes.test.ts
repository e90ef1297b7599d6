import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dedupeExamples } from '../../src/dedup/dedupe-examples.js';
import type { FoundDuplicate } from '../../src/dedup/duplicate-search.js';
import { createNearIndex } from '../../src/dedup/near-index.js';
import { createNearMeasure } from '../../src/dedup/near-similarity.js';
import type { CanonicalRecord, Example, Message } from '../../src/domain/record.js';
import { placeRecords } from '../../src/split/place.js';
import { createKernel } from '../../src/text/kernel.js';
import {
  createDuplicateSearch,
  type DuplicateSearch,
  type SearchRow,
} from '../support/duplicate-search.js';
import { createRandom } from '../support/random.js';
import { makeRecord } from '../support/records.js';

const POLICY = {
  shingle: { unit: 'words', size: 5 },
  promptThreshold: 0.7,
  answerThreshold: 1,
  survivors: ['human-approved', 'newest'],
} as const;

const random = createRandom(21);
const TEMPLATE = Array.from({ length: 100 }, () => `w${Math.floor(random() * 1e6).toString(36)}`);

/** The template with other words in `count` places from the fiftieth on. */
function templated(row: number, count: number): string {
  const own = (word: string, at: number): string =>
    at >= 50 && at < 50 + count ? `x${row}y${at}` : word;
  return TEMPLATE.map(own).join(' ');
}

function example(row: number, messages: readonly Message[], answer = 'yes'): Example {
  return {
    id: `r${row}`,
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: 'g',
    messages,
    answer,
    answerOrigin: 'independent',
    contentDigest: `d${row}`,
  };
}

function user(content: string): Message {
  return { role: 'user', content };
}

function call(args: string): Message {
  const toolCalls = [{ id: 't', name: 'get_user', arguments: args }];
  return { role: 'assistant', content: '', toolCalls };
}

function rows<Row>(count: number, make: (row: number) => Row): Row[] {
  return Array.from({ length: count }, (_, row) => make(row));
}

/** Seconds of processor time that `work` takes. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user: own, system } = process.cpuUsage(before);
  return (own + system) / 1e6;
}

/** Four times the rows take sixteen times as long where every pair is compared, and four times where few are. */
function holdsLinear(small: number, work: (count: number) => void): void {
  const [once, fourTimes] = [seconds(() => work(small)), seconds(() => work(4 * small))];
  assert.ok(fourTimes < 9 * once, `${4 * small} rows took ${fourTimes} s, ${small} took ${once} s`);
}

function place(records: readonly CanonicalRecord[]): ReturnType<typeof placeRecords> {
  const index = createNearIndex(
    { shingle: POLICY.shingle, threshold: 0.5 },
    { kernel: createKernel() },
  );
  const policy = { holdoutFraction: 0.2, group: 'conversation', key: 'k'.repeat(32) } as const;
  return placeRecords(records, [], policy, index, '2026-W01');
}

/** Folds rows as the command line does. */
function foldRows(made: readonly SearchRow[]): {
  readonly found: readonly FoundDuplicate[];
  readonly search: DuplicateSearch;
} {
  const encoder = new TextEncoder();
  const search = createDuplicateSearch(
    { shingle: POLICY.shingle, threshold: POLICY.promptThreshold },
    {
      kernel: createKernel(),
      prompts: {
        add: () => undefined,
        at: (row) => encoder.encode(made[row]?.prompt ?? ''),
      },
    },
  );
  for (const each of made) search.add(each);
  const found = [...search.fold(() => 0)].filter((each) => each !== null);
  return { found, search };
}

describe('twenty thousand look-alikes take linear time', () => {
  test('where one word is another: all are folded into one', () => {
    holdsLinear(5_000, (count) => {
      const made = rows(count, (row) => example(row, [user(templated(row, 1))]));
      const { kept, cappedCount } = dedupeExamples(made, POLICY);
      assert.deepEqual([kept.length, cappedCount], [1, 0]);
    });
  });

  test('where tool calls have other arguments: all are kept, and true duplicates among them are found', () => {
    holdsLinear(5_000, (count) => {
      const made = rows(count, (row) =>
        example(row, [user(templated(row, 1)), call(`{"user_id": ${row % (count - 100)}}`)]),
      );
      const { kept, dropped, cappedCount } = dedupeExamples(made, POLICY);
      assert.deepEqual([kept.length, cappedCount], [count - 100, 0]);
      const idOf = (id: string): number => Number(id.slice(1)) % (count - 100);
      assert.ok(dropped.every(({ id, keptId }) => idOf(id) === idOf(keptId)));
    });
  });

  test('where they are placed: all stand on the side of the first', () => {
    holdsLinear(5_000, (count) => {
      const placed = place(rows(count, (row) => makeRecord(`r${row}`, templated(row, 1))));
      const first = placed[0];
      assert.ok(
        placed.slice(1).every(({ nearTo, side }) => nearTo === first?.id && side === first.side),
      );
    });
  });

  test('where they share half of their words and are not near: what was left out is counted', () => {
    holdsLinear(1_000, (count) => {
      const made = rows(count, (row) => example(row, [user(templated(row, 40))]));
      const copies = rows(50, (row) =>
        example(count + row, [user(`${templated(row * 9, 40)} so`)]),
      );
      const { dropped, cappedCount } = dedupeExamples([...made, ...copies], POLICY);
      assert.ok(cappedCount > count / 8, `${cappedCount} of ${count}`);
      assert.ok(dropped.length >= 49, `${dropped.length} of 50 copies were found`);
    });
  });

  test('on the command line where one word is another, or the answer is', () => {
    holdsLinear(5_000, (count) => {
      const same = rows(count, (row) => ({
        prompt: templated(row, 1),
        answerKey: '',
        content: `${row}`,
      }));
      const { found, search } = foldRows(same);
      assert.deepEqual([found.length, search.cappedCount()], [count - 1, 0]);
      const answered = same.map((each, row) => ({ ...each, answerKey: `f ${row % (count - 9)}` }));
      const other = foldRows(answered);
      assert.deepEqual([other.found.length, other.search.cappedCount()], [9, 0]);
    });
  });

  test('on the command line where they share half of their words and are not near', () => {
    holdsLinear(1_000, (count) => {
      const made = rows(count, (row) => templated(row, 40));
      const copies = rows(50, (row) => `${templated(row * 9, 40)} so`);
      const { found, search } = foldRows(
        [...made, ...copies].map((prompt) => ({ prompt, answerKey: '', content: prompt })),
      );
      assert.ok(search.cappedCount() > count / 8, `${search.cappedCount()} of ${count}`);
      assert.ok(found.length >= 49, `${found.length} of 50 copies were found`);
    });
  });
});

describe('look-alikes that are compared in part', () => {
  const made = rows(700, (row) => templated(row % 640, 30 - (row >= 640 ? 2 : 0)));

  test('are folded the same whatever the order of arrival, into a kept one that they are near to', () => {
    const examples = made.map((prompt, row) => example(row, [user(prompt)]));
    const expected = dedupeExamples(examples, POLICY);
    assert.ok(expected.cappedCount > 50 && expected.dropped.length > 40);
    const kept = new Set(expected.kept.map(({ id }) => id));
    const prompts = new Map(made.map((prompt, row) => [`r${row}`, prompt]));
    const measure = createNearMeasure({ shingle: POLICY.shingle, threshold: 0.7 }, null);
    for (const { id, keptId, similarity } of expected.dropped) {
      assert.ok(kept.has(keptId));
      assert.equal(measure(prompts.get(id) ?? '', prompts.get(keptId) ?? ''), similarity);
    }
    // Numbers without a factor in common with 700 lead to every row once.
    for (const stride of [11, 13, 17]) {
      const turned = examples.flatMap((_, row) => examples[(row * stride + 5) % 700] ?? []);
      assert.deepEqual(dedupeExamples(turned, POLICY), expected);
    }
  });

  test('are folded the same on the command line', () => {
    const outcome = (prompts: readonly string[]): readonly string[] => {
      const { found, search } = foldRows(
        prompts.map((prompt) => ({ prompt, answerKey: '', content: prompt })),
      );
      assert.ok(search.cappedCount() > 50);
      return found
        .map(({ row, kept, similarity }) => `${prompts[row]}|${prompts[kept]}|${similarity}`)
        .sort();
    };
    const expected = outcome(made);
    assert.ok(expected.length > 40);
    assert.deepEqual(outcome(made.toReversed()), expected);
    assert.deepEqual(outcome(made.map((_, row) => made[(row * 11 + 5) % 700] ?? '')), expected);
  });
});
