import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createEmbeddingTier } from '../../../src/contamination/rephrase/embedding-tier.js';
import type { EmbeddingsClient, TierQuestion } from '../../../src/domain/tier.js';

/** Embeds a number of degrees as that direction; anything else can't be embedded. */
const compass: EmbeddingsClient = {
  embed: async (texts) =>
    texts.map((text) => {
      const radians = (Number(text) * Math.PI) / 180;
      return Number.isNaN(radians) ? null : Float64Array.of(Math.cos(radians), Math.sin(radians));
    }),
};

const tier = createEmbeddingTier(compass, { model: 'compass', targetRate: 0.002 });

function question(texts: readonly string[], otherTexts: number): TierQuestion {
  return {
    texts,
    samples: ['0'],
    pairs: texts.map((_, text) => ({ text, sample: 0 })),
    otherTexts,
  };
}

describe('the embedding tier', () => {
  test('suspects what is nearer than the log is, and tells the cosine', async () => {
    const log = Array.from({ length: 400 }, (_, index) => String(60 + (index % 100) * 0.3));
    const answers = await tier.compare(question(['5', ...log], 0));
    assert.equal(answers[0]?.verdict, 'suspect');
    assert.ok(Math.abs((answers[0].score ?? 0) - Math.cos((5 * Math.PI) / 180)) < 1e-12);
    assert.ok(answers.slice(1).filter(({ verdict }) => verdict === 'suspect').length <= 4);
  });

  test('the same cosine is no suspect in a log that is all as near', async () => {
    const log = Array.from({ length: 400 }, (_, index) => String(4 + (index % 100) * 0.03));
    const [answer] = await tier.compare(question(['5', ...log], 0));
    assert.equal(answer?.verdict, 'clear');
  });

  test('of a log that is too small a cosine of 0.9 is suspected', async () => {
    const answers = await tier.compare(question(['20', '30'], 0));
    assert.deepEqual(
      answers.map(({ verdict }) => verdict),
      ['suspect', 'clear'],
    );
  });

  for (const [texts, otherTexts] of [
    [20, 980],
    [100, 900],
    [300, 700],
    [600, 400],
    [1_000, 0],
  ] as const) {
    test(`of ${texts} texts that samples are near to and ${otherTexts} others the rephrasings are suspected`, async () => {
      // Cosines of 0.9 to 0.98 (25 to 11.5 degrees), and of 0.5 to 0.17.
      const near = Array.from({ length: 20 }, (_, index) => String(11.5 + index * 0.7));
      const rest = Array.from({ length: texts - 20 }, (_, index) =>
        String(60 + (index % 200) / 10),
      );
      const answers = await tier.compare(question([...near, ...rest], otherTexts));
      const suspected = answers.map(({ verdict }) => verdict === 'suspect');
      assert.deepEqual(
        suspected,
        answers.map((_, index) => index < 20),
      );
    });
  }

  test('where the log comes so near that the rephrasings would be its tail, 0.9 is enough still', async () => {
    const near = Array.from({ length: 20 }, (_, index) => String(11.5 + index * 0.7));
    const rest = Array.from({ length: 400 }, (_, index) => String(28 + index / 10));
    const answers = await tier.compare(question([...near, ...rest], 100));
    assert.equal(answers.filter(({ verdict }) => verdict === 'suspect').length, 20);
  });

  test('what can not be embedded is unknown, and unknown is not clear', async () => {
    const answers = await tier.compare(question(['what', '80'], 0));
    assert.deepEqual(answers[0], { verdict: 'unknown', score: null });
    assert.equal(answers[1]?.verdict, 'clear');
    const sampleless = { ...question(['5'], 0), samples: ['what'] };
    assert.equal((await tier.compare(sampleless))[0]?.verdict, 'unknown');
  });
});
