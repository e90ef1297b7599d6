import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CancelledFailure } from '@temporalio/common';
import { closeWindow } from '../../activities/closing.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { evaluate } from '../../activities/evaluating.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { EvaluateInput, EvaluateResult } from '../../src/domain/contracts.js';
import { DataError, PrerequisiteError } from '../../src/domain/errors.js';
import type { EvalTool } from '../../src/domain/eval-tool.js';
import type { Sample } from '../../src/domain/sample.js';
import { windowAt } from '../../src/domain/window.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import type { SuiteAnswer } from '../../src/evals/run-suite.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { birthOf } from '../../src/providers/command-files.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson, readJsonl } from '../../src/storage/objects.js';
import { createTestDependencies } from '../support/dependencies.js';
import { realClock } from '../support/launch-clock.js';
import { refuse, startLocalHost } from '../support/local-host.js';

const HARNESS = fileURLToPath(new URL('../support/eval-harness.js', import.meta.url));
const TOPICS = ['anchors', 'buoys', 'cranes', 'docks', 'eddies'];
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);

const samples: readonly Sample[] = TOPICS.map((topic) => ({
  id: `s-${topic}`,
  messages: [
    {
      role: 'user',
      content: `which shelf of the harbour library has the books on ${topic}? tell jo@example.org`,
    },
  ],
  reference: topic,
  referenceOrigin: 'independent',
  options: [],
  cluster: topic,
  // A harness scores, whatever a sample names.
  ...(topic === 'eddies' && { scorer: 'judge' as const }),
}));

/** Knows as many topics as its name ends with, and is refused one that ends with 9. */
const models = await startLocalHost(({ body }, _index, response) => {
  const { model, messages } = body as { model: string; messages: { content: string }[] };
  const content = messages.at(-1)?.content ?? '';
  const known = Number(model.slice(-1));
  if (known === 9 && content.includes('docks')) return refuse(response, 503);
  const topic = TOPICS.find((each, index) => content.includes(each) && index < known);
  return { choices: [{ message: { content: topic ?? 'unknown' }, finish_reason: 'stop' }] };
});

interface Measured {
  readonly deps: Dependencies;
  readonly folder: string;
  readonly input: EvaluateInput;
  readonly evaluate: (
    changes?: Partial<EvaluateInput>,
    signal?: AbortSignal,
  ) => Promise<EvaluateResult>;
  readonly answers: (result: EvaluateResult) => Promise<readonly SuiteAnswer[]>;
  /** How the harness is to go wrong from now on; '' as it should. */
  readonly go: (mode: string) => void;
  /** Which models were asked of, one for each start. */
  readonly starts: () => readonly string[];
}

async function measured(
  tool: EvalTool = 'promptfoo',
  changes: object = {},
  surroundings: Partial<Dependencies> = {},
  asked: readonly Sample[] = samples,
  gate: object = {},
): Promise<Measured> {
  const made = await createTestDependencies({
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    toolEnvironment: { PATH: '/usr/bin:/bin', HOLDFAST_API_KEY: 'secret-of-the-host' },
    ...surroundings,
  });
  const { digest } = await freezeEvalSet(
    made.deps.store,
    'golden',
    asked,
    createRedactor(),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const results = { tool, command: [process.execPath, HARNESS, tool], ...changes };
  const reference = await made.configure({
    evals: [{ name: 'golden', digest, results }],
    chat: { baseURL: models.baseURL },
    champion: { modelId: 'model-2', trainedOn: [] },
    gate: { superiorityOn: 'frozen:golden', ...gate },
  });
  const stored = await readJson<unknown>(
    made.deps.store,
    keys.configuration(reference.configDigest),
  );
  const deps = { ...made.deps, startedWith: parseConfiguration(stored) };
  const { folder } = made;
  const { manifestKey } = await closeWindow(deps, {
    ...reference,
    window,
    mode: 'run',
    reopen: false,
  });
  const input: EvaluateInput = {
    ...reference,
    window,
    manifestKey,
    release: 'r'.repeat(64),
    candidate: 'model-4',
    role: 'champion',
    suite: 'frozen:golden',
  };
  const starts = join(folder, 'harness-starts');
  return {
    deps,
    folder,
    input,
    evaluate: (asked = {}, signal = new AbortController().signal) =>
      evaluate(deps, { ...input, ...asked }, signal),
    answers: async ({ answers }) => {
      assert.ok(answers !== null);
      return readJsonl<SuiteAnswer>(deps.store, answers);
    },
    go: (mode) => writeFileSync(join(folder, 'harness-mode'), mode),
    starts: () =>
      existsSync(starts)
        ? readFileSync(starts, 'utf8')
            .trim()
            .split('\n')
            .map((line) => String(line.split(' ')[0]))
        : [],
  };
}

const CANDIDATE = { role: 'candidate' } as const;

function failedWith(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DataError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, text);
    assert.doesNotMatch(error.message, /secret|nobody is to be told|shelf|jo@/);
    return true;
  };
}

