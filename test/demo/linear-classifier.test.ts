import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { classifierFromBytes, classifierToBytes } from '../../src/demo/classifier-bytes.js';
import {
  classify,
  trainClassifier,
  type EpochProgress,
  type LabelledText,
} from '../../src/demo/linear-classifier.js';
import { seededRandom, shuffledIndexes } from '../../src/demo/seeded-random.js';
import { extractFeatures } from '../../src/demo/text-features.js';
import { DataError } from '../../src/domain/errors.js';

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  garden: ['roses', 'spade', 'compost', 'seedling', 'hedge', 'mulch'],
  kitchen: ['skillet', 'simmer', 'garlic', 'oven', 'whisk', 'dough'],
  sea: ['anchor', 'tide', 'harbour', 'mast', 'keel', 'gull'],
};

/** Short made-up texts: three words of a topic and two that any topic may have. */
function texts(count: number, seed: number): LabelledText[] {
  const random = seededRandom(seed);
  const pick = (words: readonly string[]): string =>
    words[Math.floor(random() * words.length)] ?? '';
  const labels = Object.keys(TOPICS);
  return Array.from({ length: count }, () => {
    const label = pick(labels);
    const words = TOPICS[label] ?? [];
    const common = ['today', 'again', 'please', 'later'];
    return { label, text: [words, words, common, words, common].map(pick).join(' ') };
  });
}

/** The same regression written down naively: dense vectors, 64-bit floats, no shared code but hashing. */
function naiveProbabilities(
  rows: readonly LabelledText[],
  probe: string,
  seed: number,
  epochs: number,
): number[] {
  const bits = 10;
  const dense = (text: string): number[] => {
    const { buckets, values } = extractFeatures(text, bits);
    const byBucket = new Map([...buckets].map((bucket, index) => [bucket, values[index]]));
    return Array.from({ length: 2 ** bits + 1 }, (_, j) => byBucket.get(j) ?? (j === 1024 ? 1 : 0));
  };
  const labels = [...new Set(rows.map((row) => row.label))].sort();
  let classes = labels.map((label) => ({
    label,
    weights: dense('').map(() => 0),
    squares: dense('').map(() => 1),
  }));
  const softmax = (x: number[]): number[] => {
    const scores = classes.map(({ weights }) =>
      Math.exp(weights.reduce((sum, weight, j) => sum + weight * (x[j] ?? 0), 0)),
    );
    const sum = scores.reduce((a, b) => a + b, 0);
    return scores.map((score) => score / sum);
  };
  const random = seededRandom(seed);
  const order = Array.from({ length: epochs }, () => [
    ...shuffledIndexes(rows.length, random),
  ]).flat();
  for (const [done, index] of order.entries()) {
    const row = rows[index];
    const x = dense(row?.text ?? '');
    const p = softmax(x);
    const rate = 4 * (1 - (0.9 * done) / order.length);
    classes = classes.map(({ label, weights, squares }, c) => {
      const error = (p[c] ?? 0) - (label === row?.label ? 1 : 0);
      const gradients = x.map((value) => error * value);
      const sums = squares.map((square, j) => square + (gradients[j] ?? 0) ** 2);
      const moved = weights.map(
        (weight, j) => weight - (rate * (gradients[j] ?? 0)) / Math.sqrt(sums[j] ?? 1),
      );
      return { label, weights: moved, squares: sums };
    });
  }
  return softmax(dense(probe));
}

