import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dependencies } from '../../activities/dependencies.js';
import { createStepContext } from '../../activities/step-context.js';
import { runStepHere } from '../../activities/step-runner.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { ConfigReference } from '../../src/domain/config-reference.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { temporaryFolder } from './folders.js';

/** What activities are given, over a store in memory; hosts and Temporal are not there. */
export interface TestDependencies {
  readonly deps: Dependencies;
  readonly folder: string;
  /** Stores a configuration with changes at its top level. */
  readonly configure: (changes?: object) => Promise<ConfigReference>;
  /** All keys of the store. */
  readonly keys: () => Promise<readonly string[]>;
}

const SAMPLE: Sample = {
  id: 'sample-1',
  messages: [
    { role: 'user', content: 'which of the two harbours has the deeper water at low tide?' },
  ],
  reference: 'the northern one',
  referenceOrigin: 'independent',
  options: [],
  cluster: 'sample-1',
};

/** Dependencies with a frozen eval set and an empty folder of logs. */
export async function createTestDependencies(
  changes: Partial<Dependencies> = {},
): Promise<TestDependencies> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', 'empty.jsonl'), '');
  const store = createMemoryStore();
  const splitKey = 'a-key-for-tests-of-at-least-32-characters';
  const context = await createStepContext(
    { storeUri: store.uri, baseFolder: folder, splitKey },
    ({ event }) => {
      throw new Error(`${event} was not to be`);
    },
    store,
  );
  const redactor = createRedactor();
  const policy = DEFAULT_CONTAMINATION_POLICY;
  const { digest } = await freezeEvalSet(store, 'harbours', [SAMPLE], redactor, policy);
  const absent = (): never => {
    throw new Error('not there in this test');
  };
  const deps: Dependencies = {
    ...context,
    startedWith: parseConfiguration(documentOf(digest)),
    providerFor: absent,
    chatFor: absent,
    toolEnvironment: {},
    areProcessesFound: () => true,
    readFile,
    postJson: absent,
    control: { awaitWindow: absent, supersedePromotions: absent, isRunning: absent },
    now: () => '2026-02-16T06:00:00.000Z',
    sleep: async () => undefined,
    runStep: (step, input) => runStepHere(context, step, input),
    ...changes,
  };
  return {
    deps,
    folder,
    configure: async (sections = {}) => {
      const configuration = parseConfiguration({ ...documentOf(digest), ...sections });
      const text = canonicalJson(configuration);
      const configDigest = sha256Hex(text);
      await store.putIfAbsent(keys.configuration(configDigest), Buffer.from(text));
      return { model: configuration.model, configDigest };
    },
    keys: async () => {
      const found: string[] = [];
      for await (const { key } of store.list('')) found.push(key);
      return found;
    },
  };
}

function documentOf(digest: string): object {
  return {
    model: 'triage',
    window: { first: '2026-W01', weeks: 1 },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'allow' },
    evals: [{ name: 'harbours', digest }],
    train: {
      baseURL: 'http://127.0.0.1:8080/v1',
      baseModel: 'small-base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: 'small-base', trainedOn: [] },
  };
}
