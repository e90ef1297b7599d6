import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import { kinSamples, uncleanSamples } from '../../src/contamination/unclean-samples.js';
import { classify, trainClassifier } from '../../src/demo/linear-classifier.js';
import type { PairedScore } from '../../src/domain/gate.js';
import { readingsOf } from '../../src/gate/readings.js';
import { publicData } from '../support/public-data.js';

interface Query {
  readonly text: string;
  readonly category: string;
}

test('a model of banking77’s published split raises no alarm, though many samples have near-copies in it', (t) => {
  const paths = ['train.csv', 'test.csv'].map((file) =>
    publicData(t, `banking77/banking_data/${file}`),
  );
  const [train, held] = paths.map((path): readonly Query[] =>
    path === null ? [] : parse(readFileSync(path, 'utf8'), { columns: true }),
  );
  if (!train?.length || !held?.length) return;
  const model = trainClassifier(
    train.map(({ text, category }) => ({ text, label: category })),
    { seed: 1 },
  );
  const findings = scanExamples(
    train.map(({ text }, index) => ({ id: String(index), parts: [text] })),
    held.map(({ text }, index) => ({
      set: 'test',
      id: String(index),
      prompt: text,
      options: [],
      reference: null,
    })),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const [unclean, kin] = [uncleanSamples('test', findings), kinSamples('test', findings)];
  const scores = held.map(({ text, category }, index): PairedScore => {
    const id = String(index);
    const right = Number(classify(model, text).label === category);
    const clean = !unclean.has(id);
    const marks = clean && kin.has(id) ? { kin: true as const } : {};
    return {
      sampleId: id,
      cluster: id,
      champion: right,
      candidate: right,
      clean,
      ...marks,
      decisive: true,
    };
  });
  const readings = readingsOf(scores, 0.05);
  assert.ok(readings !== null);
  const { all, leaked, clean, gap } = readings;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  t.diagnostic(
    `all ${percent(all.champion)} of ${all.count}, with near-copies ${percent(leaked.champion)} of ${leaked.count}, ` +
      `clean ${percent(clean.champion)} of ${clean.count}: leaks add ${(100 * gap.champion.inflation).toFixed(1)} points`,
  );
  assert.ok(all.champion > 0.85, 'the model is a real one');
  assert.ok(leaked.count > 500, 'there is something to raise an alarm about');
  assert.equal(gap.champion.isAlarming, false);
});
