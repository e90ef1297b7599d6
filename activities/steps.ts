import type { StepInput, StepResult } from '../src/domain/contracts.js';
import type { CanonicalRecord, Example } from '../src/domain/record.js';
import { assertBalanced, count } from '../src/domain/books.js';
import { canonicalJson } from '../src/domain/json.js';
import { DataError } from '../src/domain/errors.js';
import { dedupeExamples } from '../src/dedup/dedupe-examples.js';
import { isMatchable } from '../src/contamination/matchability.js';
import { createRowSpill } from '../src/formats/row-spill.js';
import { loadZstd } from '../src/formats/zstd.js';
import { createRecordMaker } from '../src/ingest/carry-over.js';
import { unitedRedactor } from '../src/ingest/comparison.js';
import { knownContents } from '../src/ingest/known-contents.js';
import { ingestWindow } from '../src/ingest/ingest-window.js';
import type { SourceLines } from '../src/ingest/lines/read-lines.js';
import type { Retraction } from '../src/ingest/settle-lines.js';
import { createRedactor, unwantedTypes } from '../src/ingest/redaction.js';
import type { StoredRelease } from '../src/release/chain.js';
import { assembleRows } from '../src/release/assemble.js';
import { loadLanguageDetector } from '../src/select/language-detector.js';
import { selectExamples } from '../src/select/select.js';
import { selectPolicyOf } from '../src/select/weigh.js';
import type { Placement } from '../src/split/place.js';
import { placeRecords, placeRetractions } from '../src/split/place.js';
import { sha256Hex } from '../src/storage/objects.js';
import { replayShare } from '../src/domain/start.js';
import {
  readConversations,
  readHistory,
  readPlacedReleases,
  readPlacements,
  readRemembered,
} from './carried-rows.js';
import { knownToChampion } from './deduping-lineage.js';
import type { StepContext } from './dependencies.js';
import { comparedExamples, earlierRedactors, isCarriedOver, redactorsOf } from './generation.js';
import { learntRows } from './learnt-rows.js';
import { optOutTestOf } from './opt-outs.js';
import { openNearIndex } from './near-index-files.js';
import { quarantinedTexts } from './quarantined-texts.js';
import type { WindowState } from './window-state.js';
import { finishStep, openWindow, readOutput } from './window-state.js';

/** Reads what the manifest names, redacts it, and keeps what belongs to this window. */
export async function ingest(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const known = await knownContents(readRemembered(context, state));
  const { configuration } = state;
  const spill = createRowSpill();
  try {
    const { books, ...outputs } = await ingestWindow(readSources(context, state), {
      window: input.window,
      sourceCount: configuration.sources.length,
      known,
      conversations: () => readConversations(context, state),
      unmarkedConsent: configuration.consent.unmarked,
      unwanted: unwantedTypes(configuration.redaction),
      isOptedOut: await optOutTestOf(context, state.manifest),
      maximumQuarantined: configuration.maximumQuarantined,
      toRecord: createRecordMaker({
        known,
        redactor: createRedactor(configuration.redaction),
        earlier: earlierRedactors(state),
        key: context.splitKey,
      }),
      compress: (await loadZstd()).createCompressor(),
      spill,
    });
    const texts = await quarantinedTexts(context, state, outputs.quarantined);
    const kept = texts === null ? {} : { 'quarantined-texts': texts };
    return await finishStep(store, input, 'ingest', { ...outputs, ...kept }, books);
  } finally {
    spill.close();
  }
}

async function* readSources(
  context: StepContext,
  { manifest, configuration }: WindowState,
): AsyncGenerator<SourceLines, void, undefined> {
  for (const { source } of manifest.sources) {
    if (configuration.sources[source] !== undefined) continue;
    throw new DataError('source-missing', `the configuration has no source ${source}`);
  }
  for (const [source, description] of configuration.sources.entries()) {
    const objects = manifest.sources.filter((object) => object.source === source);
    for await (const lines of context.connectorFor(description).readBatches(objects)) {
      yield { source, lines };
    }
  }
}

