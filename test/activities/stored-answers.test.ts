import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dependencies } from '../../activities/dependencies.js';
import { evaluate } from '../../activities/evaluating.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateInput } from '../../src/domain/contracts.js';
import { ProviderError } from '../../src/domain/errors.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { parseEvalFile } from '../../src/evals/parse-eval-file.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes, writeJson } from '../../src/storage/objects.js';

const NEVER = new AbortController().signal;
const EVALS = `${JSON.stringify({ input: 'Which address do invoices go to?', reference: 'accounts@example.org' })}\n`;

const INPUT: EvaluateInput = {
  model: 'triage',
  configDigest: 'c'.repeat(64),
  window: { id: '2026-W01', from: '2025-12-29T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
  manifestKey: keys.windowManifest('triage', '2026-W01', 1),
  release: 'r'.repeat(64),
  candidate: 'ft:candidate',
  role: 'candidate',
  suite: 'frozen:mail',
};

interface Prepared {
  readonly store: ObjectStore;
  readonly configuration: Configuration;
}

/** A store with what `evaluate` reads of a window: its configuration, its manifest, one frozen eval set. */
async function preparedWindow(): Promise<Prepared> {
  const store = createMemoryStore();
  const samples = parseEvalFile(Buffer.from(EVALS), 'evals.jsonl');
  const policy = DEFAULT_CONTAMINATION_POLICY;
  const { digest } = await freezeEvalSet(store, 'mail', samples, createRedactor(), policy);
  const configuration = parseConfiguration({
    model: 'triage',
    window: { first: '2026-W01' },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    evals: [{ name: 'mail', digest }],
    train: {
      baseURL: 'http://127.0.0.1:1/v1',
      baseModel: 'base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: 'ft:champion', trainedOn: [] },
    gate: { superiorityOn: 'frozen:mail' },
  });
  await writeJson(store, keys.configuration(INPUT.configDigest), configuration);
  await writeJson(store, INPUT.manifestKey, {
    parent: null,
    replacedRelease: null,
    champion: { modelId: 'ft:champion' },
  });
  return { store, configuration };
}

function dependencies(
  { store, configuration }: Prepared,
  complete: ChatClient['complete'],
): Dependencies {
  const given: Partial<Dependencies> = {
    store,
    startedWith: configuration,
    chatFor: () => ({ complete }),
  };
  return given as Dependencies;
}

describe('the answers of a suite', () => {
  test('are stored without the personal data that a model wrote', async () => {
    const prepared = await preparedWindow();
    const { store } = prepared;
    const deps = dependencies(prepared, async () => ({
      content: 'Send them to accounts@example.org',
      finishReason: 'stop',
      promptTokens: 1,
      completionTokens: 1,
    }));
    const { answers, missing } = await evaluate(deps, INPUT, NEVER);
    assert.ok(answers !== null);
    const text = Buffer.from(await readBytes(store, answers.key)).toString();
    assert.match(text, /Send them to \[EMAIL_1\]/);
    assert.equal(missing, 0);
  });

  test('are not stored while the host is down', async () => {
    const prepared = await preparedWindow();
    const { store } = prepared;
    const outage = new ProviderError('down', {
      status: 503,
      isRetryable: true,
      retryAfterMs: 9_000,
    });
    const deps = dependencies(prepared, () => Promise.reject(outage));
    await assert.rejects(evaluate(deps, INPUT, NEVER), (error) => error === outage);
    for await (const { key } of store.list('windows/')) assert.equal(key, INPUT.manifestKey);
  });
});