describe('the linear classifier', () => {
  test('learns to tell topics apart that it has seen words of', () => {
    const model = trainClassifier(texts(120, 1), { seed: 1, bucketBits: 12 });
    const fresh = texts(200, 2);
    const right = fresh.filter((row) => classify(model, row.text).label === row.label).length;
    assert.ok(right >= 190, `${right} of 200 right`);
  });

  test('agrees with a naive dense implementation of the same regression', () => {
    const rows = texts(25, 3);
    const probe = 'anchor garlic please';
    const model = trainClassifier(rows, { seed: 5, epochs: 2, bucketBits: 10 });
    const expected = naiveProbabilities(rows, probe, 5, 2);
    const ranking = classify(model, probe).ranking;
    model.labels.forEach((label, index) => {
      const found = ranking.find((entry) => entry.label === label)?.probability ?? NaN;
      assert.ok(Math.abs(found - (expected[index] ?? 0)) < 1e-4, `${label}: ${found}`);
    });
  });

  test('the same seed gives the same bytes and another seed does not', () => {
    const rows = texts(60, 4);
    const bytes = (seed: number): string =>
      Buffer.from(classifierToBytes(trainClassifier(rows, { seed, bucketBits: 8 }))).toString(
        'hex',
      );
    assert.equal(bytes(7), bytes(7));
    assert.notEqual(bytes(7), bytes(8));
  });

  test('reports every epoch in order, with a loss that falls', () => {
    const seen: EpochProgress[] = [];
    trainClassifier(texts(60, 5), {
      seed: 1,
      epochs: 4,
      bucketBits: 10,
      onEpoch: (p) => seen.push(p),
    });
    assert.deepEqual(
      seen.map(({ epoch, epochs }) => [epoch, epochs]),
      [1, 2, 3, 4].map((epoch) => [epoch, 4]),
    );
    assert.ok((seen.at(-1)?.loss ?? 1) < (seen[0]?.loss ?? 0) / 2);
    assert.ok((seen.at(-1)?.accuracy ?? 0) >= 0.95);
  });

  test('ranks every label with probabilities that add up to one', () => {
    const model = trainClassifier(texts(40, 7), { seed: 1, bucketBits: 10 });
    const { label, probability, ranking } = classify(model, 'tide and keel');
    assert.deepEqual([label, probability], [ranking[0]?.label, ranking[0]?.probability]);
    assert.deepEqual(ranking.map((entry) => entry.label).sort(), model.labels);
    const sum = ranking.reduce((total, entry) => total + entry.probability, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  });

  test('a text it knows nothing about still gets an answer', () => {
    const model = trainClassifier(texts(40, 8), { seed: 1 });
    assert.ok(model.labels.includes(classify(model, '').label));
  });

  test('goes on from a model: by small steps new labels are learnt and old ones kept', () => {
    const rows = texts(300, 21);
    const first = trainClassifier(
      rows.filter(({ label }) => label !== 'kitchen'),
      { seed: 3, bucketBits: 12 },
    );
    const kept = structuredClone(first);
    const more = rows.filter(({ label }) => label !== 'sea');
    const further = trainClassifier(more, { seed: 4, from: first, learningRate: 0.05 });
    assert.deepEqual(first, kept);
    assert.deepEqual(further.labels, ['garden', 'kitchen', 'sea']);
    assert.equal(further.bucketBits, 12);
    const right = (label: string): number => {
      const asked = texts(300, 22).filter((row) => row.label === label);
      return (
        asked.filter(({ text }) => classify(further, text).label === label).length / asked.length
      );
    };
    for (const label of further.labels) assert.ok(right(label) > 0.8, `${label} ${right(label)}`);
    const anew = trainClassifier(more, { seed: 4, bucketBits: 12, epochs: 2 });
    assert.deepEqual(anew.labels, ['garden', 'kitchen']);
  });

  test('begins where a model ended: training further without a step is that model', () => {
    const rows = texts(60, 23);
    const first = trainClassifier(rows, { seed: 3, bucketBits: 10 });
    const still = trainClassifier(rows, { seed: 3, from: first, epochs: 1, learningRate: 0 });
    assert.deepEqual(still, first);
  });

  test('refuses to train on nothing', () => {
    assert.throws(
      () => trainClassifier([], { seed: 1 }),
      (error: unknown) => error instanceof DataError && error.code === 'no-training-rows',
    );
  });
});

describe('a classifier as bytes', () => {
  const model = trainClassifier([...texts(30, 9), { text: 'snow', label: 'wïnter\n"☃"' }], {
    seed: 1,
    bucketBits: 8,
  });

  test('comes back equal, also from the middle of a larger buffer', () => {
    const bytes = classifierToBytes(model);
    const shifted = Buffer.concat([Buffer.from('x'), bytes]).subarray(1);
    assert.deepEqual(classifierFromBytes(shifted), model);
  });

  test('is refused when cut, grown or not a classifier', () => {
    const bytes = classifierToBytes(model);
    const damagedHeader = Buffer.from(bytes);
    damagedHeader[12] = 0x5b;
    for (const bad of [
      bytes.subarray(0, 5),
      bytes.subarray(0, 40),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.from('x')]),
      Buffer.from('no classifier at all'),
      damagedHeader,
    ]) {
      assert.throws(
        () => classifierFromBytes(bad),
        (error: unknown) => error instanceof DataError && error.code === 'model-damaged',
      );
    }
  });
});
