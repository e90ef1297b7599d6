import { createStepContext } from '../../activities/step-context.js';
import type { Command } from './command-line.js';
import type { LoadedConfiguration } from '../config/load.js';
import type { LogLine } from '../connectors/connector.js';
import { ConfigError } from '../domain/errors.js';
import { windowAt, windowIndex, type Window } from '../domain/window.js';
import { total } from '../domain/books.js';
import { createRowSpill, type RowSpill } from '../formats/row-spill.js';
import { ingestWindow } from '../ingest/ingest-window.js';
import type { SourceLines } from '../ingest/lines/read-lines.js';
import { unwantedTypes } from '../ingest/redaction.js';
import { loadLanguageDetector } from '../select/language-detector.js';
import { surveyRecords } from '../select/survey.js';
import { createWeigher, selectPolicyOf, trainableTurns } from '../select/weigh.js';
import { createMemoryStore } from '../storage/memory-store.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { openLeaving } from './ingest-chain.js';
import type { DryIngest } from './ingest-story.js';
import { dryIngestResult, firstOfEach, tellDryIngest } from './ingest-story.js';

interface IngestOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly window?: string;
}

/** Everything, whenever it was. */
const ALL_TIME: Window = {
  id: 'all',
  from: '0001-01-01T00:00:00.000Z',
  to: '9999-12-31T00:00:00.000Z',
};

/** `holdfast ingest --dry-run`: what would become of the logs, without Temporal, and where need be without a store or a secret. */
export function registerIngest(program: Command, context: CliContext): void {
  const command = program
    .command('ingest')
    .summary('see what would become of the logs')
    .description(
      'Reads the configured sources as a window would and says what would be kept, dropped and ' +
        'quarantined and why, what each rule of `select` would take, alone and together, and what would be ' +
        'redacted. Writes nothing and needs neither secrets nor Temporal. With the split key in the environment ' +
        'it leaves out who is on the list of opt-outs and what earlier windows have read; without, it says that ' +
        'it did not look. Exit code 1: more lines are unreadable than `maximumQuarantined` allows.',
    )
    .option('--dry-run', 'the only way: `holdfast run` ingests as its first step')
    .option('-w, --window <week>', 'only records of this window, by the ISO week it begins with');
  defineAction<IngestOptions>(command, context, (options) => ingest(options, context));
}

async function ingest(options: IngestOptions, context: CliContext): Promise<ExitCode> {
  if (options.dryRun !== true) {
    throw new ConfigError(
      'holdfast ingest only looks, with --dry-run; `holdfast run` ingests as the first step of a window',
    );
  }
  const loaded = await loadFor(options);
  const spill = createRowSpill();
  const found = await readDry(loaded, options.window, { context, spill }).finally(() =>
    spill.close(),
  );
  tellDryIngest(found, context.output);
  context.output.result(dryIngestResult(found));
  return found.isTooMuchUnreadable ? 1 : 0;
}

async function readDry(
  loaded: LoadedConfiguration,
  asked: string | undefined,
  { context, spill }: { readonly context: CliContext; readonly spill: RowSpill },
): Promise<DryIngest> {
  const { configuration, baseFolder } = loaded;
  const plan = configuration.window;
  const window = asked === undefined ? ALL_TIME : windowAt(plan, windowIndex(plan, asked));
  const options = { storeUri: 'memory:', baseFolder, splitKey: '' };
  const steps = await createStepContext(options, () => undefined, createMemoryStore());
  const sources: { path: string; files: number; bytes: number; unknownFiles: number }[] = [];
  let before = 0;
  async function* batches(): AsyncGenerator<SourceLines, void, undefined> {
    for (const [source, description] of configuration.sources.entries()) {
      const connector = steps.connectorFor(description);
      const { logs: objects, others: unknown } = await connector.look();
      const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
      const { path } = description;
      sources.push({ path, files: objects.length, bytes, unknownFiles: unknown.length });
      for await (const lines of connector.readBatches(objects)) {
        yield { source, lines: withinWindow(lines) };
      }
    }
  }
  function* withinWindow(lines: Iterable<LogLine>): Generator<LogLine, void, undefined> {
    for (const line of lines) {
      if (line.kind === 'record' && line.time < window.from) before += 1;
      else yield line;
    }
  }
  const { leftOut, ...leaving } = await openLeaving(loaded, window, steps, context);
  const ingested = await ingestWindow(batches(), {
    window,
    sourceCount: configuration.sources.length,
    ...leaving,
    unmarkedConsent: configuration.consent.unmarked,
    unwanted: unwantedTypes(configuration.redaction),
    maximumQuarantined: 1,
    spill,
  });
  const { quality } = configuration.select;
  const languageOf = quality.languages.length > 0 ? await loadLanguageDetector() : () => null;
  const policy = selectPolicyOf(configuration);
  const weigh = createWeigher(policy, languageOf);
  const { books, quarantined } = ingested;
  return {
    model: configuration.model,
    window: asked ?? null,
    leftOut,
    sources,
    before,
    books,
    quarantined: firstOfEach(quarantined),
    maximumQuarantined: configuration.maximumQuarantined,
    isTooMuchUnreadable: total(books.quarantined) > configuration.maximumQuarantined * books.read,
    survey: surveyRecords(ingested.records, (record) => trainableTurns(weigh(record), policy)),
  };
}
