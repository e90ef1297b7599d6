import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Dependencies } from '../../activities/dependencies.js';
import { storeConfiguration } from '../../src/cli/stored-run.js';
import { loadConfiguration, type LoadedConfiguration } from '../../src/config/load.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { scanExamples, scannedExample } from '../../src/contamination/scan-examples.js';
import {
  ALPHA,
  demoConfiguration,
  EVAL_SET,
  FIRST_WINDOW,
  SECOND_WINDOW,
} from '../../src/demo/configuration.js';
import type { Folder } from '../../src/demo/mail/folder.js';
import { accuracy, compareScores, scoreAll } from '../../src/demo/measure.js';
import { askAll, toTrainingFile } from '../../src/demo/serving.js';
import {
  BY_HAND,
  countSharedNgram,
  toLogLine,
  type LogEntry,
  type Story,
  type StorySample,
} from '../../src/demo/story.js';
import type { Books } from '../../src/domain/books.js';
import { LEAK_LEVELS } from '../../src/domain/finding.js';
import type { Comparison, Decision } from '../../src/domain/gate.js';
import { promptText, type Example } from '../../src/domain/record.js';
import { windowAt } from '../../src/domain/window.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { parseEvalFile } from '../../src/evals/parse-eval-file.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { readChain } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { findRows, type RowsName } from '../../src/release/rows-files.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { readJsonl } from '../../src/storage/objects.js';
import { createLocalModels, type LocalModels } from './local-models.js';
import { localDependencies, promoteCandidate, runWindow, type WindowRun } from './window-run.js';

/** A window as the pipeline measured it. */
export interface WindowFigures {
  readonly decision: Decision;
  readonly books: readonly Books[];
  readonly trainRows: number;
  readonly frozen: Comparison;
  readonly frozenClean: Comparison;
  readonly frozenDirty: number;
  readonly holdoutClean: Comparison;
  readonly holdoutDirty: number;
  /** The candidate against the champion on what no pipeline saw. */
  readonly yardstick: Comparison;
}

/** One telling of the story, in figures. */
export interface SeedFigures {
  readonly seed: number;
  readonly one: WindowFigures;
  readonly two: WindowFigures;
  /** The candidate of a pipeline without checks, against the serving model. */
  readonly unchecked: {
    readonly rows: number;
    readonly all: Comparison;
    readonly clean: Comparison;
    readonly yardstick: Comparison;
  };
  /** Holdout of week two by the messages' true folders, pasted ones left out. */
  readonly trueHoldout: Comparison;
  readonly pasted: { readonly read: number; readonly examples: number; readonly trained: number };
  /** Share of the next fortnight's mail that is filed rightly. */
  readonly next: Readonly<Record<'first' | 'second' | 'unchecked' | 'third', number>>;
  readonly sharedNgram: { readonly rows: number; readonly samples: number };
}

interface Opened {
  readonly deps: Dependencies;
  readonly models: LocalModels;
  readonly loaded: LoadedConfiguration;
  readonly folder: string;
  readonly first: string;
}

/** What a telling is held against. */
export interface Truth {
  /** The folder of every message, by its id. */
  readonly folders: ReadonlyMap<string, Folder>;
  /** The mail of the fortnight after the second week. */
  readonly next: readonly StorySample[];
}

/** How a telling differs from the demo's. */
export interface Telling {
  readonly splitKey: string;
  /** Whether the first model's training rows stand in the logs, filed by hand. */
  readonly isHandFiledLogged: boolean;
}

