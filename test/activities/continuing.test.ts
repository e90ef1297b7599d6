import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Dependencies } from '../../activities/dependencies.js';
import { estimateCost } from '../../activities/estimating.js';
import { hitsInSuite } from '../../activities/hits-in-suite.js';
import { runKeyOf } from '../../activities/training-file.js';
import { pollTune, submitTune } from '../../activities/tuning.js';
import { readOutput } from '../../activities/window-state.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { EarlierFold } from '../../src/dedup/fold-into-earlier.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { FineTuneProvider, LaunchRequest, ListedModel } from '../../src/domain/fine-tuning.js';
import type { Finding } from '../../src/domain/finding.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Lineage } from '../../src/domain/model.js';
import type { Example } from '../../src/domain/record.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { findLineage, readLineage } from '../../src/lineage/lineage.js';
import { promoteAlias, readAlias } from '../../src/promotion/alias.js';
import { recordFate } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets, toLogLine, type Ticket } from '../support/traffic.js';

const signal = new AbortController().signal;
const weeks = [
  makeTickets('w1', 60, '2025-12-29', '2026-01-05'),
  makeTickets('w2', 60, '2026-01-05', '2026-01-12'),
  makeTickets('w3', 60, '2026-01-12', '2026-01-19'),
] as const;

/** Gives each job's model the name that is set, at once. */
function createProvider(listed: readonly ListedModel[] | null = null): {
  readonly provider: FineTuneProvider;
  readonly launched: LaunchRequest[];
  modelId: string;
} {
  const launched: LaunchRequest[] = [];
  const made = {
    launched,
    modelId: '',
    provider: {
      name: 'host',
      launch: async (request: LaunchRequest) => {
        launched.push(request);
        const { runKey } = request;
        const handle = { provider: 'host', jobId: `job-${runKey}`, runKey };
        return { kind: 'submitted' as const, handle };
      },
      poll: async () =>
        ({ kind: 'succeeded', modelId: made.modelId, trainedTokens: null }) as const,
      runKeyOf: async () => null,
      cancel: async () => undefined,
      models: async () => listed,
    },
  };
  return made;
}

