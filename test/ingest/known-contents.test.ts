import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dropReason,
  knownContents,
  type KnownContent,
  type OutdoneContent,
  type RememberedLines,
} from '../../src/ingest/known-contents.js';
import { makePlacement } from '../support/records.js';

const outdone = (id: string, contentDigest: string, denied = false): OutdoneContent => ({
  id,
  contentDigest,
  denied,
});

const releases = [
  {
    placements: [
      makePlacement('revised', { contentDigest: '1' }),
      makePlacement('given-again', { contentDigest: '1' }),
    ],
    outdone: [outdone('revised', '0'), outdone('denied', '0'), outdone('denied', '1', true)],
    conversations: [],
  },
  { placements: [], outdone: [], conversations: [] },
  {
    placements: [
      makePlacement('revised', { contentDigest: '2', by: 'revision' }),
      makePlacement('given-again', { contentDigest: '2', by: 'retraction' }),
    ],
    outdone: [outdone('denied', '2', true)],
    conversations: [],
  },
];

function knownOf(
  remembered: readonly RememberedLines[],
): Promise<ReadonlyMap<string, KnownContent>> {
  return knownContents(
    (async function* () {
      yield* remembered;
    })(),
  );
}

const again = makePlacement('given-again', { contentDigest: '3', by: 'revision' });

test('the latest placement or denial counts, and every other content of the id is outdone', async () => {
  const known = await knownOf([
    ...releases,
    { placements: [again], outdone: [], conversations: [] },
  ]);
  const shown = [...known].map(([id, { contentDigest, isPlaced, isDenied, outdone: lost }]) => [
    id,
    contentDigest,
    isPlaced,
    isDenied,
    [...lost].sort().join(),
  ]);
  assert.deepEqual(shown.sort(), [
    ['denied', '2', false, true, '0,1'],
    ['given-again', '3', true, false, '1,2'],
    ['revised', '2', true, false, '0,1'],
  ]);
  const before = await knownOf(releases);
  assert.equal(before.get('given-again')?.isDenied, true);
});

test('what counts yields to new content, or to a line that outdoes it in the same window', async () => {
  const known = await knownOf(releases);
  const cases = [
    ['unknown', '9', true, [], null],
    ['unknown', '9', false, [], 'no-consent'],
    ['revised', '2', true, [], 'seen'],
    ['revised', '0', true, [], 'seen'],
    ['revised', '1', true, ['0'], 'seen'],
    ['revised', '1', true, ['2'], null],
    ['revised', '9', true, [], null],
    ['revised', '9', false, [], 'consent-withdrawn'],
    ['denied', '0', true, [], 'no-consent'],
    ['denied', '9', true, ['1'], 'no-consent'],
    ['denied', '9', true, ['2'], null],
    ['denied', '9', false, [], 'no-consent'],
    ['denied', '2', false, [], 'seen'],
    ['given-again', '1', true, [], 'no-consent'],
    ['given-again', '9', true, ['2'], null],
  ] as const;
  for (const [id, contentDigest, consents, outdid, expected] of cases) {
    const reason = dropReason({ contentDigest, consents }, new Set<string>(outdid), known.get(id));
    assert.equal(reason, expected, `${id} ${contentDigest} over ${outdid.join() || 'nothing'}`);
  }
});

test('a content that consent was withdrawn from stays out when consent is given to another', async () => {
  const known = await knownOf([
    ...releases,
    { placements: [again], outdone: [], conversations: [] },
  ]);
  const old = { contentDigest: '1', consents: true };
  assert.equal(dropReason(old, new Set(), known.get('given-again')), 'seen');
});