/** Tells the story once in this process, in an empty folder, and measures it. */
export async function measureSeed(
  folder: string,
  story: Story,
  truth: Truth,
  { splitKey, isHandFiledLogged }: Telling,
): Promise<SeedFigures> {
  const opened = await open(folder, story, splitKey);
  const { deps, models, first } = opened;
  const byHand = story.release.map((entry) => toLogLine(entry, BY_HAND, entry.filedIn));
  if (isHandFiledLogged) writeLog(folder, '2002-W28.jsonl', byHand);
  await serve(opened, first, story.weekOne, '2002-W33.jsonl');
  const one = await run(opened, FIRST_WINDOW);
  await promoteCandidate(deps, one);
  await serve(opened, one.candidate, story.weekTwo, '2002-W35.jsonl');
  const two = await run(opened, SECOND_WINDOW);
  const examples = await allExamples(deps, two);
  const unchecked = models.train(trainingFile(examples), story.seed);
  const right = async (model: string): Promise<number> =>
    accuracy(await scoreAll(models.chat, model, truth.next));
  return {
    seed: story.seed,
    one: await windowFigures(opened, story, one),
    two: await windowFigures(opened, story, two),
    unchecked: await uncheckedFigures(opened, story, examples, unchecked, one.candidate),
    trueHoldout: await trueHoldout(opened, story, truth, two),
    pasted: await pastedFigures(deps, story, examples, two),
    next: {
      first: await right(first),
      second: await right(one.candidate),
      unchecked: await right(unchecked),
      third: await right(two.candidate),
    },
    sharedNgram: countSharedNgram(
      examples.map(({ messages }) => promptText(messages)),
      story.evalSet.map(({ prompt }) => prompt),
      13,
    ),
  };
}

