import {
  type JudgedCounts,
  type JudgeReply,
  type PairVerdict,
  type SampleVerdicts,
  sumCounts,
} from '../../domain/judging.js';

/** What a sample's verdicts come to; scores are `null` where the judge abstained: missing for both. */
export interface JudgedScores {
  readonly champion: number | null;
  readonly candidate: number | null;
  readonly counts: JudgedCounts;
}

type Side = 'champion' | 'candidate' | 'tie' | null;

/**
 * The scores of both models on a sample, each the mean over its pairs of answers: 1 and 0 where the judge prefers the
 * same answer in both orders, 0.5 each where it calls them equal, where the orders disagree, and where they are equal.
 */
export function judgedScores({ pairs }: SampleVerdicts): JudgedScores {
  const counts = sumCounts(pairs.map(countsOf));
  if (counts.abstained > 0 || pairs.length === 0) {
    return { champion: null, candidate: null, counts };
  }
  const shares = pairs.map(candidateShare);
  const candidate = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return { champion: 1 - candidate, candidate, counts };
}

function candidateShare(verdict: PairVerdict): number {
  const [one, other] = sidesOf(verdict);
  if (one !== other || one === 'tie') return 0.5;
  return one === 'candidate' ? 1 : 0;
}

/** What was preferred in each of the two orders; `null` where it can't be told. */
function sidesOf(verdict: PairVerdict): readonly [Side, Side] {
  if (verdict.kind === 'equal') return ['tie', 'tie'];
  return [
    sideOf(verdict.championFirst, 'champion', 'candidate'),
    sideOf(verdict.candidateFirst, 'candidate', 'champion'),
  ];
}

function sideOf(reply: JudgeReply, first: Side, second: Side): Side {
  switch (reply) {
    case 'first':
      return first;
    case 'second':
      return second;
    case 'tie':
      return 'tie';
    case 'abstained':
      return null;
  }
}

function countsOf(verdict: PairVerdict): JudgedCounts {
  const none = { equal: 0, consistent: 0, inconsistent: 0, abstained: 0, tookFirst: 0 };
  if (verdict.kind === 'equal') return { ...none, pairs: 1, equal: 1 };
  const [one, other] = sidesOf(verdict);
  const outcome =
    one === null || other === null ? 'abstained' : one === other ? 'consistent' : 'inconsistent';
  const replies = [verdict.championFirst, verdict.candidateFirst];
  const tookFirst = replies.filter((reply) => reply === 'first').length;
  return { ...none, pairs: 1, [outcome]: 1, tookFirst };
}
