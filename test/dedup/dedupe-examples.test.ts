import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { dedupeExamples } from '../../src/dedup/dedupe-examples.js';
import { createNearMeasure } from '../../src/dedup/near-similarity.js';
import { canonicalJson } from '../../src/domain/json.js';
import { type Example, type Message, promptText } from '../../src/domain/record.js';
import type { DedupePolicy } from '../../src/domain/shingle.js';
import { plainFolds, plainSimilarity } from '../support/near-oracle.js';
import { createRandom } from '../support/random.js';
import { makeExample } from '../support/records.js';

const POLICY: DedupePolicy = {
  shingle: { unit: 'words', size: 3 },
  promptThreshold: 0.6,
  answerThreshold: 1,
  survivors: ['human-approved', 'newest'],
};

const LONG =
  'the customer wrote that the parcel which was promised for monday has not arrived and asks where it is now';

function similarityOf(a: string, b: string, threshold: number): number {
  return createNearMeasure({ shingle: POLICY.shingle, threshold }, null)(a, b);
}

let digests = 0;

function example(id: string, prompt: string, fields: Partial<Example> = {}): Example {
  digests += 1;
  return {
    id,
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: 'g',
    messages: [{ role: 'user', content: prompt }],
    answer: 'shipping',
    answerOrigin: 'independent',
    contentDigest: `digest ${id} ${digests}`,
    ...fields,
  };
}

