import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askedSamples } from '../../activities/samples.js';
import type { Evidence, PairedScore } from '../../src/domain/gate.js';
import { buildEvidence } from '../../src/gate/evidence.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { chooseExamples } from '../../src/release/choose-examples.js';
import { answersFile, keys } from '../../src/release/layout.js';
import { loadExamples } from '../../src/release/load-examples.js';
import { plain } from '../../src/release/markdown.js';
import { renderModelCard } from '../../src/release/model-card.js';
import { renderReport } from '../../src/release/report.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { sha256Hex, writeJsonl } from '../../src/storage/objects.js';
import { pair } from '../gate/reference-values.js';
import { evidenceOf, manifest, reportData } from '../support/report-data.js';

const SUITE = 'frozen:letters';

/** Sixty clean samples of two slices, and a dirty one: 40 right by both, 9 lost, 5 won, 6 wrong by both. */
const scores: readonly PairedScore[] = [
  ...Array.from({ length: 60 }, (_, index) => {
    const [champion, candidate] =
      index < 40 ? [1, 1] : index < 49 ? [1, 0] : index < 54 ? [0, 1] : [0, 0];
    return pair(`s-${String(index).padStart(2, '0')}`, champion, candidate, {
      slices: [index % 2 === 0 ? 'even' : 'odd'],
      ...(index === 48 ? { critical: true } : {}),
    });
  }),
  pair('dirty', 1, 0, { clean: false }),
];

const measured: Evidence = {
  ...buildEvidence({
    ...evidenceOf('hold'),
    policy: { ...evidenceOf('hold').policy, superiorityOn: SUITE, guards: [] },
    scores: { [SUITE]: scores },
    missing: {},
    looks: {},
  }),
};

describe('examples of what a candidate does', () => {
  test('are clean; lost before won before wrong by both; critical ones first, then by loss', () => {
    const graded = [...scores, pair('half', 1, 0.5), pair('nobody', null, 1)];
    const chosen = chooseExamples(graded);
    assert.deepEqual(
      chosen.map(({ kind, sampleId }) => `${kind} ${sampleId}`),
      [
        ...['s-48', 's-40', 's-41', 's-42', 's-43'].map((id) => `regression ${id}`),
        ...['s-49', 's-50', 's-51'].map((id) => `improvement ${id}`),
        ...['s-54', 's-55', 's-56'].map((id) => `failure ${id}`),
      ],
    );
    assert.deepEqual(chooseExamples([...graded].reverse()), chosen);
    assert.deepEqual(chooseExamples([pair('half', 1, 0.5)])[0]?.kind, 'regression');
  });

  test('are read from the store with both answers, and missing answers cost nothing but the examples', async () => {
    const store = createMemoryStore();
    const { digest } = await freezeEvalSet(
      store,
      'letters',
      scores.map(({ sampleId }) => ({
        id: sampleId,
        messages: [
          { role: 'system' as const, content: 'Answer.' },
          {
            role: 'user' as const,
            content: `which letter comes after the letter number ${sampleId}, please`,
          },
        ],
        reference: 'B',
        referenceOrigin: 'independent' as const,
        options: [],
        cluster: sampleId,
      })),
      createRedactor(),
      DEFAULT_CONTAMINATION_POLICY,
    );
    const manifestKey = keys.windowManifest(manifest.model, manifest.window.id, 1);
    const of = { ...manifest, evalSets: [{ name: 'letters', digest }] };
    const load = (): ReturnType<typeof loadExamples> =>
      loadExamples(store, of, manifestKey, measured, askedSamples);
    assert.deepEqual(await load(), []);
    for (const [model, output] of [
      [measured.champion.modelId, 'B'],
      [measured.candidate, 'Z'],
    ] as const) {
      const key = answersFile(manifestKey, measured.release, SUITE, sha256Hex(model));
      await writeJsonl(
        store,
        key,
        scores.map(({ sampleId }) => ({ sampleId, output, error: null })),
      );
    }
    const examples = await load();
    assert.equal(examples.length, 11);
    assert.deepEqual(examples[0], {
      kind: 'regression',
      sampleId: 's-48',
      champion: 1,
      candidate: 0,
      prompt: 'which letter comes after the letter number s-48, please',
      reference: 'B',
      suite: SUITE,
      championAnswer: 'B',
      candidateAnswer: 'Z',
    });
  });
});

