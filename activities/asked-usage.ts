import { countEnds, type EndCounts } from '../src/domain/answer-end.js';
import type { Configuration } from '../src/domain/configuration.js';
import type { DecideInput, EvaluateResult } from '../src/domain/contracts.js';
import { canonicalJson } from '../src/domain/json.js';
import type { WindowManifest } from '../src/domain/manifest.js';
import { addTokens, priceOf, type TokenCount } from '../src/domain/token-price.js';
import type { AnswerUsage, AskedUsage } from '../src/domain/usage.js';
import { usageKey } from '../src/evals/answer-cache.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';
import { modelOf } from './asked-model.js';
import { readSampleUsage } from './measuring.js';

const NOTHING: TokenCount = { promptTokens: 0, completionTokens: 0 };

/** What the judge's replies to one suite took. */
interface JudgedUsage {
  readonly replies: number;
  readonly tokens: TokenCount;
  /** Replies that came to no end of their own; left out where there are none. */
  readonly ends?: EndCounts;
}

/**
 * Who was asked for a decision, and what that took: each model over all suites, a rival for each number of examples. What
 * harnesses of the user's own asked is not known, nor what was kept before it was measured.
 */
export async function askedUsage(
  store: ObjectStore,
  configuration: Configuration,
  manifest: WindowManifest,
  input: DecideInput,
): Promise<readonly AskedUsage[]> {
  const measured = new Map<EvaluateResult, readonly AnswerUsage[]>();
  for (const result of input.answers) measured.set(result, await answersOf(store, result));
  const firstDay = [...measured]
    .flatMap(([{ role }, answers]) => (role === 'candidate' ? answers.map(({ day }) => day) : []))
    .sort()[0];
  const models = new Map<string, AskedUsage>();
  for (const [{ role, suite, examples }, answers] of measured) {
    if (answers.length === 0) continue;
    const { modelId } = modelOf({ ...input, role, suite }, manifest);
    const name = `${role} ${examples ?? ''}`;
    const before = models.get(name) ?? {
      role,
      modelId,
      ...(examples === undefined ? {} : { examples }),
      ...NOTHING,
      answers: 0,
      kept: 0,
      price: priceOf(configuration.chat.prices ?? [], modelId),
    };
    const ends = countEnds(answers);
    models.set(name, {
      ...before,
      ...answers.reduce<TokenCount>(addTokens, before),
      answers: before.answers + answers.length,
      kept: before.kept + answers.filter(({ day }) => day < (firstDay ?? day)).length,
      ...(ends && endsIn(configuration.chat, { ...before.ends, [suite]: ends })),
    });
  }
  return [...models.values(), ...(await judgeUsage(store, configuration, input.answers))];
}

function endsIn(
  { maximumTokens }: { readonly maximumTokens: number },
  ends: Readonly<Record<string, EndCounts>>,
): Pick<AskedUsage, 'ends' | 'maximumTokens'> {
  return Object.keys(ends).length === 0 ? {} : { ends, maximumTokens };
}

async function answersOf(
  store: ObjectStore,
  { answers }: EvaluateResult,
): Promise<readonly AnswerUsage[]> {
  if (answers === null) return [];
  const rows = await readSampleUsage(store, answers);
  return rows.flatMap(({ usage }) => usage.filter((answer) => answer !== null));
}

async function judgeUsage(
  store: ObjectStore,
  { judge }: Configuration,
  results: readonly EvaluateResult[],
): Promise<readonly AskedUsage[]> {
  if (judge === undefined) return [];
  let [answers, tokens] = [0, NOTHING];
  const ends: Record<string, EndCounts> = {};
  for (const { verdicts, suite } of results) {
    if (verdicts === undefined || (await store.head(usageKey(verdicts.key))) === null) continue;
    const took = await readJson<JudgedUsage>(store, usageKey(verdicts.key));
    answers += took.replies;
    tokens = addTokens(tokens, took.tokens);
    if (took.ends !== undefined) ends[suite] = took.ends;
  }
  if (answers === 0) return [];
  return [
    {
      role: 'judge',
      modelId: judge.model,
      answers,
      ...tokens,
      kept: 0,
      price: judge.price ?? null,
      ...endsIn(judge, ends),
    },
  ];
}

/** Writes down who was asked for a decision, for its report; what was written first counts, and nothing is decided by it. */
export async function keepAsked(
  store: ObjectStore,
  evidenceDigest: string,
  asked: readonly AskedUsage[],
): Promise<void> {
  await store.putIfAbsent(keys.asked(evidenceDigest), Buffer.from(canonicalJson(asked)));
}
