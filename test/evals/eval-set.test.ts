import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { DataError } from '../../src/domain/errors.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { EvalSetManifest, Sample } from '../../src/domain/sample.js';
import {
  freezeEvalSet,
  loadEvalSet,
  readEvalSetManifest,
  samplesRedactor,
} from '../../src/evals/eval-set.js';
import type { TextRedactor } from '../../src/evals/redact-samples.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes } from '../../src/storage/objects.js';

const redactor: TextRedactor = {
  version: 'test-redactor',
  redact: (text) => ({ text: text.replaceAll(/\S+@\S+/gu, '[EMAIL]') }),
  conversation: () => redactor,
};

function sample(id: string, text: string, changes: Partial<Sample> = {}): Sample {
  return {
    id,
    messages: [{ role: 'user', content: text }],
    reference: 'inbox',
    referenceOrigin: 'independent',
    options: [],
    cluster: id,
    ...changes,
  };
}

const SAMPLES = [
  sample('one', 'please file the letter about the broken boiler in the north wing'),
  sample('two', 'where does the invoice of the gardener from last autumn belong to'),
];

function freeze(
  store: ObjectStore,
  samples: readonly Sample[],
  by = redactor,
): Promise<EvalSetManifest> {
  return freezeEvalSet(store, 'mail', samples, by, DEFAULT_CONTAMINATION_POLICY);
}

/** The same store, except that reading `key` gives other bytes. */
function tampered(store: ObjectStore, key: string, bytes: Uint8Array): ObjectStore {
  return {
    ...store,
    get: async (wanted, range) => {
      if (wanted !== key) return store.get(wanted, range);
      return (async function* () {
        yield bytes;
      })();
    },
  };
}

function refusedAs(code: string, ...words: readonly string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof DataError &&
    error.code === code &&
    words.every((word) => error.message.includes(word));
}

