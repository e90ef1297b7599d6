import { invariant } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { RephrasingTier, TierAnswer, TierQuestion } from '../src/domain/tier.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';

/** By pair; `null` where it is not known yet. */
type Answers = readonly (TierAnswer | null)[];

interface StoredAnswers {
  readonly answers: Answers;
  readonly rounds: number;
}

/**
 * A tier's answers to a question, one for each pair. What it can tell is written down below `folder`, because a
 * model may answer differently and the same window has to give the same bytes. `unknown` is not: whoever asks
 * again asks those pairs again, so that an outage passes. Of two that write the same round one's answers
 * count for both.
 */
export async function answersTo(
  store: ObjectStore,
  folder: string,
  tier: RephrasingTier,
  question: TierQuestion,
): Promise<readonly TierAnswer[]> {
  const { length } = question.pairs;
  const before = await readAnswers(store, folder, length);
  if (!before.answers.includes(null)) return before.answers.filter((answer) => answer !== null);
  const asked = await askOpen(tier, question, before.answers);
  const known = asked.map((answer) => (answer?.verdict === 'unknown' ? null : answer));
  if (known.some((answer) => answer !== null)) {
    const key = roundKey(folder, before.rounds + 1);
    await store.putIfAbsent(key, Buffer.from(canonicalJson(known)));
  }
  const { answers } = await readAnswers(store, folder, length);
  return answers.map(
    (answer, pair) => answer ?? asked[pair] ?? { verdict: 'unknown', score: null },
  );
}

/** The answers to the pairs without one; `null` for the others. */
async function askOpen(
  tier: RephrasingTier,
  question: TierQuestion,
  answers: Answers,
): Promise<Answers> {
  const open = question.pairs.filter((_, pair) => answers[pair] === null);
  const pairs = tier.isPairwise ? open : question.pairs;
  const given = [...(await tier.compare({ ...question, pairs }))];
  invariant(given.length === pairs.length, `tier ${tier.name} left pairs without an answer`);
  return answers.map((answer) => {
    const next = tier.isPairwise && answer !== null ? null : (given.shift() ?? null);
    return answer === null ? next : null;
  });
}

async function readAnswers(
  store: ObjectStore,
  folder: string,
  length: number,
): Promise<StoredAnswers> {
  let answers: Answers = new Array<TierAnswer | null>(length).fill(null);
  let rounds = 0;
  while ((await store.head(roundKey(folder, rounds + 1))) !== null) {
    rounds += 1;
    const round = await readJson<Answers>(store, roundKey(folder, rounds));
    answers = answers.map((answer, pair) => answer ?? round[pair] ?? null);
  }
  return { answers, rounds };
}

function roundKey(folder: string, round: number): string {
  return `${folder}/${round}.json`;
}