/** Places every record on its side, with all that the chain has placed in mind. */
export async function split(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const records = await readOutput<CanonicalRecord>(store, input, 'ingest', 'records');
  const retractions = await readOutput<Retraction>(store, input, 'ingest', 'retractions');
  const everyone = everyRelease(state);
  const releases = await readPlacedReleases(context, state, everyone);
  const prior = releases.flatMap(({ placements }) => placements);
  const carried = releases.reduce(
    (sum, { placements }, at) => sum + (isCarriedOver(state, everyone[at]) ? placements.length : 0),
    0,
  );
  const policy = state.configuration.split;
  const near = { shingle: state.configuration.dedupe.shingle, threshold: policy.nearThreshold };
  const index = await openNearIndex(context, releases, near, {
    own: state.manifest.versions.redactor,
    united: unitedRedactor(redactorsOf(state)),
  });
  const placed = placeRecords(
    records,
    prior,
    { holdoutFraction: policy.holdoutFraction, group: policy.group, key: context.splitKey },
    index,
    input.window.id,
  );
  const retracted = placeRetractions(retractions, prior, input.window.id);
  const bridges = placed.filter((placement) => placement.side === null).length;
  const notes: Record<string, number> = {};
  for (const { side, by } of placed) if (side !== null) count(notes, `${side}-by-${by}`);
  if (index.cappedCount > 0) count(notes, 'compared-in-part', index.cappedCount);
  if (retracted.length > 0) count(notes, 'retraction', retracted.length);
  if (carried > 0) count(notes, 'carried-over', carried);
  const books = assertBalanced({
    stage: 'split',
    read: records.length,
    kept: placed.length - bridges,
    dropped: {},
    quarantined: bridges > 0 ? { bridge: bridges } : {},
    deferred: 0,
    notes,
  });
  const placements = [...placed, ...retracted];
  return finishStep(store, input, 'split', { placements }, books);
}

/** Chooses what can be an example or a sample, and what its label is. */
export async function select(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const { configuration } = await openWindow(store, input);
  const records = await readOutput<CanonicalRecord>(store, input, 'ingest', 'records');
  const placements = await readOutput<Placement>(store, input, 'split', 'placements');
  const byId = new Map(records.map((record) => [record.id, record]));
  const placed = placements.flatMap(({ id, side, group }) => {
    const record = byId.get(id);
    return side === null || record === undefined ? [] : [{ record, side, group }];
  });
  const { quality } = configuration.select;
  const selection = selectExamples(placed, selectPolicyOf(configuration), input.window.id, {
    digestOf: (value) => sha256Hex(canonicalJson(value)),
    matchable: isMatchable,
    languageOf: quality.languages.length > 0 ? await loadLanguageDetector() : () => null,
  });
  const { train, holdout, unmatchable, books } = selection;
  const outputs = { train, holdout, unmatchable: unmatchable.map((id) => ({ id })) };
  return finishStep(store, input, 'select', outputs, books);
}

/** Joins this window's examples with what earlier releases may still teach. */
export async function assemble(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const fresh = await readOutput<Example>(store, input, 'select', 'train');
  const history = await readHistory(context, state);
  const placements = [
    ...(await readPlacements(context, state, state.ancestors)),
    ...(await readOutput<Placement>(store, input, 'split', 'placements')),
  ];
  const latest = new Map(placements.map((placement) => [placement.id, placement]));
  const share = replayShare(state.configuration.train);
  const { rows, books } = assembleRows(
    fresh,
    history,
    state.manifest.fates,
    state.configuration.history,
    latest,
    await optOutTestOf(context, state.manifest),
    {
      replay: share === null ? null : { share, window: input.window.id },
      ...(share !== null && { isLearnt: await learntRows(context, state) }),
      pairs: state.configuration.train.method === 'dpo',
    },
  );
  return finishStep(store, input, 'assemble', { rows }, books);
}

/** Folds duplicates into the row they were compared with, and leaves out what a champion that is trained further knows. */
export async function dedupe(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const rows = await readOutput<Example>(store, input, 'assemble', 'rows');
  const compared = comparedExamples(state, rows);
  const { kept, dropped, conflicts, cappedCount } = dedupeExamples(
    [...compared.keys()],
    state.configuration.dedupe,
  );
  const reasons: Record<string, number> = {};
  const notes: Record<string, number> = {};
  if (conflicts.length > 0) count(notes, 'conflict', conflicts.length);
  if (cappedCount > 0) count(notes, 'compared-in-part', cappedCount);
  for (const fold of dropped) count(reasons, `duplicate-${fold.rule}`);
  const known = await knownToChampion(context, state, compared, kept);
  for (const { rule } of known?.folds ?? []) count(reasons, `champion-knows-${rule}`);
  if ((known?.cappedCount ?? 0) > 0) count(notes, 'compared-in-part', known?.cappedCount);
  const isKnown = new Set(known?.folds.map(({ id }) => id));
  const rest = kept.filter(({ id }) => !isKnown.has(id));
  const books = assertBalanced({
    stage: 'dedupe',
    read: rows.length,
    kept: rest.length,
    dropped: reasons,
    quarantined: {},
    deferred: 0,
    notes,
  });
  const outputs = {
    rows: rest.map((each) => compared.get(each) ?? each),
    folds: dropped,
    conflicts,
    ...(known !== null && { 'champion-folds': known.folds }),
  };
  return finishStep(store, input, 'dedupe', outputs, books);
}

/** All releases by their windows, the replaced ones before those that replaced them. */
export function everyRelease({ ancestors, replaced }: WindowState): readonly StoredRelease[] {
  return [...replaced, ...ancestors].sort((a, b) => startOf(a) - startOf(b));
}

function startOf({ manifest }: StoredRelease): number {
  return Date.parse(manifest.window.from);
}
