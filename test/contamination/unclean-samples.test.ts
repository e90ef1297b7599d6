import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncleanSamples } from '../../src/contamination/unclean-samples.js';
import { type Finding, LEVELS } from '../../src/domain/finding.js';

test('leaks and suspects make a sample of the set unclean, kin do not', () => {
  const hits = LEVELS.map((level): Finding => ({
    exampleId: 'e',
    sampleSet: 'mail',
    sampleId: level,
    level,
    coverage: 1,
    levelShare: 1,
    field: 'prompt',
    tokenShare: 1,
    idfScore: 1,
    longestRun: 1,
    similarity: 1,
    rules: [],
    exampleSpans: [],
    sampleSpans: [],
  }));
  const others = hits.map((hit) => ({
    ...hit,
    sampleSet: 'other',
    sampleId: `other ${hit.level}`,
  }));
  assert.deepEqual([...uncleanSamples('mail', [...others, ...hits])].sort(), [
    'dirty',
    'partial',
    'suspect',
    'verbatim',
  ]);
});