async function open(folder: string, story: Story, splitKey: string): Promise<Opened> {
  mkdirSync(join(folder, 'logs'));
  const models = createLocalModels();
  const store = createMemoryStore();
  const training = toTrainingFile(story.release);
  writeFileSync(join(folder, 'champion.jsonl'), training);
  const first = models.train(training, story.seed);
  const lines = story.evalSet.map(({ id, prompt, label, cluster }) =>
    JSON.stringify({ id, input: prompt, reference: label, cluster }),
  );
  const frozen = await freezeEvalSet(
    store,
    EVAL_SET,
    parseEvalFile(Buffer.from(lines.join('\n')), 'evals.jsonl'),
    createRedactor(),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const document = demoConfiguration({
    championId: first,
    championFile: 'champion.jsonl',
    evalDigest: frozen.digest,
    baseURL: 'http://127.0.0.1:9/v1',
    temporalAddress: '127.0.0.1:7233',
    seed: story.seed,
  });
  writeFileSync(join(folder, 'holdfast.yaml'), stringify(document));
  const loaded = await loadConfiguration(join(folder, 'holdfast.yaml'));
  const deps = await localDependencies(store, loaded, splitKey, models);
  return { deps, models, folder, first, loaded };
}

async function run({ deps, loaded }: Opened, id: string): Promise<WindowRun> {
  const reference = await storeConfiguration(deps.store, loaded);
  return runWindow(
    deps,
    reference,
    windowAt(loaded.configuration.window, id === FIRST_WINDOW ? 0 : 1),
  );
}

async function serve(
  { models, folder }: Opened,
  model: string,
  entries: readonly LogEntry[],
  name: string,
): Promise<void> {
  const prompts = entries.map(({ prompt }) => prompt);
  const answers = await askAll(models.chat, model, prompts);
  writeLog(
    folder,
    name,
    entries.map((entry, index) => toLogLine(entry, model, answers[index] ?? '')),
  );
}

function writeLog(folder: string, name: string, lines: readonly object[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(join(folder, 'logs', name), text.join(''));
}

function trainingFile(examples: readonly Example[]): Uint8Array {
  return toTrainingFile(
    examples.map(({ messages, answer }) => ({ prompt: promptText(messages), label: answer ?? '' })),
  );
}

async function on(
  { models }: Opened,
  samples: readonly StorySample[],
  champion: string,
  candidate: string,
): Promise<Comparison> {
  return compareScores(
    samples,
    await scoreAll(models.chat, champion, samples),
    await scoreAll(models.chat, candidate, samples),
    ALPHA,
  );
}

async function windowFigures(
  opened: Opened,
  story: Story,
  window: WindowRun,
): Promise<WindowFigures> {
  const suite = (name: string) => window.evidence.suites.find((found) => found.suite === name);
  const frozen = suite(`frozen:${EVAL_SET}`);
  const holdout = suite('holdout');
  return {
    decision: window.decided.decision,
    books: window.manifest.books,
    trainRows: window.release.trainRows,
    frozen: some(frozen?.all),
    frozenClean: some(frozen?.clean),
    frozenDirty: frozen?.dirtyCount ?? 0,
    holdoutClean: some(holdout?.clean),
    holdoutDirty: holdout?.dirtyCount ?? 0,
    yardstick: await on(opened, story.yardstick, window.championId, window.candidate),
  };
}

async function uncheckedFigures(
  opened: Opened,
  story: Story,
  examples: readonly Example[],
  unchecked: string,
  champion: string,
): Promise<SeedFigures['unchecked']> {
  const redactor = createRedactor();
  const samples = story.evalSet.map(({ id, prompt }) => ({
    set: EVAL_SET,
    id,
    prompt: redactor.redact(prompt).text,
    options: [],
    reference: null,
  }));
  const findings = scanExamples(
    examples.map(scannedExample),
    samples,
    DEFAULT_CONTAMINATION_POLICY,
  );
  const dirty = new Set(
    findings.filter(({ level }) => LEAK_LEVELS.includes(level)).map(({ sampleId }) => sampleId),
  );
  const clean = story.evalSet.filter(({ id }) => !dirty.has(id));
  return {
    rows: examples.length,
    all: await on(opened, story.evalSet, champion, unchecked),
    clean: await on(opened, clean, champion, unchecked),
    yardstick: await on(opened, story.yardstick, champion, unchecked),
  };
}

/** The second week's holdout against the truth: as many wrong labels stand in its references as in the logs. */
async function trueHoldout(
  opened: Opened,
  story: Story,
  { folders }: Truth,
  two: WindowRun,
): Promise<Comparison> {
  const chain = await readChain(opened.deps.store, two.release.release);
  const holdout = await releaseRows(opened.deps, chain.slice(-1), 'holdout');
  const held = new Set(holdout.map(({ id }) => id));
  const samples = story.weekTwo.flatMap(({ id, prompt, thread }) => {
    const label = folders.get(id);
    return held.has(id) && label !== undefined ? [{ id, prompt, label, cluster: thread }] : [];
  });
  return on(opened, samples, two.championId, two.candidate);
}

async function pastedFigures(
  deps: Dependencies,
  story: Story,
  examples: readonly Example[],
  two: WindowRun,
): Promise<SeedFigures['pasted']> {
  const pasted = new Set(story.planted.leaked);
  const chain = await readChain(deps.store, two.release.release);
  const rows = await releaseRows(deps, chain.slice(-1), 'rows');
  return {
    read: pasted.size,
    examples: examples.filter(({ id }) => pasted.has(id)).length,
    trained: rows.filter(({ id }) => pasted.has(id)).length,
  };
}

async function allExamples(deps: Dependencies, two: WindowRun): Promise<readonly Example[]> {
  return releaseRows(deps, await readChain(deps.store, two.release.release), 'examples');
}

async function releaseRows(
  { store }: Dependencies,
  chain: Awaited<ReturnType<typeof readChain>>,
  name: RowsName,
): Promise<readonly Example[]> {
  const rows: Example[] = [];
  for (const { release, manifest } of chain) {
    const file = findRows(manifest, name);
    if (file === undefined) throw new Error(`a release without ${name}`);
    rows.push(
      ...(await readJsonl<Example>(store, { ...file, key: keys.releaseFile(release, file.name) })),
    );
  }
  return rows;
}

function some(comparison: Comparison | null | undefined): Comparison {
  if (comparison === null || comparison === undefined) throw new Error('nothing was compared');
  return comparison;
}
