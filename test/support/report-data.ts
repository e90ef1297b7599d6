import type { Books } from '../../src/domain/books.js';
import type { Finding, Level } from '../../src/domain/finding.js';
import type { Comparison, Decision, Evidence, SuiteResult } from '../../src/domain/gate.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { ReportData } from '../../src/release/report/data.js';

/** A digest made of one hexadecimal digit. */
export function digestOf(digit: string): string {
  return digit.repeat(64);
}

function comparison(count: number, champion: number, difference: number, half: number): Comparison {
  return {
    count,
    clusterCount: count,
    championScore: champion,
    candidateScore: champion + difference,
    difference,
    standardError: half / 1.645,
    lower: difference - half,
    upper: difference + half,
    confidence: 0.95,
    wins: Math.round(count * (0.08 + Math.max(0, difference))),
    losses: Math.round(count * (0.08 + Math.max(0, -difference))),
    mcnemarP: 0.01,
    detectable: half * 1.5,
  };
}

const suites: readonly SuiteResult[] = [
  {
    suite: 'frozen:triage-2026',
    all: comparison(700, 0.781, 0.063, 0.019),
    clean: comparison(408, 0.759, -0.001, 0.025),
    missing: {},
    dirtyCount: 292,
  },
  {
    suite: 'holdout:2026-W09',
    all: comparison(120, 0.64, 0.05, 0.06),
    clean: comparison(118, 0.64, 0.051, 0.061),
    missing: { 'missing-answer': 1, 'no-reference': 14 },
    dirtyCount: 2,
  },
];

/** Evidence with the decision given; its figures are made up and hold together only roughly. */
export function evidenceOf(decision: Decision): Evidence {
  return {
    v: 1,
    model: 'triage',
    window: '2026-W09',
    release: digestOf('a'),
    champion: { modelId: 'ft:small-base:triage-2026-w07', version: 2 },
    candidate: 'ft:small-base:triage-2026-w09',
    policy: {
      superiorityOn: 'frozen:triage-2026',
      alpha: 0.05,
      minimumDifference: 0.01,
      maximumMissing: 0.02,
      guards: [{ suite: 'holdout', margin: 0.02 }],
    },
    scores: {},
    suites,
    result: {
      decision,
      checks: [
        {
          name: 'better on frozen:triage-2026',
          outcome: decision === 'promote' ? 'pass' : decision === 'hold' ? 'fail' : 'inconclusive',
          reason: '-0.1 points, lower bound -2.6; at least +1.0 and a bound above 0 are asked for.',
        },
        {
          name: 'not worse on holdout',
          outcome: 'pass',
          reason: '+5.1 points, lower bound -1.0, margin 2.0.',
        },
        { name: 'answers', outcome: 'pass', reason: '1 of 830 answers is missing.' },
      ],
    },
    lineageKnown: true,
  };
}

function books(stage: string, read: number, dropped: Books['dropped']): Books {
  const left = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { stage, read, kept: read - left, dropped, quarantined: {}, deferred: 0 };
}

/** The manifest of a release that was made of 682 log lines. */
export const manifest: ReleaseManifest = {
  v: 1,
  model: 'triage',
  window: { id: '2026-W09', from: '2026-02-23T00:00:00.000Z', to: '2026-03-09T00:00:00.000Z' },
  windowManifestDigest: digestOf('b'),
  parentRelease: digestOf('c'),
  replacedRelease: null,
  configDigest: digestOf('d'),
  versions: { holdfast: '0.1.0', redactor: '1', normaliser: '1', index: '1' },
  evalSets: [{ name: 'triage-2026', digest: digestOf('e') }],
  files: [
    { name: 'train.jsonl', sha256: digestOf('1'), bytes: 812345, count: 1093 },
    { name: 'holdout.jsonl', sha256: digestOf('2'), bytes: 91234, count: 134 },
  ],
  books: [
    {
      stage: 'ingest',
      read: 682,
      kept: 667,
      dropped: { 'no-consent': 3, seen: 2 },
      quarantined: { 'invalid-json': 4, 'missing-output': 1 },
      deferred: 5,
    },
    { ...books('split', 667, {}), kept: 663, quarantined: { bridge: 4 } },
    books('select', 663, { unconfirmed: 12, holdout: 134 }),
    books('assemble', 1353, { superseded: 6 }),
    books('dedupe', 1347, { 'duplicate-exact': 18, 'duplicate-near': 31 }),
    books('decontaminate', 1298, { contaminated: 205 }),
  ],
  splitKeyFingerprint: 'f'.repeat(32),
  holdoutFraction: 0.2,
  rowsByWindow: { '2026-W07': 681, '2026-W09': 412 },
  skippedBecause: null,
};

/** A finding of a row against a sample. */
export function finding(level: Level, number: number, sampleSet = 'triage-2026'): Finding {
  return {
    level,
    field: 'prompt',
    coverage: level === 'verbatim' ? 1 : 0.86,
    levelShare: level === 'verbatim' ? 1 : 0.86,
    tokenShare: level === 'verbatim' ? 1 : 0.81,
    idfScore: level === 'verbatim' ? 1 : 0.84,
    longestRun: 24,
    similarity: 0.71,
    rules: ['coverage'],
    exampleSpans: [],
    sampleSpans: [],
    exampleId: `log-${number}`,
    sampleSet,
    sampleId: `s-${number % 60}`,
  };
}

/** A run whose candidate was held although an unchecked comparison would have promoted it. */
export function reportData(decision: Decision = 'hold'): ReportData {
  const findings = [
    ...Array.from({ length: 130 }, (_, index) => finding('verbatim', index)),
    ...Array.from({ length: 62 }, (_, index) => finding('dirty', 130 + index)),
    ...Array.from({ length: 9 }, (_, index) => finding('kin', 200 + index)),
    ...Array.from({ length: 13 }, (_, index) =>
      finding('partial', 300 + index, 'holdout:2026-W07'),
    ),
  ];
  const sampleText = 'please file the note about the broken build on the list server before friday';
  return {
    release: digestOf('a'),
    manifest,
    windowManifest: null,
    findings,
    evidence: evidenceOf(decision),
    evidenceDigest: digestOf('9'),
    estimate: { tokens: 203086, cost: 1.63, maximumCost: 20 },
    charges: [
      {
        window: '2026-W07',
        release: 'a'.repeat(64),
        at: '2026-02-16T06:00:00.000Z',
        estimate: 1.63,
        jobId: 'ftjob-7',
        actual: 1.58,
      },
    ],
    promotion:
      decision === 'hold'
        ? null
        : { stage: 'awaiting-approval', deadline: '2026-03-14T06:00:00.000Z', decidedBy: null },
    approvers: [],
    ngramRule: { words: 13, samples: 700, thrownAway: 341 },
    excerpts: [
      {
        finding: finding('dirty', 131),
        exampleText: `hi team, can you file this one: ${sampleText.toUpperCase()}`,
        exampleSpans: [{ start: 32, end: 32 + sampleText.length }],
        sampleText,
        sampleSpans: [{ start: 0, end: sampleText.length }],
      },
    ],
    examples: [],
  };
}
