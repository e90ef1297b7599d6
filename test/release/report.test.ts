import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { renderReport, summariseReport, type ReportData } from '../../src/release/report.js';
import { countFindings } from '../../src/release/report/contamination.js';
import { renderIntervals } from '../../src/release/report/suite-plots.js';
import { evidenceOf, finding, manifest, reportData } from '../support/report-data.js';

const hostile = '<script>alert("x")</script>&\'';

/** The page's text as a reader sees it. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the report', () => {
  test('says the decision first, what it rests on, and what an unchecked comparison would have read', () => {
    const text = textOf(renderReport(reportData('hold')));
    assert.match(text, /Hold .*must not replace .*Failed: better on frozen:triage-2026\./);
    assert.match(text, /408 clean samples of triage-2026 \(frozen\) .* -0\.1 points/);
    assert.match(text, /on all 700 samples, it would read \+6\.3 points : 292 of them/);
    assert.ok(text.indexOf('Hold') < text.indexOf('read from the logs'));
  });

  test('says how rare a kind of samples in groups may be and be missing from them', () => {
    const data = reportData('hold');
    const { evidence } = data;
    assert.ok(evidence !== null);
    assert.doesNotMatch(textOf(renderReport(data)), /may not be among them/);
    const suites = evidence.suites.map((suite) => ({
      ...suite,
      clean: suite.clean === null ? null : { ...suite.clean, clusterCount: 10, confidence: 0.95 },
    }));
    // 0.741 to the power of 10 is 0.05.
    assert.match(
      textOf(renderReport({ ...data, evidence: { ...evidence, suites } })),
      /of 10 groups of samples; a kind that is rarer than 25\.9 % of all groups may not be among them \(at 95\.0 %\)/,
    );
  });

  test('says which bounds count a group of samples that was not seen', () => {
    const data = reportData('hold');
    const { evidence } = data;
    assert.ok(evidence !== null);
    const page = (changes: object): string => {
      const suites = evidence.suites.map((suite) => ({
        ...suite,
        clean: suite.clean === null ? null : { ...suite.clean, ...changes },
      }));
      return textOf(renderReport({ ...data, evidence: { ...evidence, suites } }));
    };
    const clustered = { method: 'permutation', detectableMargin: 0.1 } as const;
    assert.match(
      page(clustered),
      /A bound on the far side of zero counts one group of samples more/,
    );
    assert.match(
      page({ ...clustered, unseen: 'lost' }),
      /The lower bound counts one group of samples more than was seen, lost as a whole; an upper one/,
    );
    assert.doesNotMatch(page({ ...clustered, method: 'exact' }), /one group of samples more/);
  });

  test('says what training really cost, and what it was expected to', () => {
    assert.match(
      textOf(renderReport(reportData('hold'))),
      /training cost 1\.58 USD, expected 1\.63 USD, job ftjob-7/,
    );
    const [charge] = reportData('hold').charges;
    assert.ok(charge !== undefined);
    const page = (changes: object): string =>
      textOf(renderReport({ ...reportData('hold'), charges: [{ ...charge, ...changes }] }));
    assert.match(page({ actual: null }), /training cost 1\.63 USD by estimate, job ftjob-7/);
    assert.match(page({ actual: null, jobId: null }), /1\.63 USD by estimate, a job under way/);
    assert.doesNotMatch(
      textOf(renderReport({ ...reportData('hold'), charges: [] })),
      /training cost/,
    );
  });

  test('shows the commands of a decision only where a person is asked', () => {
    const asked = textOf(renderReport(reportData('promote')));
    assert.match(asked, /holdfast approve ft:small-base:triage-2026-w09 --reason/);
    assert.match(asked, /until 2026-03-14 06:00 UTC/);
    assert.match(asked, /identities are claims/);
    assert.ok(!textOf(renderReport(reportData('hold'))).includes('holdfast approve'));
    const decided: ReportData = {
      ...reportData('promote'),
      promotion: { stage: 'rejected', deadline: '2026-03-14T06:00:00.000Z', decidedBy: 'ana' },
    };
    assert.match(
      textOf(renderReport(decided)),
      /The promotion was rejected by ana \(the name is a claim: the decision is not signed\)/,
    );
    const signed: ReportData = {
      ...reportData('promote'),
      promotion: { stage: 'promoted', deadline: null, decidedBy: 'ana', isSigned: true },
    };
    assert.match(textOf(renderReport(signed)), /The promotion was promoted by ana \(signed\)/);
    const keyed: ReportData = {
      ...reportData('promote'),
      approvers: [{ name: 'ana', publicKey: 'ed25519:x' }],
    };
    assert.match(textOf(renderReport(keyed)), /May decide: ana; identities are proved/);
    assert.ok(!textOf(renderReport(decided)).includes('holdfast approve'));
  });

  test('shows every step with what it read, kept and left out, and why', () => {
    const text = textOf(renderReport(reportData()));
    assert.match(text, /ingest 682 667 15 dropped no-consent 3, seen 2 quarantined invalid-json 4/);
    assert.match(text, /decontaminate 1,298 1,093 205 dropped contaminated 205/);
  });

  test('tells beside the findings what is none, since many rows or templates hold it', () => {
    const { manifest, ...data } = reportData();
    const told = (notes: Readonly<Record<string, number>>): string => {
      const books = manifest.books.map((each) => ({ ...each, notes }));
      return textOf(renderReport({ ...data, manifest: { ...manifest, books } }));
    };
    const text = told({ 'match-excused': 1, 'match-in-template': 1_200 });
    assert.match(text, /1 partial match is what many rows hold, such as a footer, and is not/);
    assert.match(
      text,
      /1,200 examples have a part of a sample, or a short one, in the system prompt/,
    );
    assert.doesNotMatch(text, /Of the champion/);
    assert.match(
      told({ 'champion-match-excused': 2 }),
      /Of the champion&#39;s training files: 2 partial matches are what many rows hold/,
    );
    assert.doesNotMatch(told({}), /what many rows hold|in the system prompt/);
  });

  test('shows the books of each source under their sum, where there is more than one', () => {
    const data = reportData();
    const [ingest, ...others] = data.manifest.books;
    assert.ok(ingest);
    const bySource = [
      { ...ingest, read: 600, kept: 585 },
      { ...ingest, read: 82, kept: 82, dropped: {}, quarantined: {}, deferred: 0 },
    ];
    const shown = (sources: typeof bySource): string => {
      const books = [{ ...ingest, bySource: sources }, ...others];
      return textOf(renderReport({ ...data, manifest: { ...data.manifest, books } }));
    };
    assert.match(
      shown(bySource),
      /ingest 682 667 .* ingest, source 1 600 585 .* source 2 82 82 0 /,
    );
    assert.ok(!shown(bySource.slice(0, 1)).includes('source 1'));
  });

  test('shows all and clean side by side, with an interval that a screen reader can read', () => {
    const page = renderReport(reportData());
    assert.match(page, /aria-label="all samples: \+6\.3 points, between \+4\.4 and \+8\.2; clean/);
    assert.match(textOf(page), /clean 408 75\.9 % 75\.8 % -0\.1/);
  });

  test('counts findings by set and level, frozen sets and leaks first, samples and rows once each', () => {
    const findings = [
      finding('kin', 1),
      finding('verbatim', 61),
      finding('verbatim', 1),
      finding('partial', 2, 'holdout:2026-W07'),
    ];
    assert.deepEqual(
      countFindings(findings).map(({ sampleSet, level, samples, rows }) => [
        sampleSet,
        level,
        samples,
        rows,
      ]),
      [
        ['triage-2026', 'verbatim', 1, 2],
        ['triage-2026', 'kin', 1, 1],
        ['holdout:2026-W07', 'partial', 1, 1],
      ],
    );
  });

  test('says so where clean means clean of what was trained here only', () => {
    const evidence = { ...evidenceOf('hold'), lineageKnown: false };
    assert.match(textOf(renderReport({ ...reportData(), evidence })), /trained on is not known/);
  });

  test('says what the candidate was trained on top of', () => {
    const continues = { modelId: 'ft:one', replay: 0.15 };
    const page = renderReport({ ...reportData(), manifest: { ...manifest, continues } });
    assert.match(textOf(page), /trained on top of ft:one, with 15\.0 % of the rows repeated/);
    const paired = { ...reportData(), manifest: { ...manifest, method: 'dpo' as const } };
    assert.match(textOf(renderReport(paired)), /preference tuning on pairs/);
    assert.doesNotMatch(textOf(renderReport(reportData())), /on top of|preference tuning/);
  });

  test('without a candidate says what was built, what was empty or why the window was skipped', () => {
    const untrained = { ...reportData(), evidence: null, evidenceDigest: null };
    assert.match(textOf(renderReport(untrained)), /Not trained The release is built \(1,093/);
    const empty = { ...untrained, manifest: { ...manifest, rowsByWindow: {} } };
    assert.match(textOf(renderReport(empty)), /Nothing to train on/);
    const skipped = {
      ...untrained,
      manifest: { ...manifest, skippedBecause: 'no logs that week', books: [], rowsByWindow: {} },
    };
    assert.match(textOf(renderReport(skipped)), /Skipped .*no logs that week/);
  });

  test('escapes every text it is given', () => {
    const data = reportData('promote');
    const evidence = {
      ...evidenceOf('promote'),
      candidate: hostile,
      champion: { modelId: hostile, version: 1 },
      result: {
        decision: 'promote' as const,
        checks: [{ name: hostile, outcome: 'pass' as const, reason: hostile }],
      },
      suites: evidenceOf('promote').suites.map((suite) => ({
        ...suite,
        suite: `frozen:${hostile}`,
      })),
    };
    const page = renderReport({
      ...data,
      evidence,
      approvers: [{ name: hostile, publicKey: null }],
      manifest: {
        ...manifest,
        model: hostile,
        evalSets: [{ name: hostile, digest: hostile }],
        rowsByWindow: { [hostile]: 1 },
        books: [
          {
            stage: hostile,
            read: 1,
            kept: 0,
            dropped: { [hostile]: 1 },
            quarantined: {},
            deferred: 0,
          },
        ],
      },
      findings: [{ ...finding('dirty', 1, hostile), sampleId: hostile, exampleId: hostile }],
      excerpts: [
        {
          finding: { ...finding('dirty', 1, hostile), sampleId: hostile, exampleId: hostile },
          exampleText: hostile,
          exampleSpans: [{ start: 0, end: 9 }],
          sampleText: hostile,
          sampleSpans: [],
        },
      ],
    });
    assert.ok(!page.includes('<script'));
    assert.ok(!/="[^"]*<[^"]*"/.test(page));
    assert.ok(page.includes('&lt;script&gt;'));
  });

  test('shows a few leaks with both texts side by side, what they share marked', () => {
    const page = renderReport(reportData());
    const [sample, row] = [...page.matchAll(/<blockquote[^>]*>(.*?)<\/blockquote>/gsu)];
    assert.match(sample?.[1] ?? '', /^<mark [^>]*>please file the note .* before friday<\/mark>$/u);
    assert.match(row?.[1] ?? '', /^hi team, .*: <mark [^>]*>PLEASE FILE .* FRIDAY<\/mark>$/u);
    assert.match(textOf(page), /sample s-11 of triage-2026, covered to .* row log-131, left out/u);
  });

  test('loads nothing from elsewhere and runs nothing', () => {
    const page = renderReport(reportData('promote'));
    assert.ok(!/<(script|link|img|iframe)|https?:|url\(|@import/.test(page));
    assert.match(page, /default-src 'none'/);
  });

  test('gives the same bytes for the same data', () => {
    assert.equal(renderReport(reportData()), renderReport(reportData()));
  });

  test('is summed up in a line for a terminal', () => {
    assert.match(summariseReport(reportData('hold')), /^2026-W09: hold, 1,093 training rows\. /);
  });
});

describe('the parts of the report', () => {
  test('an interval stands where its figures say, and right of zero means better', () => {
    const { suites, policy } = evidenceOf('hold');
    const [suite] = suites;
    assert.ok(suite);
    const drawn = renderIntervals(suite, policy)?.html ?? '';
    const dots = [...drawn.matchAll(/cx="([\d.]+)"/g)].map((match) => Number(match[1]));
    const zero = Number(/class="zero" x1="([\d.]+)"/.exec(drawn)?.[1]);
    assert.equal(dots.length, 2);
    assert.ok((dots[0] ?? 0) > zero, 'all is better');
    assert.ok((dots[1] ?? 0) < zero, 'clean is worse');
  });
});
