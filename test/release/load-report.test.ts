import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { askedSamples } from '../../activities/samples.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ReleaseManifest, WindowManifest } from '../../src/domain/manifest.js';
import type { Example } from '../../src/domain/record.js';
import { reserved } from '../../src/domain/spend.js';
import type { Sample } from '../../src/domain/sample.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import {
  contaminationSample,
  scanExamples,
  scannedExample,
} from '../../src/contamination/scan-examples.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { comparedBehindVersion } from '../../src/ingest/comparison.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { findEvidence, findWindowManifest } from '../../src/release/find-run.js';
import { keys, stepKey } from '../../src/release/layout.js';
import { chooseFindings } from '../../src/release/load-excerpts.js';
import { loadReportData } from '../../src/release/load-report.js';
import { changeSpend } from '../../src/release/spend-ledger.js';
import { renderReport } from '../../src/release/report.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { sha256Hex, writeJson, writeJsonl } from '../../src/storage/objects.js';
import { canonicalJson } from '../../src/domain/json.js';
import { evidenceOf, finding, manifest } from '../support/report-data.js';

const question = 'the quick brown fox jumps over the lazy dog while seven wizards quietly brew tea';
const sample: Sample = {
  id: 's-1',
  messages: [{ role: 'user', content: question }],
  reference: 'tea',
  referenceOrigin: 'independent',
  options: [],
  cluster: 's-1',
};
const example: Example = {
  id: 'row-1',
  window: '2026-W09',
  time: '2026-02-24T00:00:00.000Z',
  side: 'train',
  group: 'g',
  messages: [
    { role: 'system', content: 'You are helpful.' },
    { role: 'user', content: `hello, look at this: ${question.toUpperCase()} thanks` },
  ],
  answer: 'tea it is',
  answerOrigin: 'independent',
  contentDigest: 'c',
};

const windowManifest: WindowManifest = {
  v: 1,
  model: manifest.model,
  window: manifest.window,
  attempt: 1,
  sources: [],
  unknownFiles: [],
  parent: null,
  replacedRelease: null,
  fates: [],
  champion: { modelId: 'base', version: 1 },
  championLineage: { key: 'lineage/x.json', sha256: 'l', bytes: 1, count: 1 },
  evalSets: [],
  configDigest: manifest.configDigest,
  versions: manifest.versions,
  splitKeyFingerprint: manifest.splitKeyFingerprint,
  holdoutFraction: manifest.holdoutFraction,
};

