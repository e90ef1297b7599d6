import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../support/properties.js';
import {
  advance,
  FIRST_STANDING,
  givenName,
  mayFollow,
  standingOf,
  type JobEvent,
  type JobStanding,
} from '../../src/domain/job-machine.js';

const at = '2026-11-26T12:00:00.000Z';
const KINDS = [
  'intended',
  'created',
  'unclear',
  'refused',
  'found',
  'parked',
  'adopted',
  'retried',
  'cost-approved',
  'cancelling',
  'ended',
] as const;

/** Whether a job's model may have no name. */
function isDone(phase: JobStanding['phase']): boolean {
  return phase.kind === 'submitted' || (phase.kind === 'ended' && phase.isUsable);
}

/** An event of a kind that fits the standing's numbers, so that only the phase decides. */
function eventOf(kind: JobEvent['kind'], { attempts, phase }: JobStanding, job: string): JobEvent {
  const jobId = 'jobId' in phase ? phase.jobId : job;
  switch (kind) {
    case 'intended':
      return { kind, attempt: attempts + 1, at };
    case 'created':
      return { kind, attempt: attempts, jobId: job };
    case 'unclear':
      return { kind, attempt: attempts, at };
    case 'refused':
      return { kind, attempt: attempts, status: 429 };
    case 'found':
      return { kind, jobId: job };
    case 'parked':
      return {
        ...{ kind, attempt: attempts, candidates: [jobId], message: 'm' },
        reason: isDone(phase) ? 'unnamed' : 'unresolved',
      };
    case 'adopted':
      return { kind, jobId: job, by: 'me', at };
    case 'retried':
      return { kind, by: 'me', at };
    case 'cost-approved':
      return { kind, cost: 3, by: 'me', at };
    case 'cancelling':
      return { kind, jobId };
    case 'ended':
      return { kind, jobId, as: job.endsWith('0') ? 'succeeded' : 'failed' };
  }
}

/** Which kinds may follow in each phase, written down by hand. */
const ALLOWED: Readonly<Record<string, readonly JobEvent['kind'][]>> = {
  ready: ['intended', 'found', 'parked'],
  unanswered: ['created', 'unclear', 'refused', 'found', 'parked'],
  parked: ['created', 'found', 'adopted', 'retried'],
  'parked unnamed': ['adopted', 'retried'],
  submitted: ['cancelling', 'ended', 'parked'],
  'ended usable': ['parked'],
  'ended useless': ['intended', 'found', 'parked'],
};

function nameOf({ phase }: JobStanding): string {
  if (phase.kind === 'parked' && phase.reason === 'unnamed') return 'parked unnamed';
  if (phase.kind !== 'ended') return phase.kind;
  return phase.isUsable ? 'ended usable' : 'ended useless';
}

test('in every phase that can be reached exactly the written-down entries may follow', () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 30 }), (choices) => {
      let standing = FIRST_STANDING;
      for (const [index, choice] of choices.entries()) {
        const job = `job-${index}-${Math.floor(choice / 7) % 2}`;
        const may = KINDS.filter((kind) => mayFollow(standing, eventOf(kind, standing, job)));
        met.add(nameOf(standing));
        assert.deepEqual(new Set(may), new Set(ALLOWED[nameOf(standing)]), nameOf(standing));
        const kind = may[choice % Math.max(1, may.length)];
        if (kind === undefined) return;
        standing = advance(standing, eventOf(kind, standing, job));
      }
    }),
    { numRuns: 500 },
  );
  assert.deepEqual([...met].sort(), Object.keys(ALLOWED).sort());
});

test('a job that waits for approval of its cost is approved at that figure, and nothing else may follow', () => {
  const parked: JobEvent = {
    kind: 'parked',
    attempt: 0,
    reason: 'approval',
    candidates: [],
    message: 'm',
    cost: 3,
  };
  const waiting = standingOf([parked]);
  const may = KINDS.filter((kind) => mayFollow(waiting, eventOf(kind, waiting, 'j')));
  assert.deepEqual(may, ['cost-approved']);
  const approved = { kind: 'cost-approved', cost: 3, by: 'me', at } as const;
  assert.equal(mayFollow(waiting, { ...approved, cost: 4 }), false);
  const after = advance(waiting, approved);
  assert.deepEqual([after.phase.kind, after.approvedCost], ['ready', 3]);
  const intended = { kind: 'intended', attempt: 1, at } as const;
  const asked = advance(after, intended);
  assert.equal(mayFollow(asked, { ...parked, attempt: 1 }), false);
  const created = { kind: 'created', attempt: 1, jobId: 'j' } as const;
  const failed = { kind: 'ended', jobId: 'j', as: 'failed' } as const;
  assert.equal(advance(advance(asked, created), failed).approvedCost, 0);
});

test('no ledger has two creates of which the first was not settled', () => {
  const intended = { kind: 'intended', attempt: 1, at } as const;
  const again = { kind: 'intended', attempt: 2, at } as const;
  assert.throws(() => standingOf([intended, again]), { name: 'InvariantError' });
  assert.throws(() => standingOf([intended, { kind: 'unclear', attempt: 1, at }, again]), {
    message: /intended after unanswered \(attempt 1\)/,
  });
  const refused = { kind: 'refused', attempt: 1, status: 429 } as const;
  assert.equal(standingOf([intended, refused, again]).attempts, 2);
});

test('an answer that comes after others gave up looking settles the matter', () => {
  const parked = {
    kind: 'parked',
    attempt: 1,
    reason: 'unresolved',
    candidates: [],
    message: '',
  } as const;
  const late = { kind: 'created', attempt: 1, jobId: 'j' } as const;
  const { phase } = standingOf([{ kind: 'intended', attempt: 1, at }, parked, late]);
  assert.deepEqual(phase, { kind: 'submitted', jobId: 'j' });
});

test('the name that a person gives a job’s model stays with that job, also when it has ended', () => {
  const parked = { kind: 'parked', attempt: 1, reason: 'unnamed', candidates: ['j'] } as const;
  const events: readonly JobEvent[] = [
    { kind: 'intended', attempt: 1, at },
    { kind: 'created', attempt: 1, jobId: 'j' },
    { ...parked, message: 'm' },
    { kind: 'adopted', jobId: 'j', modelId: 'served', by: 'me', at },
    { kind: 'ended', jobId: 'j', as: 'succeeded' },
  ];
  assert.equal(givenName(standingOf(events.slice(0, 3)), 'j'), undefined);
  for (const standing of [standingOf(events.slice(0, 4)), standingOf(events)]) {
    assert.equal(givenName(standing, 'j'), 'served');
    assert.equal(givenName(standing, 'other'), undefined);
  }
  const otherwise = { ...parked, message: 'm', reason: 'unresolved' } as const;
  assert.ok(!mayFollow(standingOf(events.slice(0, 2)), otherwise));
  const other = { ...parked, message: 'm', candidates: ['other'] } as const;
  assert.ok(!mayFollow(standingOf(events.slice(0, 2)), other));
});
