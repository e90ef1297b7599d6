import {
  ANCHOR_UNCOUNTED_NOTES,
  assertBalanced,
  CHAMPION_UNCOUNTED_NOTES,
  count,
  UNCOUNTED_NOTES,
} from '../src/domain/books.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput, StepResult } from '../src/domain/contracts.js';
import type { Finding } from '../src/domain/finding.js';
import { LEAK_LEVELS } from '../src/domain/finding.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference } from '../src/domain/manifest.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import type { Example } from '../src/domain/record.js';
import type { Sample } from '../src/domain/sample.js';
import type {
  ContaminationSample,
  ScannedExample,
  UncountedMatches,
} from '../src/contamination/scan-examples.js';
import {
  contaminationSample,
  scannedExample,
  scannedTexts,
} from '../src/contamination/scan-examples.js';
import { loadEvalSet } from '../src/evals/eval-set.js';
import { capUnconfirmed } from '../src/select/cap-unconfirmed.js';
import { countTurns } from '../src/domain/turn-notes.js';
import { isOfRelease, readLineage, readTrainingRows } from '../src/lineage/lineage.js';
import type { StoredRelease } from '../src/release/chain.js';
import { sha256Hex } from '../src/storage/objects.js';
import { type Comparing, openComparing } from './comparing.js';
import type { StepContext } from './dependencies.js';
import { carryOverFrom } from './generation.js';
import { toSample } from './samples.js';
import { asksModels, findingsOf, isUnknown, suspectedRows } from './suspecting.js';
import type { WindowState } from './window-state.js';
import {
  findStep,
  finishStep,
  finishStepOnce,
  openWindow,
  readOutput,
  readReleaseFile,
} from './window-state.js';

/**
 * Holds every assembled row against every frozen eval set and all holdout ever made, takes out what
 * leaks or is suspected to, and holds the training files of champion and anchor against the samples they will be measured
 * on. All findings are kept with their evidence: those of the rows that went make a sample exposed, not dirty. Where
 * models are asked, a step that is done stays as it was written.
 */
export async function decontaminate(context: StepContext, input: StepInput): Promise<StepResult> {
  const { store } = context;
  const state = await openWindow(store, input);
  const hasModels = asksModels(state.configuration);
  const done = hasModels ? await findStep(store, input, 'decontaminate') : null;
  if (done !== null) return done;
  const rows = await readOutput<Example>(store, input, 'dedupe', 'rows');
  const comparing = await openComparing(store, state);
  const frozen = comparing.samples(await frozenSets(context, state.configuration));
  const fresh = await readOutput<Example>(store, input, 'select', 'holdout');
  const ownHoldout = comparing.samples(holdoutSamples(`holdout:${input.window.id}`, fresh));
  const earlier = comparing.samples(await earlierHoldout(context, state, fresh));
  const notes: Record<string, number> = {};
  const findings = await findingsOf(
    context,
    input,
    state.configuration,
    comparing.examples(rows.map(scannedExample)),
    [[...frozen, ...ownHoldout, ...earlier]],
    noting(notes, UNCOUNTED_NOTES),
  );
  countLevels(findings, notes);
  const leaking = worstBySample(findings);
  const suspected = suspectedRows(findings, leaking, state.configuration);
  const clean = rows.filter((row) => !leaking.has(row.id) && !suspected.has(row.id));
  const { kept, over } = withinShare(clean, state.configuration);
  const dropped: Record<string, number> = {};
  for (const finding of leaking.values()) count(dropped, reasonOf(finding));
  if (over.length > 0) count(dropped, 'unconfirmed-over-cap', over.length);
  countTurns(kept, notes);
  const quarantined: Record<string, number> = {};
  for (const finding of suspected.values()) count(quarantined, suspicionOf(finding));
  // What a pool holds of earlier weeks leaves to frozen sets and to this week's own the pairs that models are asked about.
  const pooled = earlier.filter(isPooled(state));
  const measured = [[...frozen, ...ownHoldout], ...(pooled.length > 0 ? [pooled] : [])];
  const champion = await rowsOfModel(context, state.manifest.championLineage, comparing);
  const championFindings = await findingsOf(
    context,
    input,
    state.configuration,
    champion,
    measured,
    noting(notes, CHAMPION_UNCOUNTED_NOTES),
  );
  const anchorFindings =
    state.manifest.anchor === undefined
      ? null
      : await findingsOf(
          context,
          input,
          state.configuration,
          await rowsOfModel(context, state.manifest.anchor.lineage, comparing),
          measured,
          noting(notes, ANCHOR_UNCOUNTED_NOTES),
        );
  const books = assertBalanced({
    stage: 'decontaminate',
    read: rows.length,
    kept: kept.length,
    dropped,
    quarantined,
    deferred: 0,
    notes,
  });
  const found = {
    findings,
    championFindings,
    ...(anchorFindings === null ? {} : { anchorFindings }),
  };
  const outputs = { rows: kept, ...found };
  if (!hasModels) return finishStep(store, input, 'decontaminate', outputs, books);
  const version = sha256Hex(canonicalJson(found)).slice(0, 16);
  return finishStepOnce(store, input, 'decontaminate', outputs, { books, version });
}

/** What may stay of the rows so that the unconfirmed among them are within their share of the release. */
function withinShare(
  rows: readonly Example[],
  { select }: Configuration,
): ReturnType<typeof capUnconfirmed> {
  const { unconfirmed } = select;
  return typeof unconfirmed === 'string'
    ? { kept: rows, over: [] }
    : capUnconfirmed(rows, unconfirmed.maximumShare);
}