describe('a frozen eval set', () => {
  test('is refused where the scorer that the configuration gives it can judge none of its samples', async () => {
    const store = createMemoryStore();
    const { digest } = await freeze(store, [
      sample('own', 'is this letter about a boiler or about a garden', {
        reference: 'A',
        options: ['boiler', 'garden'],
        scorer: 'multiple-choice',
      }),
      ...SAMPLES,
    ]);
    await assert.rejects(
      loadEvalSet(store, { name: 'mail', digest, scorer: 'numeric' }),
      refusedAs('eval-set-unscorable', 'sample one of eval set mail', '"numeric"', 'no number'),
    );
    assert.equal((await loadEvalSet(store, { name: 'mail', digest, scorer: 'exact' })).length, 3);
  });

  test('refuses pairs whose members ask the same once personal data is redacted, and keeps no pair by such a name', async () => {
    const ask = (who: string): string =>
      `please tell ${who} whether the application was successful`;
    const members = (pair: string, ...who: readonly string[]): readonly Sample[] =>
      who.map((name, index) =>
        sample(`${pair.length}-${index}`, ask(name), { pair, cluster: pair }),
      );
    const masked = members('p', 'anna@example.org', 'ahmed@example.org');
    await assert.rejects(
      freeze(createMemoryStore(), masked),
      /samples 1-0 and 1-1 are of one pair and ask the same once personal data is redacted/,
    );
    const store = createMemoryStore();
    const { digest } = await freeze(store, members('ben@example.org', 'Anna', 'Ahmed'));
    const frozen = await loadEvalSet(store, { name: 'mail', digest });
    assert.deepEqual(
      frozen.map(({ pair, cluster }) => [pair, cluster]),
      [
        ['pair-1', 'cluster-1'],
        ['pair-1', 'cluster-1'],
      ],
    );
  });

  test('holds nothing personal in calls and tools either, and keeps what answers are judged by', async () => {
    const store = createMemoryStore();
    const { digest } = await freeze(store, [
      sample('one', 'please write to the tenant about the broken boiler', {
        messages: [
          { role: 'user', content: 'please write to the tenant about the broken boiler' },
          {
            role: 'assistant',
            content: '',
            toolCalls: [{ id: 'c', name: 'find', arguments: '{"who": a@example.org }' }],
          },
        ],
        reference: '{"name":"send","arguments":{"to":" b@example.org "}}',
        scorer: 'tool-call',
        tools: [{ name: 'send', description: 'as c@example.org does', parameters: '{}' }],
      }),
    ]);
    const [frozen] = await loadEvalSet(store, { name: 'mail', digest });
    assert.doesNotMatch(JSON.stringify(frozen), /example/);
    assert.equal(frozen?.scorer, 'tool-call');
    assert.equal(frozen.tools?.[0]?.name, 'send');
  });

  test('is not frozen where redaction leaves a reference that judges nothing', async () => {
    const odd = sample('odd', 'please write to the tenant about the broken boiler', {
      reference: '{"name":"send","arguments":{"to":"b@example.org"}}',
      scorer: 'tool-call',
    });
    await assert.rejects(
      freeze(createMemoryStore(), [odd]),
      refusedAs('eval-line-unreadable', 'sample odd', 'redacted'),
    );
  });

  test('lies under the digest of its canonical lines and comes back equal', async () => {
    const store = createMemoryStore();
    const manifest = await freeze(store, SAMPLES);
    const lines = SAMPLES.map((item) => `${canonicalJson(item)}\n`).join('');
    assert.equal(manifest.digest, createHash('sha256').update(lines).digest('hex'));
    assert.deepEqual(
      [manifest.name, manifest.count, manifest.redactorVersion],
      ['mail', 2, 'test-redactor'],
    );
    assert.deepEqual(await loadEvalSet(store, { name: 'mail', digest: manifest.digest }), SAMPLES);
    assert.deepEqual(await readEvalSetManifest(store, manifest.digest), manifest);
  });

  test('is frozen again without a change, and under another digest when a letter is another', async () => {
    const store = createMemoryStore();
    const first = await freeze(store, SAMPLES);
    assert.deepEqual(await freeze(store, SAMPLES), first);
    const edited = await freeze(store, [
      sample('one', `${SAMPLES[0]?.messages[0]?.content ?? ''}!`),
    ]);
    assert.notEqual(edited.digest, first.digest);
    assert.equal((await loadEvalSet(store, { name: 'mail', digest: first.digest })).length, 2);
  });

  test('holds no personal data, in ids and clusters neither', async () => {
    const store = createMemoryStore();
    const text = 'write to ann@example.org about the boiler in the north wing of the house';
    const { digest } = await freeze(store, [
      sample('ann@example.org', text, {
        reference: 'to ann@example.org',
        options: ['bob@example.org'],
      }),
      sample('plain', `${text} again`, { cluster: 'ann@example.org' }),
    ]);
    const stored = Buffer.from(await readBytes(store, `evals/${digest}/samples.jsonl`)).toString();
    assert.ok(!stored.includes('example.org'), stored);
    const [first, second] = await loadEvalSet(store, { name: 'mail', digest });
    assert.deepEqual([first?.id, second?.id], ['sample-1', 'plain']);
    assert.equal(first?.cluster, second?.cluster);
    assert.equal(first?.reference, 'to [EMAIL]');
  });

  test('is held against the redactor of the logs: frozen by other rules, it has to be frozen again', async () => {
    const store = createMemoryStore();
    const { digest } = await freeze(store, SAMPLES);
    const set = { name: 'mail', digest };
    assert.equal(await samplesRedactor(store, set, 'test-redactor'), 'test-redactor');
    await assert.rejects(
      samplesRedactor(store, set, 'next-redactor'),
      refusedAs('eval-set-redacted-otherwise', 'test-redactor', 'next-redactor', '--name mail'),
    );
    const next = { ...redactor, version: 'next-redactor' };
    await freezeEvalSet(store, 'mail', SAMPLES, next, DEFAULT_CONTAMINATION_POLICY);
    assert.equal(await samplesRedactor(store, set, 'next-redactor'), 'next-redactor');
    assert.equal(await samplesRedactor(store, set, 'test-redactor'), 'test-redactor');
  });

  test('frozen by another policy of the same rules says by which, so that it can be redacted once more', async () => {
    const store = createMemoryStore();
    const { digest } = await freeze(store, SAMPLES, { ...redactor, version: 'redactor-2' });
    const set = { name: 'mail', digest };
    assert.equal(await samplesRedactor(store, set, 'redactor-2-ip@DE'), 'redactor-2');
    await assert.rejects(
      samplesRedactor(store, set, 'redactor-3'),
      refusedAs('eval-set-redacted-otherwise', 'redactor-2', 'redactor-3'),
    );
  });

  test('is refused when an id that had to be replaced can be mistaken for another', async () => {
    const samples = [
      sample('ann@example.org', SAMPLES[0]?.messages[0]?.content ?? ''),
      sample('sample-1', SAMPLES[1]?.messages[0]?.content ?? ''),
    ];
    await assert.rejects(freeze(createMemoryStore(), samples), refusedAs('eval-id-repeated'));
  });

  test('is refused when a sample has nothing to match on, and nothing is written', async () => {
    const store = createMemoryStore();
    await assert.rejects(
      freeze(store, [...SAMPLES, sample('blank', ' -- ')]),
      refusedAs('eval-set-unmatchable', 'mail', 'blank'),
    );
    for await (const { key } of store.list('evals/')) assert.fail(key);
  });

  test('that is not there stops whoever needs it, with what to do', async () => {
    const reference = { name: 'mail', digest: 'a'.repeat(64) };
    await assert.rejects(
      loadEvalSet(createMemoryStore(), reference),
      refusedAs('eval-set-missing', 'mail', reference.digest, 'holdfast evals freeze'),
    );
  });

  test('that was changed in the store stops whoever needs it', async () => {
    const store = createMemoryStore();
    const { digest } = await freeze(store, SAMPLES);
    const key = `evals/${digest}/samples.jsonl`;
    const bytes = Buffer.from(await readBytes(store, key));
    for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, bytes]), Buffer.from('')]) {
      await assert.rejects(
        loadEvalSet(tampered(store, key, other), { name: 'mail', digest }),
        refusedAs('eval-set-changed', 'mail', key),
      );
    }
  });
});
