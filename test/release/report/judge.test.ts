import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '../../../src/domain/gate.js';
import { renderJudge } from '../../../src/release/report/judge.js';
import { evidenceOf } from '../../support/report-data.js';

const judged = {
  pairs: 1200,
  equal: 200,
  consistent: 720,
  inconsistent: 240,
  abstained: 40,
  tookFirst: 1300,
};

function evidenceBy(judge: Partial<NonNullable<Evidence['judge']>>): Evidence {
  const evidence = evidenceOf('promote');
  return {
    ...evidence,
    suites: evidence.suites.map((suite, index) => (index === 1 ? { ...suite, judged } : suite)),
    judge: {
      model: 'Qwen/Qwen3-32B',
      servedAs: 'Qwen/Qwen3-32B-<b>FP8</b>',
      revision: 2,
      rubric: 'pairwise-1',
      verdicts: {},
      ...judge,
    },
  };
}

/** The page as it is read: no tags, spaces as one. */
function read(evidence: Evidence): string {
  const page = renderJudge(evidence)?.html ?? '';
  return page.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
}

test('the report says who judged, how consistently, and how often not at all', () => {
  const text = read(evidenceBy({}));
  assert.match(
    text,
    /holdout of 2026-W09: 1,200 pairs of answers, 200 of them equal; the same in both orders in 75\.0 %, the first answer taken in 65\.0 % of its replies; abstained on 40/,
  );
  assert.match(text, /answered as Qwen\/Qwen3-32B-&lt;b&gt;FP8/);
  assert.match(text, /revision 2/);
  assert.doesNotMatch(text, /same family/);
  assert.equal(renderJudge(evidenceOf('promote')), null);
});

test('a judge of the family that candidates come from is warned of', () => {
  assert.match(
    read(evidenceBy({ sharesFamilyWith: 'Qwen/Qwen3-8B' })),
    /same family as Qwen\/Qwen3-8B/,
  );
});
