import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { PlacedFinding } from '../../src/cli/check-scan.js';
import { createTally } from '../../src/cli/check-tally.js';
import type { SampleHits } from '../../src/cli/sample-hits.js';
import { LEAK_LEVELS, LEVELS, type Level } from '../../src/domain/finding.js';

interface Hit {
  readonly row: number;
  readonly sample: number;
  readonly level: Level;
  readonly coverage: number;
}

function placed(file: string, index: number): PlacedFinding['sample'] {
  const text = { id: null, messages: [], answer: null, options: [], question: null };
  return { file, index, line: index + 1, ...text };
}

const SAMPLES = Array.from({ length: 12 }, (_, index) => placed(`e${index % 2}`, index));

function itemOf({ row, sample, level, coverage }: Hit): PlacedFinding {
  const own = SAMPLES[sample] ?? assert.fail();
  const example = placed('train', row);
  return {
    finding: {
      file: example.file,
      exampleIndex: row,
      exampleId: null,
      evalSet: own.file,
      sampleIndex: own.index,
      sampleId: null,
      level,
      field: 'prompt',
      coverage,
      levelShare: coverage,
      tokenShare: coverage,
      idfScore: coverage,
      longestRun: 1,
      similarity: 0,
      rules: [],
      examplePart: 'prompt',
      exampleSpans: [],
      sampleSpans: [],
    },
    example,
    sample: own,
    exampleText: `row ${row}`,
    sampleText: `sample ${sample}`,
  };
}

const hits = fc.array(
  fc.record({
    row: fc.nat(19),
    sample: fc.nat(SAMPLES.length - 1),
    level: fc.constantFrom(...LEVELS),
    coverage: fc.constantFrom(0.3, 0.5, 0.85, 0.92, 1),
  }),
  { maxLength: 120 },
);

function tallied(
  all: readonly Hit[],
  limit: number,
  shown = LEAK_LEVELS,
): ReturnType<typeof createTally> {
  const tally = createTally(shown, ['e0', 'e1'], limit);
  for (let row = 0; row < 20; row += 1) {
    tally.add(all.filter((hit) => hit.row === row).map(itemOf));
  }
  return tally;
}

const keyOf = ({ evalSet, sampleIndex }: SampleHits): string => `${evalSet} ${sampleIndex}`;

describe('the tally of a check', () => {
  test('shows the samples that weigh most of all, however few it keeps and in whatever order they come', () => {
    fc.assert(
      fc.property(hits, fc.integer({ min: 1, max: 6 }), fc.boolean(), (all, limit, isWide) => {
        const tally = tallied(all, limit, isWide ? LEVELS : LEAK_LEVELS);
        const shown = tally.worst().map((one) => keyOf(one.hits));
        assert.deepEqual(shown, tally.samples().slice(0, limit).map(keyOf));
      }),
      { numRuns: 500 },
    );
  });

  test('shows of each sample the worst finding where there is room for all', () => {
    fc.assert(
      fc.property(hits, (all) => {
        for (const { finding, hits: sample } of tallied(all, SAMPLES.length).worst()) {
          assert.deepEqual([finding.level, finding.coverage], [sample.level, sample.levelShare]);
        }
      }),
    );
  });

  test('counts a row once for each sample it hits, at the worst, and both ways the same pairs', () => {
    fc.assert(
      fc.property(hits, (all) => {
        const tally = tallied(all, 3);
        for (const sample of tally.samples()) {
          const own = all.filter((hit) => hit.sample === sample.sampleIndex);
          const rows = new Set(own.map(({ row }) => row));
          const counted = Object.values(sample.rowsByLevel).reduce((sum, count) => sum + count, 0);
          assert.equal(counted, rows.size);
          const leaking = own.filter(({ level }) => LEAK_LEVELS.includes(level));
          assert.equal(sample.rows, new Set(leaking.map(({ row }) => row)).size);
        }
        const bySample = tally.samples().reduce((sum, { rows }) => sum + rows, 0);
        const byExample = tally.fullestExamples().reduce((sum, { samples }) => sum + samples, 0);
        assert.equal(byExample, bySample);
        const examples = Object.values(tally.examplesByLevel()).reduce(
          (sum, count) => sum + count,
          0,
        );
        assert.equal(examples, new Set(all.map(({ row }) => row)).size);
      }),
    );
  });

  test('counts no row that only resembles a sample beside those that hold it, whichever came first', () => {
    const row = (number: number, level: Level): Hit => ({
      row: number,
      sample: 0,
      level,
      coverage: 1,
    });
    for (const levels of [
      ['kin', 'verbatim', 'kin', 'dirty'],
      ['dirty', 'verbatim', 'kin', 'kin'],
    ] as const) {
      const tally = tallied(
        levels.map((level, number) => row(number, level)),
        1,
        LEVELS,
      );
      const [sample] = tally.samples();
      assert.equal(sample?.rows, 2);
      assert.deepEqual(
        sample.places.map(({ index }) => levels[index] !== 'kin'),
        [true, true],
      );
    }
  });

  test('names the examples that hold most samples, the fullest first, twenty at most', () => {
    const tally = createTally(LEAK_LEVELS, ['e0', 'e1'], 1);
    for (let row = 0; row < 40; row += 1) {
      const samples = SAMPLES.slice(0, row % 10 === 9 ? 12 : row >> 2).map((_, sample) => sample);
      tally.add(samples.map((sample) => itemOf({ row, sample, level: 'dirty', coverage: 0.9 })));
    }
    const counts = tally.fullestExamples().map(({ samples }) => samples);
    assert.equal(counts.length, 20);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => b - a),
    );
    assert.deepEqual(counts.slice(0, 5), [12, 12, 12, 12, 9]);
    assert.equal(counts.at(-1), 5);
  });
});
