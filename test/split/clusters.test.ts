import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clustersOf } from '../../src/split/clusters.js';
import { makePlacement } from '../support/records.js';

test('near-copies share the cluster of their first member, and so do all of one group', () => {
  const clusters = clustersOf([
    makePlacement('a'),
    makePlacement('b', { nearTo: 'a', by: 'near-copy' }),
    makePlacement('c', { nearTo: 'a', by: 'near-copy', group: 'g' }),
    makePlacement('d', { group: 'g', by: 'group' }),
    makePlacement('e'),
  ]);
  const cluster = clusters.get('a');
  for (const id of ['b', 'c', 'd']) assert.equal(clusters.get(id), cluster, id);
  assert.equal(cluster, 'group-of-a');
  assert.equal(clusters.get('e'), 'group-of-e');
});

test('a record that was placed nowhere joins nothing', () => {
  const clusters = clustersOf([
    makePlacement('a'),
    makePlacement('b'),
    makePlacement('bridge', { side: null, by: 'bridge', nearTo: 'a', group: 'group-of-b' }),
  ]);
  assert.notEqual(clusters.get('a'), clusters.get('b'));
  assert.equal(clusters.has('bridge'), false);
});