describe('a champion that is trained further', () => {
  let path: DataPath;
  let host: ReturnType<typeof createProvider>;
  let deps: Dependencies;

  beforeEach(async () => {
    path = await createDataPath();
    host = createProvider();
    deps = { ...path.deps, providerFor: () => host.provider };
  });
  afterEach(() => path.close());

  /** Trains further from here on, with changes to how training was configured at first. */
  const continuing = (train: Partial<Configuration['train']> = {}): void => {
    const begun = path.deps.startedWith.train;
    path.configuration = {
      ...path.configuration,
      train: { ...begun, from: 'champion', replay: 0.2, ...train },
    };
  };

  async function train({ input, release }: BuiltWindow, modelId: string): Promise<void> {
    host.modelId = modelId;
    const submitted = await submitTune(deps, { ...input, release }, signal);
    assert.ok('handle' in submitted);
    await pollTune(deps, { ...input, release, handle: submitted.handle }, signal);
  }

  async function promote({ release }: BuiltWindow, modelId: string): Promise<void> {
    const { store } = path.deps;
    const version = (await readAlias(store, 'triage'))?.version ?? 0;
    const alias = { modelId, promotion: 'p', evidence: 'e', previousModelId: null };
    assert.ok(await promoteAlias(store, 'triage', version, alias));
    await recordFate(store, 'triage', release, 'promoted');
  }

  /** The first week, trained from the base model and promoted. */
  async function firstWeek(): Promise<BuiltWindow> {
    path.writeLog('w1.jsonl', logLines(weeks[0]));
    const built = await path.build(0);
    await train(built, 'ft:one');
    await promote(built, 'ft:one');
    return built;
  }

  const lineageOf = async (modelId: string): Promise<Lineage> =>
    readLineage(path.deps.store, await findLineage(path.deps.store, modelId));

  const trainedRow = async (built: BuiltWindow): Promise<Ticket> => {
    const [row] = await built.read<Example>('rows');
    return weeks[0].find(({ id }) => id === row?.id) ?? assert.fail('no row');
  };

  /** A message that says again what was trained on, in a conversation of its own. */
  const repeated = (ticket: Ticket, time: string): object =>
    toLogLine(
      { ...ticket, id: 'again', conversation: 'again', text: `${ticket.text} again`, time },
      ticket.label,
    );

  test('is shown the week’s own rows and a share of earlier ones, and none that it knows', async () => {
    const first = await firstWeek();
    const known = await trainedRow(first);
    continuing();
    path.writeLog('w2.jsonl', [...logLines(weeks[1]), repeated(known, '2026-01-06T00:00:00.000Z')]);
    const second = await path.build(1);
    const rows = await second.read<Example>('rows');
    const fresh = rows.filter(({ window }) => window === '2026-W02');
    const replayed = rows.length - fresh.length;
    // One of the new ones was left out since it is known, after the draw.
    assert.equal(replayed, Math.round(((fresh.length + 1) * 0.2) / 0.8));
    assert.ok(!rows.some(({ id }) => id === 'again'));
    const [fold, ...others] = await second.read<EarlierFold>('champion-folds');
    assert.equal(others.length, 0);
    assert.deepEqual([fold?.id, fold?.rule], ['again', 'near']);
    assert.match(fold?.keptId ?? '', new RegExp(`^releases/${first.release}/train\\.jsonl#\\d+$`));
    assert.deepEqual(second.manifest.continues, { modelId: 'ft:one', replay: 0.2 });
    const dedupe = second.manifest.books.find(({ stage }) => stage === 'dedupe');
    assert.equal(dedupe?.dropped['champion-knows-near'], 1);
  });

  test('learns the rows of inconclusive weeks whole, until it was trained on them', async () => {
    const first = await firstWeek();
    continuing();
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const second = await path.build(1);
    await train(second, 'ft:two');
    await recordFate(path.deps.store, 'triage', second.release, 'inconclusive');
    path.writeLog('w3.jsonl', logLines(weeks[2]));
    const third = await path.build(2);
    const own = await second.read<Example>('examples');
    const rows = await third.read<Example>('rows');
    const notOf = (built: BuiltWindow, name: string): number =>
      built.manifest.books.find(({ stage }) => stage === 'assemble')?.notes?.[name] ?? 0;
    assert.ok(own.length > 0);
    assert.deepEqual(
      rows
        .filter(({ window }) => window === '2026-W02')
        .map(({ id }) => id)
        .sort(),
      own.map(({ id }) => id).sort(),
    );
    assert.equal(notOf(third, 'not-learnt-yet'), own.length);
    const fresh = rows.filter(({ window }) => window === '2026-W03').length;
    const replayed = rows.length - fresh - own.length;
    assert.equal(replayed, Math.round(((fresh + own.length) * 0.2) / 0.8));
    assert.equal(notOf(third, 'replayed'), replayed);
    assert.ok(replayed < (await first.read<Example>('examples')).length);
    // Week 3's candidate learnt both weeks: its champion is shown week 2 by the draw only.
    await train(third, 'ft:three');
    await promote(third, 'ft:three');
    const tickets = makeTickets('w4', 60, '2026-01-19', '2026-01-26');
    path.writeLog('w4.jsonl', logLines(tickets));
    const fourth = await path.build(3);
    assert.equal(notOf(fourth, 'not-learnt-yet'), 0);
    const later = await fourth.read<Example>('rows');
    const again = later.filter(({ window }) => window === '2026-W02');
    assert.ok(again.length < own.length / 2, `${again.length} of ${own.length}`);
  });

  test('of the same input the release is the same bytes', async () => {
    const first = await firstWeek();
    continuing();
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const once = await path.build(1);
    const other = await createDataPath();
    try {
      const kept = [path, deps, host] as const;
      [path, host] = [other, createProvider()];
      deps = { ...path.deps, providerFor: () => host.provider };
      assert.equal((await firstWeek()).release, first.release);
      continuing();
      path.writeLog('w2.jsonl', logLines(weeks[1]));
      assert.equal((await path.build(1)).release, once.release);
      [path, deps, host] = kept;
    } finally {
      other.close();
    }
  });

  test('a correction of what it was trained on is trained on, though it is near', async () => {
    const known = await trainedRow(await firstWeek());
    continuing();
    const corrected = { ...known, text: `${known.text} corrected` };
    path.writeLog('w2.jsonl', [...logLines(weeks[1]), toLogLine(corrected, known.label)]);
    const rows = await (await path.build(1)).read<Example>('rows');
    const row = rows.find(({ id }) => id === known.id);
    assert.equal(row?.window, '2026-W02');
  });

  test('its id is what the job starts from, and its files are in the candidate’s lineage', async () => {
    const first = await firstWeek();
    continuing();
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const second = await path.build(1);
    // The alias may move while the job runs: it is of the champion that it was begun with all the same.
    await promote(first, 'ft:moved');
    await train(second, 'ft:two');
    assert.deepEqual(
      host.launched.map(({ baseModel, continues }) => [baseModel, continues]),
      [
        ['base', undefined],
        ['base', 'ft:one'],
      ],
    );
    assert.notEqual(host.launched[0]?.runKey, host.launched[1]?.runKey);
    const lineage = await lineageOf('ft:two');
    assert.deepEqual([lineage.baseModel, lineage.parent], ['base', 'ft:one']);
    assert.ok(lineage.trainingFiles !== 'unknown');
    assert.deepEqual(
      lineage.trainingFiles.map(({ key }) => key.split('/')[1]),
      [second.release, first.release],
    );
  });

  test('a sample that only an ancestor’s file holds is dirty for the candidate and for the champion', async () => {
    const leaked = weeks[0].map(({ text }) => text);
    const first = await firstWeek();
    continuing({ replay: 0 });
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const second = await path.build(1);
    await train(second, 'ft:two');
    await promote(second, 'ft:two');
    const row = await trainedRow(first);
    assert.ok(leaked.includes(row.text));
    const frozen = [
      {
        id: 'leak',
        messages: [{ role: 'user', content: row.text }],
        reference: row.label,
        referenceOrigin: 'independent',
        options: [],
        cluster: 'leak',
      },
    ] as const;
    const { store } = path.deps;
    const policy = DEFAULT_CONTAMINATION_POLICY;
    const { digest } = await freezeEvalSet(store, 'late', frozen, createRedactor(), policy);
    const [tickets] = path.configuration.evals;
    assert.ok(tickets !== undefined);
    const evals = [...path.configuration.evals, { ...tickets, name: 'late', digest }];
    path.configuration = { ...path.configuration, evals };
    path.writeLog('w3.jsonl', logLines(weeks[2]));
    const third = await path.build(2);
    const rows = await third.read<Example>('rows');
    assert.ok(!rows.some(({ id }) => id === row.id));
    assert.deepEqual([...(await hitsInSuite(deps, third.input, 'frozen:late')).unclean], ['leak']);
  });

  test('one that can not be trained further is refused before anything is spent', async () => {
    const cases: readonly (readonly [
      string,
      Partial<Configuration['train']>,
      readonly ListedModel[] | null,
      RegExp,
    ])[] = [
      ['other base', { baseModel: 'large' }, null, /is one of base, and train\.baseModel is large/],
      [
        'other place',
        { provider: 'together', baseURL: 'http://127.0.0.1:2/v1' },
        null,
        /was trained by openai-compatible, and this configuration’s jobs are created by together/,
      ],
      [
        'other address',
        { baseURL: 'http://127.0.0.1:2/v1' },
        null,
        /was trained elsewhere, and this configuration’s jobs are created by openai-compatible/,
      ],
      [
        'shut down',
        {},
        [{ id: 'ft:one', shutdownDate: '2026-04-01' }],
        /ft:one is shut down on 2026-04-01/,
      ],
    ];
    await firstWeek();
    continuing();
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const { input, release } = await path.build(1);
    const { store } = deps;
    for (const [name, changes, listed, message] of cases) {
      continuing(changes);
      const startedWith = path.configuration;
      const text = canonicalJson(startedWith);
      const configDigest = sha256Hex(text);
      await store.putIfAbsent(keys.configuration(configDigest), Buffer.from(text));
      const asked = { ...deps, startedWith, providerFor: () => createProvider(listed).provider };
      const estimate = estimateCost(asked, { ...input, configDigest, release }, signal);
      await assert.rejects(estimate, (error) => {
        assert.ok(error instanceof Error && error.name === 'ConfigError', name);
        assert.match(error.message, message, name);
        assert.match(error.message, /nothing was spent/);
        return true;
      });
    }
  });

  test('one of one’s own trainer is trained further with other arguments, as another job', async () => {
    const begun = Object.entries(path.configuration.train).filter(([name]) => name !== 'baseURL');
    const trainBy = (command: readonly string[], more: object = {}): void => {
      const own = { ...Object.fromEntries(begun), provider: 'command', command, ...more };
      const { configuration } = path;
      path.configuration = { ...configuration, train: own as unknown as Configuration['train'] };
      for (const each of [path.deps, deps]) {
        Object.assign(each, { startedWith: path.configuration });
      }
    };
    trainBy(['python', 'train.py', '--lr', '1e-4']);
    await firstWeek();
    const further = { from: 'champion', replay: 0.2 };
    trainBy(['python', 'train.py', '--lr', '5e-5'], further);
    path.writeLog('w2.jsonl', logLines(weeks[1]));
    const second = await path.build(1);
    await estimateCost(deps, { ...second.input, release: second.release }, signal);
    const file = { key: 'k', sha256: 'f'.repeat(64), bytes: 1, count: 1 };
    const other = runKeyOf(path.configuration, file, 'ft:one');
    trainBy(['python', 'train.py', '--lr', '1e-4'], further);
    assert.notEqual(runKeyOf(path.configuration, file, 'ft:one'), other);
  });

  test('a declared champion is refused, unless it is the base model itself', async () => {
    path.writeLog('w1.jsonl', logLines(weeks[0]));
    continuing();
    const built = await path.build(0);
    const input = { ...built.input, release: built.release };
    await assert.rejects(estimateCost(deps, input, signal), {
      name: 'ConfigError',
      message: /champion champion was declared and not trained by holdfast.*train\.from: base/,
    });
    path.close();
    path = await createDataPath({ champion: { modelId: 'base', trainedOn: 'unknown' } });
    deps = { ...path.deps, providerFor: () => host.provider };
    continuing();
    path.writeLog('w1.jsonl', logLines(weeks[0]));
    const ofBase = await path.build(0);
    assert.equal(ofBase.manifest.continues, undefined);
    await train(ofBase, 'ft:one');
    assert.equal(host.launched.at(-1)?.continues, undefined);
    const { trainingFiles, hasUnknownAncestor, parent } = await lineageOf('ft:one');
    assert.deepEqual([trainingFiles.length, hasUnknownAncestor, parent], [1, true, undefined]);
  });

  test('what a declared ancestor was trained on is redacted before it is compared with', async () => {
    const text =
      'please write to anna.berg@example.org about the blue lamp that was sent to the wrong house twice';
    path.close();
    path = await createDataPath({ champion: { modelId: 'base', trainedOn: ['champion.jsonl'] } }, [
      {
        messages: [
          { role: 'user', content: text },
          { role: 'assistant', content: 'shipping' },
        ],
      },
    ]);
    deps = { ...path.deps, providerFor: () => host.provider };
    const { store } = deps;
    const sample = {
      id: 'lamp',
      messages: [{ role: 'user', content: text }],
      reference: 'shipping',
      referenceOrigin: 'independent',
      options: [],
      cluster: 'lamp',
    } as const;
    const policy = DEFAULT_CONTAMINATION_POLICY;
    const frozen = await freezeEvalSet(store, 'lamps', [sample], createRedactor(), policy);
    continuing();
    await firstWeek();
    assert.equal((await lineageOf('ft:one')).trainingFiles.length, 2);
    const [tickets] = path.configuration.evals;
    assert.ok(tickets !== undefined);
    const evals = [{ ...tickets, name: 'lamps', digest: frozen.digest }];
    path.configuration = { ...path.configuration, evals, gate: gateWithout(path.configuration) };
    const again = { ...weeks[1][0], id: 'lamp-again', text, label: 'shipping' } as Ticket;
    path.writeLog('w2.jsonl', [...logLines(weeks[1]), toLogLine(again, 'shipping')]);
    const second = await path.build(1);
    const champion = await readOutput<Finding>(
      store,
      second.input,
      'decontaminate',
      'championFindings',
    );
    assert.deepEqual(
      champion.map(({ sampleId, level }) => [sampleId, level]),
      [['lamp', 'verbatim']],
    );
    const folds = await second.read<EarlierFold>('champion-folds');
    assert.deepEqual(
      folds.map(({ id, similarity }) => [id, similarity]),
      [['lamp-again', 1]],
    );
  });

  test('the same file is another job where another champion is trained further with it', () => {
    const file = { key: 'k', sha256: 's', bytes: 1, count: 1 };
    const { startedWith: configuration } = deps;
    const runKeys = [null, 'ft:one', 'ft:two'].map((continues) =>
      runKeyOf(configuration, file, continues),
    );
    assert.equal(new Set(runKeys).size, 3);
  });
});

function gateWithout({ gate }: Configuration): Configuration['gate'] {
  return { ...gate, superiorityOn: 'frozen:lamps' };
}