describe('the model card', () => {
  const example = {
    kind: 'regression',
    suite: SUITE,
    sampleId: 's-48',
    champion: 1,
    candidate: 0,
    prompt: 'which | letter\n# next',
    reference: 'B',
    championAnswer: 'B',
    candidateAnswer: '',
  } as const;
  const data = { ...reportData('hold'), evidence: measured, examples: [example] };
  const card = renderModelCard(data);

  test('says how often the model is right, with exact bounds, by slice', () => {
    // 45 of 60: scipy.stats.beta.ppf(0.05, 45, 16) and beta.ppf(0.95, 46, 15).
    assert.match(card, /\| letters \(frozen\) \| 60 \| 75\.0 % \| 64\.1 % to 83\.9 % \|/);
    assert.match(card, /\| letters \(frozen\), even \| 30 \|/);
    assert.match(card, /\| letters \(frozen\), odd \| 30 \|/);
  });

  test('says what changed and how it fails, with real examples that break no table', () => {
    assert.match(card, /\| letters \(frozen\) \| -6\.7 \| -\d+\.\d to \+\d+\.\d \| 5 \| 9 \|/);
    assert.match(card, /wrong on 15 of 60 clean samples, on 6 of which the champion is wrong, too/);
    assert.match(
      card,
      /### Better before than now\n\n- letters \(frozen\), s-48\n {2}- prompt: which \\\| letter \\# next\n/,
    );
    assert.match(card, /- candidate: \(nothing\)/);
  });

  test('names what it rests on, and the same data gives the same bytes', () => {
    assert.match(card, new RegExp(`evidence \`${data.evidenceDigest ?? ''}\``));
    assert.equal(renderModelCard(data), card);
  });

  test('has its regressions on the page of the run, too, and nothing in them is markup', () => {
    const hostile = { ...example, candidateAnswer: '<script>alert(1)</script>\u202e' };
    const page = renderReport({ ...data, examples: [hostile] });
    assert.match(page, /Worst regressions/);
    assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;<span class="hidden"/);
    assert.ok(!renderReport({ ...data, examples: [] }).includes('Worst regressions'));
  });
});

test('a model card does not call an answer wrong because a judge preferred another', () => {
  const counts = { pairs: 1, equal: 0, consistent: 1, inconsistent: 0, abstained: 0, tookFirst: 1 };
  const verdicts = [...new Array<number>(6).fill(0), ...new Array<number>(11).fill(1), 0.5, 0.5];
  const judged = verdicts.map((candidate, index) =>
    pair(`j-${index}`, 1 - candidate, candidate, { judged: counts }),
  );
  const evidence = buildEvidence({ ...measured, scores: { [SUITE]: judged }, missing: {} });
  const card = renderModelCard({ ...reportData(), evidence, examples: [] });
  assert.match(card, /\| letters \(frozen\), preferred by a judge \| 19 \|/);
  assert.match(
    card,
    /letters \(frozen\), preferred by a judge: of 19 clean samples the judge prefers the champion's answer on 6, this model's on 11, and neither on 2/,
  );
  assert.doesNotMatch(card, /wrong on/);
});

test('samples of a judge, of references that decide nothing and of others are told apart', () => {
  const counts = { pairs: 1, equal: 1, consistent: 0, inconsistent: 0, abstained: 0, tookFirst: 0 };
  const mixed = [
    ...Array.from({ length: 3 }, (_, index) => pair(`j-${index}`, 0.5, 0.5, { judged: counts })),
    ...Array.from({ length: 20 }, (_, index) => pair(`t-${index}`, 1, Number(index > 7))),
    ...Array.from({ length: 30 }, (_, index) => pair(`c-${index}`, 1, 0, { decisive: false })),
    pair('nobody', 1, null),
  ];
  assert.deepEqual(
    chooseExamples(mixed).map(({ sampleId }) => sampleId),
    ['t-0', 't-1', 't-2', 't-3', 't-4'],
  );
  const evidence = buildEvidence({ ...measured, scores: { [SUITE]: mixed }, missing: {} });
  const card = renderModelCard({ ...reportData('hold'), evidence, examples: [] });
  assert.match(card, /\| letters \(frozen\) \| 20 \| 60\.0 % \|/);
  assert.match(card, /\| letters \(frozen\), preferred by a judge \| 3 \| 50\.0 % \|/);
  assert.match(card, /references from a model's own answer \(decide nothing\) \| 30 \| 0\.0 % \|/);
  assert.match(
    card,
    /- letters \(frozen\): wrong on 8 of 20 clean samples, on 0 of which the champion is wrong, too; 1 sample without an answer/,
  );
  assert.match(
    card,
    /the judge prefers the champion's answer on 0, this model's on 0, and neither on 3/,
  );
});

test('what is hidden in a text stands in the card by its name', () => {
  assert.equal(plain('a\u202eb|\nc\u200b'), 'a(U+202E)b\\| c(U+200B)');
});