async function frozenSets(
  { store }: StepContext,
  configuration: Configuration,
): Promise<ContaminationSample[]> {
  const samples: ContaminationSample[] = [];
  for (const set of configuration.evals) {
    samples.push(...asSamples(set.name, await loadEvalSet(store, set)));
  }
  return samples;
}

/**
 * All holdout ever made before. Of releases that were replaced it is what their successors don't hold as
 * well, `fresh` included.
 */
async function earlierHoldout(
  context: StepContext,
  state: WindowState,
  fresh: readonly Example[],
): Promise<readonly ContaminationSample[]> {
  const { ancestors, replaced } = state;
  const samples: ContaminationSample[] = [];
  const held = new Set(fresh.map(contentOf));
  for (const ancestor of ancestors) {
    const holdout = await readHoldout(context, state, ancestor);
    samples.push(...holdoutSamples(`holdout:${ancestor.manifest.window.id}`, holdout));
    for (const example of holdout) held.add(contentOf(example));
  }
  for (const release of replaced) {
    const holdout = await readHoldout(context, state, release);
    const lost = holdout.filter((example) => !held.has(contentOf(example)));
    samples.push(...holdoutSamples(`holdout:${release.manifest.window.id}, replaced`, lost));
    for (const example of lost) held.add(contentOf(example));
  }
  return samples;
}

/** Whether a sample of an earlier window may be measured with this one's, where holdouts are pooled. */
function isPooled({
  ancestors,
  configuration: { gate },
}: WindowState): (sample: ContaminationSample) => boolean {
  const reached =
    gate.superiorityOn === POOLED_SUITE && gate.pool !== undefined
      ? ancestors.slice(-(gate.pool.windows - 1))
      : [];
  const sets = new Set(reached.map(({ manifest }) => `holdout:${manifest.window.id}`));
  return ({ set }) => sets.has(set);
}

async function readHoldout(
  context: StepContext,
  state: WindowState,
  release: StoredRelease,
): Promise<readonly Example[]> {
  const holdout = await readReleaseFile<Example>(context.store, release, 'holdout');
  const carry = carryOverFrom(context, state, release);
  return carry === null ? holdout : holdout.map(carry.example);
}

function contentOf({ id, contentDigest }: Example): string {
  return `${id} ${contentDigest}`;
}

/**
 * What champion or anchor is known to be trained on; nothing where the configuration says `unknown`. Files that were declared
 * are as they were given, and redacted here.
 */
async function rowsOfModel(
  { store }: StepContext,
  lineage: ObjectReference,
  comparing: Comparing,
): Promise<readonly ScannedExample[]> {
  const { trainingFiles } = await readLineage(store, lineage);
  if (trainingFiles === 'unknown') return [];
  const compared: ScannedExample[] = [];
  for (const file of trainingFiles) {
    const rows: ScannedExample[] = [];
    for (const { id, messages, answer, templates, rejected } of await readTrainingRows(
      store,
      file,
    )) {
      const texts = scannedTexts(messages, null, rejected === undefined ? {} : { rejected });
      rows.push({ id, ...texts, templates: [...texts.templates, ...templates], answer });
    }
    // Which these are does not depend on whose lineage it is: a candidate's may go back to declared files.
    compared.push(...(isOfRelease(file) ? comparing.examples(rows) : comparing.raw(rows)));
  }
  return compared;
}

function holdoutSamples(set: string, holdout: readonly Example[]): ContaminationSample[] {
  const samples = holdout.map((example) => toSample(example, example.group));
  return asSamples(set, samples);
}

function asSamples(set: string, samples: readonly Sample[]): ContaminationSample[] {
  return samples.map((sample) => contaminationSample(set, sample));
}

/** For each leaking row the finding that names why it goes: the first of the worst level. */
function worstBySample(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const rank = LEAK_LEVELS.indexOf(finding.level);
    if (rank === -1) continue;
    const known = worst.get(finding.exampleId);
    if (known === undefined || rank < LEAK_LEVELS.indexOf(known.level)) {
      worst.set(finding.exampleId, finding);
    }
  }
  return worst;
}

/** `leak-verbatim-mail-eval` or `leak-dirty-holdout`. */
function reasonOf({ level, sampleSet }: Finding): string {
  return `leak-${level}-${setNameOf(sampleSet)}`;
}

/** `suspect-mail-eval`, or `unknown-mail-eval` where a tier could not tell. */
function suspicionOf(finding: Finding): string {
  return `${isUnknown(finding) ? 'unknown' : 'suspect'}-${setNameOf(finding.sampleSet)}`;
}

function setNameOf(sampleSet: string): string {
  return sampleSet.startsWith('holdout:') ? 'holdout' : sampleSet;
}

/** Counts what is seen and no finding under two names. */
function noting(
  notes: Record<string, number>,
  names: Readonly<Record<'excused' | 'template', string>>,
): (matches: UncountedMatches) => void {
  return ({ excusedMatches, templateRows }) => {
    if (excusedMatches > 0) count(notes, names.excused, excusedMatches);
    if (templateRows > 0) count(notes, names.template, templateRows);
  };
}

function countLevels(findings: readonly Finding[], counts: Record<string, number>): void {
  for (const { level } of findings) count(counts, `finding-${level}`);
}