describe('the report of a stored run', () => {
  test('has the charges of its release and of no other', async () => {
    const store = createMemoryStore();
    const [release, other] = ['1'.repeat(64), '2'.repeat(64)];
    await writeJson(store, keys.release(release), { ...manifest, files: [] });
    const at = '2026-02-24T00:00:00.000Z';
    for (const [runKey, charged] of [
      ['k', release],
      ['l', other],
    ] as const) {
      const charge = { window: '2026-W09', release: charged, at, estimate: 2 };
      await changeSpend(store, manifest.model, runKey, (entry) => reserved(entry, runKey, charge));
    }
    const request = { release, evidenceDigest: null, manifestKey: null };
    const data = await loadReportData(store, {
      ...request,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    assert.deepEqual(
      data.charges.map((charge) => [charge.release, charge.estimate, charge.actual]),
      [[release, 2, null]],
    );
  });

  test('shows a leak with the stretch of the row and of the sample that match', async () => {
    const store = createMemoryStore();
    const set = await freezeEvalSet(
      store,
      'golden',
      [sample],
      createRedactor(),
      DEFAULT_CONTAMINATION_POLICY,
    );
    const findings = scanExamples(
      [scannedExample(example)],
      [contaminationSample('golden', sample)],
      DEFAULT_CONTAMINATION_POLICY,
    );
    const manifestKey = keys.windowManifest(manifest.model, manifest.window.id, 1);
    await writeJson(store, manifestKey, windowManifest);
    const rows = await writeJsonl(store, stepKey(manifestKey, 'dedupe', 'rows.jsonl'), [example]);
    await writeJson(store, stepKey(manifestKey, 'dedupe', 'result.json'), { outputs: { rows } });
    const release = await storeRelease(store, findings, [{ name: 'golden', digest: set.digest }]);
    const data = await loadReportData(store, {
      release,
      evidenceDigest: null,
      manifestKey,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    const [excerpt] = data.excerpts;
    assert.equal(data.excerpts.length, 1);
    assert.ok(excerpt);
    const shown = excerpt.exampleSpans.map(({ start, end }) =>
      excerpt.exampleText.slice(start, end),
    );
    assert.deepEqual(shown, [question.toUpperCase()]);
    const matched = excerpt.sampleSpans.map(({ start, end }) =>
      excerpt.sampleText.slice(start, end),
    );
    assert.deepEqual(matched, [question]);
  });

  test('shows counterfactual pairs that the candidate treats otherwise, those first that the champion does not', async () => {
    const store = createMemoryStore();
    const samples = ['a', 'b', 'c', 'd', 'e'].flatMap((pair) =>
      ['Anna', 'Ahmed'].map((who): Sample => ({
        ...sample,
        id: `${pair}-${who}`,
        messages: [{ role: 'user', content: `${question}, asks ${who} for <b>${pair}</b>` }],
        cluster: pair,
        pair,
      })),
    );
    const redactor = createRedactor();
    const set = await freezeEvalSet(
      store,
      'names',
      samples,
      redactor,
      DEFAULT_CONTAMINATION_POLICY,
    );
    const flips: Readonly<Record<string, readonly [number, number]>> = {
      a: [0, 0],
      b: [1, 0],
      c: [1, 1],
      d: [1, 0],
      e: [0, 0],
    };
    const scores = samples.map(({ id, pair = '', cluster }) => {
      const [champion, candidate] = id.endsWith('Ahmed') ? (flips[pair] ?? [1, 1]) : [1, 1];
      return { sampleId: id, cluster, pair, champion, candidate, clean: true, decisive: true };
    });
    const evidence = { ...evidenceOf('hold'), scores: { 'frozen:names': scores } };
    const suite = summariseSuite('frozen:names', scores, {}, evidence.policy);
    const digest = sha256Hex('evidence');
    await writeJson(store, keys.evidence(digest), { ...evidence, suites: [suite] });
    const release = await storeRelease(store, [], [{ name: 'names', digest: set.digest }]);
    const data = await loadReportData(store, {
      release,
      evidenceDigest: digest,
      manifestKey: null,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    const shown = data.pairExamples ?? [];
    assert.deepEqual(
      shown.map(({ outcome }) => outcome.pair),
      ['b', 'd', 'a'],
    );
    assert.equal(shown[0]?.prompts['b-Ahmed'], `${question}, asks Ahmed for <b>b</b>`);
    const page = renderReport(data);
    assert.match(page, /asks Ahmed for &lt;b&gt;b/);
    const text = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    assert.match(
      text,
      /names \(frozen\), 5 pairs: treated otherwise by the candidate 4 \(80\.0 %\), by the champion 2 \(40\.0 %\)/,
    );
    assert.match(text, /b-Ahmed : champion right, candidate wrong/);
  });

  test('is refused when its findings are no longer those of the manifest', async () => {
    const store = createMemoryStore();
    const release = await storeRelease(store, [finding('dirty', 1)], []);
    await store.delete(keys.releaseFile(release, 'findings.jsonl'));
    await writeJsonl(store, keys.releaseFile(release, 'findings.jsonl'), [finding('dirty', 2)]);
    await assert.rejects(
      loadReportData(store, {
        release,
        evidenceDigest: null,
        manifestKey: null,
        comparedBehind: comparedBehindVersion,
        askedSamples,
      }),
      { name: 'DataError', code: 'object-changed' },
    );
  });

  test('shows leaks only, each sample once, two of a level at most, the fullest first', () => {
    const many: readonly Finding[] = [
      finding('kin', 1),
      { ...finding('dirty', 2), levelShare: 0.81 },
      { ...finding('dirty', 3), levelShare: 0.95 },
      { ...finding('dirty', 4), levelShare: 0.9 },
      { ...finding('verbatim', 3), exampleId: 'other' },
      finding('partial', 5, 'holdout:2026-W01'),
    ];
    const chosen = chooseFindings(many, new Set(['triage-2026']));
    assert.deepEqual(
      chosen.map((one) => [one.level, one.sampleId]),
      [
        ['verbatim', 's-3'],
        ['dirty', 's-4'],
        ['dirty', 's-2'],
      ],
    );
  });
});

describe('a run in the store', () => {
  test('is found with the evidence against the latest champion', async () => {
    const store = createMemoryStore();
    const base = evidenceOf('hold');
    for (const version of [1, 3, 2]) {
      const evidence = { ...base, champion: { modelId: `m${version}`, version } };
      await writeJson(store, keys.evidence(sha256Hex(canonicalJson(evidence))), evidence);
    }
    const other = { ...base, release: 'f'.repeat(64), champion: { modelId: 'x', version: 9 } };
    await writeJson(store, keys.evidence(sha256Hex(canonicalJson(other))), other);
    const latest = { ...base, champion: { modelId: 'm3', version: 3 } };
    assert.equal(await findEvidence(store, base.release), sha256Hex(canonicalJson(latest)));
    assert.equal(await findEvidence(store, '0'.repeat(64)), null);
  });

  test('is found with the attempt of the window manifest that it was made from', async () => {
    const store = createMemoryStore();
    const second = { ...windowManifest, attempt: 2 };
    const id = manifest.window.id;
    await writeJson(store, keys.windowManifest('triage', id, 1), windowManifest);
    await writeJson(store, keys.windowManifest('triage', id, 2), second);
    const made = { ...manifest, windowManifestDigest: sha256Hex(canonicalJson(second)) };
    assert.equal(await findWindowManifest(store, made), keys.windowManifest('triage', id, 2));
    assert.equal(await findWindowManifest(store, manifest), null);
  });
});

async function storeRelease(
  store: ReturnType<typeof createMemoryStore>,
  findings: readonly Finding[],
  evalSets: ReleaseManifest['evalSets'],
): Promise<string> {
  const bytes = findings.map((one) => `${canonicalJson(one)}\n`).join('');
  const file = {
    name: 'findings.jsonl',
    sha256: sha256Hex(bytes),
    bytes: bytes.length,
    count: findings.length,
  };
  const made: ReleaseManifest = { ...manifest, evalSets, files: [file] };
  const release = sha256Hex(canonicalJson(made));
  await writeJsonl(store, keys.releaseFile(release, 'findings.jsonl'), findings);
  await writeJson(store, keys.release(release), made);
  return release;
}
