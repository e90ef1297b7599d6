import { formatUsd, type Charge } from '../../domain/spend.js';
import type { ReportData } from './data.js';
import { html, type Html } from './html.js';
import { counted, formatCount } from './numbers.js';
import { trainingFacts } from './training.js';

const NAMED =
  'given by a person, since its provider names no model of the job: that this is the model which was trained is their word, ' +
  'and the audit log says whose';

/** Where every figure comes from: digests, versions and how to recompute the decision. */
export function renderProvenance(data: ReportData): Html {
  return html`<section aria-labelledby="provenance">
    <h2 id="provenance">Where this comes from</h2>
    <dl class="facts">
      ${factsOf(data).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <p class="small">
      The decision is recomputed from the stored evidence by
      <code>holdfast report ${data.manifest.window.id} --json</code>; the release is rebuilt byte
      for byte by <code>holdfast run --window ${data.manifest.window.id} --rebuild</code>.
    </p>
  </section>`;
}

function factsOf(data: ReportData): readonly (readonly [string, Html])[] {
  const { manifest, windowManifest, evidence } = data;
  const facts: (readonly [string, Html])[] = [
    ['release', digest(data.release)],
    [
      'made after',
      manifest.parentRelease === null ? html`nothing: the first` : digest(manifest.parentRelease),
    ],
    ['configuration', digest(manifest.configDigest)],
    ['closed input', digest(manifest.windowManifestDigest)],
  ];
  if (data.evidenceDigest !== null) facts.push(['evidence', digest(data.evidenceDigest)]);
  if (windowManifest !== null) {
    const bytes = windowManifest.sources.reduce((sum, source) => sum + source.bytes, 0);
    const sources = counted(windowManifest.sources.length, 'source object');
    facts.push([
      'logs',
      html`${sources}, ${formatCount(bytes)} bytes, attempt ${windowManifest.attempt}`,
    ]);
  }
  for (const set of manifest.evalSets) {
    facts.push(['eval set', html`${set.name} ${digest(set.digest)}`]);
  }
  if (evidence !== null) {
    facts.push([
      'champion',
      html`${evidence.champion.modelId} (version ${evidence.champion.version} of the alias)`,
    ]);
  }
  for (const [name, text] of trainingFacts(data.training)) facts.push([name, html`${text}`]);
  if (data.isNamedByPerson === true) {
    facts.push(['name of the candidate', html`${NAMED}`]);
  }
  if (manifest.method !== undefined) {
    facts.push(['training', html`preference tuning on pairs of a corrected and a rejected answer`]);
  }
  if (manifest.continues !== undefined) {
    const { modelId, replay } = manifest.continues;
    const share = (replay * 100).toFixed(1);
    facts.push([
      'candidate',
      html`trained on top of ${modelId}, with ${share} % of the rows repeated from history; clean
      means clean of what both were trained on`,
    ]);
  }
  if (data.estimate !== null) facts.push(['estimate', costOf(data.estimate)]);
  for (const charge of data.charges) facts.push(['training cost', chargeOf(charge)]);
  facts.push(['versions', versionsOf(data)]);
  return facts;
}

function costOf({ tokens, cost, maximumCost }: NonNullable<ReportData['estimate']>): Html {
  return html`${formatCount(tokens)} tokens, ${cost.toFixed(2)} USD (cap ${maximumCost.toFixed(2)})`;
}

function chargeOf({ actual, estimate, jobId }: Charge): Html {
  const job = jobId === null ? html`a job under way` : html`job ${jobId}`;
  if (actual === null) return html`${formatUsd(estimate)} by estimate, ${job}`;
  const expected = estimate === 0 ? html`` : html`, expected ${formatUsd(estimate)}`;
  return html`${formatUsd(actual)}${expected}, ${job}`;
}

function versionsOf({ manifest: { versions } }: ReportData): Html {
  return html`holdfast ${versions.holdfast}, redactor ${versions.redactor}, normaliser
  ${versions.normaliser}, index ${versions.index}`;
}

function digest(value: string): Html {
  return html`<code title="${value}">${value.slice(0, 16)}</code>`;
}