describe('a harness of one’s own', () => {
  for (const tool of ['promptfoo', 'lm-evaluation-harness', 'inspect'] as const) {
    test(`that is ${tool} measures each model once, and its scores stand with the samples`, async () => {
      const { evaluate, answers, starts } = await measured(tool);
      const champion = await evaluate();
      const candidate = await evaluate(CANDIDATE);
      assert.deepEqual(
        (await answers(champion)).map(({ sampleId, score, output }) => [sampleId, score, output]),
        TOPICS.map((topic, index) => [
          `s-${topic}`,
          index < 2 ? 1 : 0,
          index < 2 ? topic : 'unknown',
        ]),
      );
      assert.deepEqual(
        (await answers(candidate)).map(({ score }) => score),
        [1, 1, 1, 1, 0],
      );
      assert.deepEqual(await evaluate(), champion);
      assert.deepEqual(starts(), ['model-2', 'model-4']);
    });
  }

  test('whose model gave no answer leaves the sample missing', async () => {
    const { evaluate, answers } = await measured();
    await evaluate();
    const result = await evaluate({ ...CANDIDATE, candidate: 'model-9' });
    assert.equal(result.missing, 1);
    const [missing] = (await answers(result)).filter(({ output }) => output === null);
    assert.equal(missing?.sampleId, 's-docks');
  });

  test('may ask the texts that the set was frozen from, and its answers are redacted as ours are', async () => {
    const { deps, evaluate, answers, go, folder } = await measured();
    go('unredacted');
    const result = await evaluate();
    const [first] = await answers(result);
    assert.equal(first?.output, 'anchors, says [EMAIL_2]');
    assert.match(readFileSync(samplesFile(folder), 'utf8'), /tell \[EMAIL_1\]/);
    const stored = Buffer.from(await readBytes(deps.store, result.answers?.key ?? '')).toString();
    assert.doesNotMatch(stored, /jo@/);
  });

  const REFUSED = [
    ['fail', 'eval-command-failed', /ended with exit code 3: what it printed is in .*tool\.log/],
    [
      'others',
      'eval-results-differ',
      /another text was asked under the id .* \(test 0, prompt 0\)/,
    ],
    ['fewer', 'eval-results-differ', /no result is of 1 sample \(s-anchors\)/],
    ['twice', 'eval-results-repeated', /more than one result is of 1 sample \(s-anchors\)/],
    ['half', 'eval-results-unreadable', /results\.json of golden is none of the results/],
    ['unanswered', 'eval-results-unanswered', /not one of its 5 samples has an answer/],
    ['nothing', 'eval-results-missing', /left no file that is called \*\.json/],
    ['two-files', 'eval-results-missing', /left 2 files \(more\.json, results\.json\)/],
  ] as const;
  for (const [mode, code, text] of REFUSED) {
    test(`that goes wrong (${mode}) is refused, and is run again when somebody asks again`, async () => {
      const { evaluate, go, starts } = await measured();
      go(mode);
      await assert.rejects(evaluate(), failedWith(code, text));
      go('');
      assert.equal((await evaluate()).missing, 0);
      assert.deepEqual(starts(), ['model-2', 'model-2']);
    });
  }

  test('that asks one model otherwise than the champion is refused', async () => {
    const { evaluate, go } = await measured();
    await evaluate();
    go('other-references');
    await assert.rejects(
      evaluate(CANDIDATE),
      failedWith(
        'eval-results-differ',
        /the champion was asked otherwise.* on 5 samples.*holdfast run --reopen/,
      ),
    );
    go('');
    assert.equal((await evaluate(CANDIDATE)).missing, 0);
  });

  for (const tool of ['promptfoo', 'inspect'] as const) {
    test(`that asks the champion in the candidate’s place is refused (${tool})`, async () => {
      const { evaluate, go } = await measured(tool);
      go('one-model');
      await evaluate();
      await assert.rejects(
        evaluate(CANDIDATE),
        failedWith('eval-results-differ', /says that model-2 answered, and model-4 was to be/),
      );
      go('');
      assert.equal((await evaluate(CANDIDATE)).missing, 0);
    });
  }

  test('whose failures are counted counts one where only some assertions hold, as promptfoo does', async () => {
    const safety = [{ suite: 'frozen:golden', cap: 0.9 }];
    for (const [gate, wrong] of [
      [{}, 0.67],
      [{ safety }, 0],
    ] as const) {
      const { evaluate, answers, go } = await measured('promptfoo', {}, {}, samples, gate);
      go('two-thirds');
      const scores = (await answers(await evaluate())).map(({ score }) => score);
      assert.deepEqual(scores, [1, 1, wrong, wrong, wrong]);
    }
  });

  test('that is another tool than was said is refused', async () => {
    const { evaluate } = await measured('promptfoo', {
      command: [process.execPath, HARNESS, 'inspect'],
    });
    await assert.rejects(
      evaluate(),
      failedWith('eval-results-differ', /is of Inspect, and results\.tool says promptfoo/),
    );
  });

  test('that could not be found again where the worker runs is refused before anything is trained', async () => {
    await assert.rejects(
      measured('promptfoo', {}, { areProcessesFound: () => false }),
      (error) => error instanceof PrerequisiteError && error.message.includes('on Linux'),
    );
  });

  test('that is not there says so', async () => {
    const { evaluate } = await measured('promptfoo', { command: ['/no/such/program'] });
    await assert.rejects(evaluate(), failedWith('eval-command-failed', /could not be started/));
  });

  for (const [mode, code] of [
    ['fail', 'eval-command-failed'],
    ['unanswered', 'eval-results-unanswered'],
    ['nothing', 'eval-results-missing'],
  ] as const) {
    test(`that fails with the anchor (${mode}) leaves it without answers, and the week goes on`, async () => {
      const { deps, input, evaluate, go } = await measured();
      const manifest = await readJson<object>(deps.store, input.manifestKey);
      const manifestKey = input.manifestKey.replace(/[^/]+\/manifest/u, '9/manifest');
      const anchored = { ...manifest, anchor: { modelId: 'model-1', lineage: 'x' } };
      await deps.store.putIfAbsent(manifestKey, Buffer.from(JSON.stringify(anchored)));
      await evaluate({ manifestKey });
      go(mode);
      const { refusal, answers } = await evaluate({ role: 'anchor', manifestKey });
      assert.deepEqual([refusal, answers], [code, null]);
    });
  }

  test('that hangs is stopped when its time is over', async () => {
    const { evaluate, go, starts } = await measured('promptfoo', { timeoutMinutes: 0.02 });
    go('hang');
    await assert.rejects(
      evaluate(),
      failedWith('eval-command-failed', /took longer than results\.timeoutMinutes \(0\.02\)/),
    );
    assert.equal(starts().length, 1);
  });

  test('goes on when a worker stops, and its results are those of whoever asks next', async () => {
    const { evaluate, go, starts, folder } = await measured();
    go('hang');
    const shutdown = new AbortController();
    const first = assert.rejects(evaluate({}, shutdown.signal));
    while (starts().length === 0) await realClock.sleep(20);
    shutdown.abort(new CancelledFailure('WORKER_SHUTDOWN'));
    await first;
    assert.notEqual(birthOf(pidIn(folder)), null);
    const cancel = new AbortController();
    const second = assert.rejects(evaluate({}, cancel.signal));
    await realClock.sleep(100);
    assert.equal(starts().length, 1);
    cancel.abort(new CancelledFailure('CANCELLED'));
    await second;
    while (birthOf(pidIn(folder)) !== null) await realClock.sleep(20);
    rmSync(join(folder, 'harness-mode'));
    assert.equal((await evaluate()).missing, 0);
    assert.equal(starts().length, 2);
  });

  test('has run for the samples that it is asked for, also where the store was begun anew', async () => {
    const first = await measured();
    await first.evaluate();
    const changed = samples.map((sample) => ({ ...sample, reference: 'anchors' }));
    const { baseFolder } = first.deps;
    const second = await measured('promptfoo', {}, { baseFolder }, changed);
    const scores = (await second.answers(await second.evaluate())).map(({ score }) => score);
    assert.deepEqual(scores, [1, 0, 0, 0, 0]);
    assert.equal(first.starts().length, 2);
  });

  test('that two ask for at once runs once', async () => {
    const { evaluate, starts } = await measured();
    const [one, other] = await Promise.all([evaluate(), evaluate()]);
    assert.deepEqual(one, other);
    assert.equal(starts().length, 1);
  });

  test('is found under the name of its set, and keeps what it was given to itself', async () => {
    const { evaluate, folder } = await measured();
    await evaluate();
    const [run] = readdirSync(join(folder, 'eval-runs'));
    assert.match(run ?? '', /^golden-[0-9a-f]{16}$/);
    const files = readdirSync(join(folder, 'eval-runs', run ?? '', '1')).sort();
    assert.deepEqual(files, ['ended.json', 'results', 'samples.jsonl', 'started.json', 'tool.log']);
  });
});

function samplesFile(folder: string): string {
  const [run = ''] = readdirSync(join(folder, 'eval-runs'));
  return join(folder, 'eval-runs', run, '1', 'samples.jsonl');
}

function pidIn(folder: string): number {
  return Number(readFileSync(join(folder, 'harness-starts'), 'utf8').trim().split(' ').at(-1));
}
