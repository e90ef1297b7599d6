import { fieldText } from '../contamination/sample-fields.js';
import {
  type ContaminationSample,
  type ScannedExample,
  contaminationSample,
  scannedExample,
} from '../contamination/scan-examples.js';
import { joinedParts } from '../contamination/scanned-example.js';
import type { StepResult } from '../domain/contracts.js';
import { LEAK_LEVELS, type Finding } from '../domain/finding.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import type { Example } from '../domain/record.js';
import type { EvalSetManifest, EvalSetReference, Sample } from '../domain/sample.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson, readJsonl } from '../storage/objects.js';
import { stepKey } from './layout.js';
import type { Excerpt } from './report/data.js';

/** What rows and samples were compared as: spans of findings count in these texts. */
export interface Compared {
  readonly example: (example: ScannedExample) => ScannedExample;
  readonly sample: (sample: ContaminationSample) => ContaminationSample;
}

/** The samples of a frozen set as models were asked them where the logs went through the redactor of a version. */
export type AskedSamples = (
  store: ObjectStore,
  set: EvalSetReference,
  ofLogs: string,
) => Promise<readonly Sample[]>;

const AS_THEY_ARE: Compared = { example: (example) => example, sample: (sample) => sample };

/** How many leaks of each level are shown with their texts. */
const EXCERPTS_PER_LEVEL = 2;

/**
 * A few leaks of frozen samples with the redacted texts they were found in, the plainest first, each sample
 * once: what a person wants to see before believing a count.
 */
export async function loadExcerpts(
  store: ObjectStore,
  manifest: ReleaseManifest,
  manifestKey: string,
  findings: readonly Finding[],
  comparedBehind: (version: string) => Compared,
): Promise<readonly Excerpt[]> {
  const chosen = chooseFindings(findings, new Set(manifest.evalSets.map(({ name }) => name)));
  if (chosen.length === 0) return [];
  const rows = await assembledRows(store, manifestKey, new Set(chosen.map((f) => f.exampleId)));
  const compared =
    manifest.comparedBehind === undefined ? AS_THEY_ARE : comparedBehind(manifest.comparedBehind);
  const excerpts: Excerpt[] = [];
  for (const set of manifest.evalSets) {
    const mine = chosen.filter((finding) => finding.sampleSet === set.name);
    if (mine.length === 0) continue;
    const samples = new Map((await frozenSamples(store, set)).map((sample) => [sample.id, sample]));
    for (const finding of mine) {
      const excerpt = excerptOf(
        finding,
        rows.get(finding.exampleId),
        samples.get(finding.sampleId),
        compared,
      );
      if (excerpt !== null) excerpts.push(excerpt);
    }
  }
  return excerpts;
}

/** The first findings of each leak level, by what they cover, each sample once. */
export function chooseFindings(
  findings: readonly Finding[],
  sets: ReadonlySet<string>,
): readonly Finding[] {
  const shown = new Set<string>();
  return LEAK_LEVELS.flatMap((level) => {
    const candidates = findings
      .filter((finding) => finding.level === level && sets.has(finding.sampleSet))
      .sort((a, b) => b.levelShare - a.levelShare || (a.exampleId < b.exampleId ? -1 : 1));
    const chosen: Finding[] = [];
    for (const finding of candidates) {
      const sample = JSON.stringify([finding.sampleSet, finding.sampleId]);
      if (shown.has(sample) || chosen.length >= EXCERPTS_PER_LEVEL) continue;
      shown.add(sample);
      chosen.push(finding);
    }
    return chosen;
  });
}

/** The rows that were looked at, those that went included: the output of the step before the check. */
async function assembledRows(
  store: ObjectStore,
  manifestKey: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Example>> {
  const key = stepKey(manifestKey, 'dedupe', 'result.json');
  const { outputs } = await readJson<StepResult>(store, key);
  if (outputs['rows'] === undefined) return new Map();
  const rows = await readJsonl<Example>(store, outputs['rows']);
  return new Map(rows.filter(({ id }) => ids.has(id)).map((row) => [row.id, row]));
}

/** The samples of a frozen set, held against its digest. */
async function frozenSamples(
  store: ObjectStore,
  { digest }: EvalSetReference,
): Promise<readonly Sample[]> {
  const { count } = await readJson<EvalSetManifest>(store, `evals/${digest}/manifest.json`);
  const key = `evals/${digest}/samples.jsonl`;
  return readJsonl<Sample>(store, { key, sha256: digest, bytes: 0, count });
}

function excerptOf(
  finding: Finding,
  row: Example | undefined,
  sample: Sample | undefined,
  compared: Compared,
): Excerpt | null {
  if (row === undefined || sample === undefined) return null;
  const soughtSample = compared.sample(contaminationSample(finding.sampleSet, sample));
  return {
    finding,
    // The scan counts a part's place in the parts joined by one character.
    exampleText: joinedParts(compared.example(scannedExample(row))),
    exampleSpans: finding.exampleSpans,
    sampleText: fieldText(soughtSample, finding.field),
    sampleSpans: finding.sampleSpans,
  };
}
