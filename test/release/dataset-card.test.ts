import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { renderDatasetCard } from '../../src/release/dataset-card.js';
import { digestOf, manifest } from '../support/report-data.js';

describe('the dataset card', () => {
  const card = renderDatasetCard(manifest);

  test('names the files with their digests, the steps with their reasons and the sets kept out', () => {
    assert.match(card, /^# triage, 2026-W09\n/);
    assert.ok(card.includes(`| train.jsonl | 1,093 | 812,345 | \`${digestOf('1')}\` |`));
    assert.ok(card.includes('| decontaminate | 1,298 | 1,093 | contaminated 205 | – | 0 |'));
    assert.ok(card.includes(`- triage-2026, \`${digestOf('e')}\``));
    assert.ok(card.includes('held-out 20.0 %'));
  });

  test('says which model the rows train further, and how much they repeat', () => {
    const continues = { modelId: 'ft:one', replay: 0.15 };
    const further = renderDatasetCard({ ...manifest, continues });
    assert.match(further, /These rows train ft:one further: .*\(15\.0 % asked for\)\./);
    assert.ok(!card.includes('further:'));
  });

  test('says that rows are pairs, where they are', () => {
    assert.match(
      renderDatasetCard({ ...manifest, method: 'dpo' }),
      /rows are pairs for preference/,
    );
    assert.ok(!card.includes('pairs'));
  });

  test('is the same bytes for the same manifest', () => {
    assert.equal(renderDatasetCard(manifest), card);
  });

  test('of a skipped window says why, on one line and without markup', () => {
    const skipped = renderDatasetCard({
      ...manifest,
      skippedBecause: 'logs | lost\n# heading <b>',
      files: [],
      books: [],
      rowsByWindow: {},
    });
    assert.ok(skipped.includes('skipped (logs \\| lost \\# heading \\<b\\>)'));
    assert.ok(skipped.includes('No step ran.'));
  });
});