function ids(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

describe('dedupeExamples', () => {
  test('folds equal content, and says so', () => {
    const rows = [
      example('a', LONG, { contentDigest: 'same' }),
      example('b', LONG, { contentDigest: 'same' }),
    ];
    const { kept, dropped } = dedupeExamples(rows, POLICY);
    assert.deepEqual(ids(kept), ['a']);
    assert.deepEqual(dropped, [
      { id: 'b', keptId: 'a', similarity: 1, rule: 'exact', survivedBy: 'id' },
    ]);
  });

  test('folds near prompts with equal answers, at their exact similarity', () => {
    const near = LONG.replace('monday', 'friday');
    const rows = [example('a', LONG), example('b', near, { answer: 'Shipping ' })];
    const { dropped } = dedupeExamples(rows, POLICY);
    const similarity = similarityOf(LONG, near, 0.6);
    assert.deepEqual(dropped, [
      { id: 'b', keptId: 'a', similarity, rule: 'near', survivedBy: 'hash' },
    ]);
    assert.ok(similarity > 0.6 && similarity < 1);
  });

  test('keeps near prompts with other answers, and names the conflict where the prompts are equal', () => {
    const rows = [
      example('a', LONG),
      example('b', LONG.toUpperCase(), { answer: 'refund' }),
      example('c', LONG.replace('monday', 'friday'), { answer: 'complaint' }),
    ];
    const { kept, conflicts } = dedupeExamples(rows, POLICY);
    assert.deepEqual(ids(kept), ['a', 'b', 'c']);
    assert.deepEqual(conflicts, [{ ids: ['a', 'b'] }]);
  });

  test('takes near free-text answers for equal where a threshold says so', () => {
    const answer =
      'your parcel left our house on tuesday and will be with you by the end of this week at the latest';
    const other = answer.replace('tuesday', 'wednesday');
    const rows = [example('a', LONG, { answer }), example('b', LONG, { answer: other })];
    assert.equal(dedupeExamples(rows, POLICY).dropped.length, 0);
    assert.equal(dedupeExamples(rows, { ...POLICY, answerThreshold: 0.6 }).dropped.length, 1);
  });

  test('keeps near-identical tool calls with other arguments, however near everything else is', () => {
    const call = (user: number): Message => ({
      role: 'assistant',
      content: '',
      toolCalls: [
        { id: 't', name: 'get_user', arguments: `{"user_id": ${user}, "detail": "all"}` },
      ],
    });
    const messages = (user: number): Message[] => [
      { role: 'user', content: LONG },
      call(user),
      { role: 'tool', content: 'done', toolCallId: 't' },
    ];
    const rows = [1, 2, 3].map((user) => example(`u${user}`, '', { messages: messages(user) }));
    const loose = { ...POLICY, promptThreshold: 0.1, answerThreshold: 0.1 };
    assert.equal(dedupeExamples(rows, loose).dropped.length, 0);
    const answers = [1, 2].map((user) =>
      example(`a${user}`, LONG, { answer: `{"name":"get_user","arguments":{"user_id":${user}}}` }),
    );
    assert.equal(dedupeExamples(answers, loose).dropped.length, 0);
  });

  test('takes other arguments for other, however deep, and other spellings of the same for the same', () => {
    const withCall = (id: string, args: string, name = 'book'): Example =>
      example(id, '', {
        messages: [
          { role: 'user', content: LONG },
          {
            role: 'assistant',
            content: '',
            toolCalls: [{ id: `call-${id}`, name, arguments: args }],
          },
        ],
      });
    const base = '{"trip": {"from": "OSL", "legs": [{"to": "LHR", "seat": 1}]}, "note": "1"}';
    const folded = (...others: readonly Example[]): string[] =>
      ids(dedupeExamples([withCall('a', base), ...others], POLICY).dropped);
    assert.deepEqual(
      folded(
        withCall('deep', base.replace('"seat": 1', '"seat": 2')),
        withCall('type', base.replace('"seat": 1', '"seat": "1"')),
        withCall('order', base.replace('[{', '[{"seat": 9}, {')),
        withCall('text', '"just text"'),
        withCall('name', base, 'cancel'),
        example('none', LONG),
      ),
      [],
    );
    const reordered = '{"note":"1","trip":{"legs":[{"seat":1,"to":"LHR"}],"from":"OSL"}}';
    assert.deepEqual(folded(withCall('b', reordered)), ['b']);
  });

  test('takes equal tool calls for equal, whatever the order of their keys', () => {
    const rows = ['{"a": 1, "b": 2}', '{ "b":2,"a":1 }'].map((answer, index) =>
      example(`r${index}`, LONG, { answer }),
    );
    assert.equal(dedupeExamples(rows, POLICY).dropped.length, 1);
  });

  test('keeps what is worth most, then the newest', () => {
    const rows = [
      example('model', LONG, { answerOrigin: 'model', time: '2026-01-09T00:00:00.000Z' }),
      example('old', LONG, { time: '2026-01-01T00:00:00.000Z' }),
      example('new', LONG, { time: '2026-01-02T00:00:00.000Z' }),
    ];
    const { kept, dropped } = dedupeExamples(rows, POLICY);
    assert.deepEqual(ids(kept), ['new']);
    assert.deepEqual(
      dropped.map(({ id, keptId }) => [id, keptId]),
      [
        ['model', 'new'],
        ['old', 'new'],
      ],
    );
  });

  test('says by which rule the other one survived', () => {
    const rows = [
      example('a', LONG, { contentDigest: 'd1', quality: 0.1, answerOrigin: 'judge' }),
      example('b', LONG, { contentDigest: 'd2', quality: 0.9, answerOrigin: 'judge' }),
      example('c', LONG, { contentDigest: 'd3', time: '2026-01-02T00:00:00.000Z' }),
      example('d', `${LONG} indeed`, { contentDigest: 'd4' }),
      example('e', `${LONG} indeed`, { contentDigest: 'd0' }),
    ];
    const reasons = (survivors: DedupePolicy['survivors'], from = rows): (readonly string[])[] =>
      dedupeExamples(from, { ...POLICY, survivors }).dropped.map((fold) => [
        fold.id,
        fold.keptId,
        fold.survivedBy,
      ]);
    assert.deepEqual(reasons(['human-approved', 'newest']), [
      ['a', 'c', 'human-approved'],
      ['b', 'c', 'human-approved'],
      ['d', 'c', 'newest'],
      ['e', 'c', 'newest'],
    ]);
    assert.deepEqual(reasons(['quality', 'newest']), [
      ['a', 'b', 'quality'],
      ['c', 'b', 'quality'],
      ['d', 'b', 'quality'],
      ['e', 'b', 'quality'],
    ]);
    assert.deepEqual(reasons(['longest', 'human-approved']), [
      ['a', 'e', 'longest'],
      ['b', 'e', 'longest'],
      ['c', 'e', 'longest'],
      ['d', 'e', 'hash'],
    ]);
    assert.deepEqual(reasons([], rows.slice(0, 2)), [['b', 'a', 'hash']]);
  });

  test('folds no chain: every dropped one was compared with the kept one it names', () => {
    const list = LONG.split(' ');
    // Each step changes one more word, so neighbours are near and the ends are not.
    const chain = Array.from({ length: 10 }, (_, step) =>
      example(`s${step}`, list.map((word, at) => (at % 10 < step ? `x${at}` : word)).join(' ')),
    );
    const { kept, dropped } = dedupeExamples(chain, { ...POLICY, promptThreshold: 0.4 });
    assert.ok(kept.length > 1, 'the chain collapsed');
    const prompts = new Map(chain.map((row) => [row.id, promptText(row.messages)]));
    for (const { id, keptId, similarity } of dropped) {
      assert.ok(kept.some((row) => row.id === keptId));
      const [a, b] = [prompts.get(id) ?? '', prompts.get(keptId) ?? ''];
      assert.equal(similarityOf(a, b, 0.4), similarity);
    }
  });

  test('takes an example without any text for nobody’s duplicate', () => {
    const rows = ['a', 'b'].map((id) =>
      example(id, ' \u200b', { answer: null, contentDigest: 'same' }),
    );
    assert.equal(dedupeExamples(rows, POLICY).kept.length, 2);
  });

  test('keeps the same whatever the order of arrival', () => {
    const random = createRandom(3);
    const vocabulary = ['red', 'green', 'blue', 'cyan', 'pink', 'gold'];
    const rows = Array.from({ length: 60 }, (_, index) =>
      example(
        `r${index}`,
        Array.from({ length: 14 }, () => vocabulary[Math.floor(random() ** 3 * 6)]).join(' '),
        { answer: random() < 0.5 ? 'yes' : 'no', contentDigest: `d${Math.floor(random() * 50)}` },
      ),
    );
    const policy = { ...POLICY, promptThreshold: 0.3 };
    const expected = dedupeExamples(rows, policy);
    assert.ok(expected.dropped.length > 5 && expected.kept.length > 5);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        assert.deepEqual(dedupeExamples(shuffled, policy), expected);
      }),
      { numRuns: 25 },
    );
  });

  test('folds as an oracle does that compares every pair', () => {
    const word = fc.constantFrom('red', 'green', 'blue', 'cyan', 'one', 'two', 'six', 'ab');
    const row = fc.record({
      base: fc.integer({ min: 0, max: 1 }),
      edits: fc.array(fc.tuple(fc.nat(59), word), { maxLength: 3 }),
      length: fc.constantFrom(10, 13, 40),
      answer: fc.constantFrom('yes', 'no'),
    });
    const random = createRandom(9);
    const bases = Array.from({ length: 4 }, () =>
      Array.from({ length: 60 }, () => `w${Math.floor(random() * 90)}`),
    );
    let [all, same, dropped] = [0, 0, 0];
    fc.assert(
      fc.property(fc.array(row, { minLength: 6, maxLength: 24 }), (made) => {
        const rows = made.map(({ base, edits, length, answer }, index) => {
          const list = [...(bases[base] ?? [])];
          for (const [at, other] of edits) list[at] = other;
          const id = String(index).padStart(2, '0');
          return example(id, list.slice(0, length).join(' '), { answer, contentDigest: id });
        });
        const plain = rows.map(({ id, messages, answer }) => ({
          id,
          prompt: promptText(messages),
          answer: answer ?? '',
        }));
        const policy = { shingle: POLICY.shingle, threshold: POLICY.promptThreshold };
        const expected = plainFolds(plain, policy);
        const found = dedupeExamples(rows, POLICY).dropped.map(({ id, keptId, similarity }) => ({
          id,
          keptId,
          similarity,
        }));
        all += 1;
        dropped += expected.length;
        if (canonicalJson(found) === canonicalJson(expected)) same += 1;
        // Where bands miss a pair the rest may differ, but never in what near means.
        const prompts = new Map(plain.map(({ id, prompt }) => [id, prompt]));
        for (const { id, keptId, similarity } of found) {
          const [a, b] = [prompts.get(id) ?? '', prompts.get(keptId) ?? ''];
          assert.equal(similarity, plainSimilarity(a, b, policy));
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(dropped > 500, `${dropped} are no test`);
    assert.ok(same / all >= 0.97, `${same} of ${all} as the oracle`);
  });

  test('keeps examples whose answers call tools otherwise, and tells the conflict', () => {
    const calling = (id: string, order: number): Example =>
      example(id, LONG, {
        answer: '',
        toolCalls: [{ id: `call-${id}`, name: 'find', arguments: `{"order": ${order}}` }],
      });
    const { kept, dropped, conflicts } = dedupeExamples(
      [calling('a', 1), calling('b', 2), calling('c', 1)],
      POLICY,
    );
    assert.deepEqual(ids(kept), ['a', 'b']);
    assert.deepEqual(
      dropped.map(({ id, keptId }) => [id, keptId]),
      [['c', 'a']],
    );
    assert.deepEqual(conflicts, [{ ids: ['a', 'b'] }]);
  });

  test('folds none that trains on a turn which the other does not', () => {
    const talk = (id: string, first: string, isTrained: boolean): Example =>
      example(id, '', {
        messages: [
          { role: 'user', content: LONG },
          { role: 'assistant', content: first },
          { role: 'user', content: 'and where is it now' },
        ],
        ...(isTrained && { trained: [{ message: 1, origin: 'confirmed' }] }),
      });
    const near: DedupePolicy = { ...POLICY, answerThreshold: 0.6 };
    for (const policy of [POLICY, near]) {
      const kept = (...rows: readonly Example[]): readonly string[] =>
        ids(dedupeExamples(rows, policy).kept);
      assert.deepEqual(kept(talk('a', 'yes', true), talk('b', 'yes', true)), ['a']);
      assert.deepEqual(kept(talk('a', 'yes', true), talk('b', 'yes', false)), ['a', 'b']);
      assert.deepEqual(kept(talk('a', 'yes', true), talk('b', 'no', true)), ['a', 'b']);
      assert.deepEqual(kept(talk('a', 'yes', false), talk('b', 'no', false)), ['a']);
      const both = { ...talk('b', 'yes', false), answer: 'yes\nshipping' };
      assert.deepEqual(kept(talk('a', 'yes', true), both), ['a', 'b']);
    }
    const { conflicts } = dedupeExamples([talk('a', 'yes', true), talk('b', 'no', true)], POLICY);
    assert.deepEqual(conflicts, [{ ids: ['a', 'b'] }]);
  });

  test('keeps and drops everything that came in, once', () => {
    const rows = Array.from({ length: 40 }, (_, index) =>
      example(`r${index}`, `${LONG} ${index % 7}`),
    );
    const { kept, dropped } = dedupeExamples(rows, POLICY);
    assert.deepEqual([...ids(kept), ...ids(dropped)].sort(), ids(rows).sort());
  });
});

describe('pairs of answers', () => {
  const pair = (id: string, answer: string, other: string): Example =>
    makeExample(id, LONG, {
      answer,
      rejected: { content: other },
      contentDigest: `${answer} over ${other}`,
    });
  const kept = (...pairs: readonly Example[]): readonly string[] =>
    dedupeExamples(pairs, POLICY).kept.map(({ id }) => id);

  test('are duplicates where both answers are, and teach something else where one is not', () => {
    assert.equal(kept(pair('a', 'shipping', 'sales'), pair('b', 'shipping', 'sales')).length, 1);
    const near = { ...pair('b', 'shipping', 'sales'), contentDigest: 'otherwise' };
    assert.equal(kept(pair('a', 'shipping', 'sales'), near).length, 1);
    assert.equal(kept(pair('a', 'shipping', 'sales'), pair('b', 'shipping', 'login')).length, 2);
    const calls = [{ id: 'c', name: 'file', arguments: '{}' }];
    const calling = { ...near, rejected: { content: 'sales', toolCalls: calls } };
    assert.equal(kept(pair('a', 'shipping', 'sales'), calling).length, 2);
  });

  test('are in conflict where they prefer different answers, and only there', () => {
    const conflicts = (...pairs: readonly Example[]): number =>
      dedupeExamples(pairs, POLICY).conflicts.length;
    assert.equal(conflicts(pair('a', 'shipping', 'sales'), pair('b', 'shipping', 'login')), 0);
    assert.equal(conflicts(pair('a', 'shipping', 'sales'), pair('b', 'sales', 'shipping')), 1);
  });
});
