import type { AnswerEnd } from '../../domain/answer-end.js';
import type { JudgeConfiguration, JudgeReply } from '../../domain/judging.js';
import { ConfigError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/json.js';
import { mannerOf } from '../../domain/manner.js';
import type { Message } from '../../domain/record.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { readJson, sha256Hex } from '../../storage/objects.js';
import type { TokenCount } from '../../domain/token-price.js';
import { usageKey } from '../answer-cache.js';
import { rubricVersion } from './rubric.js';

/** The replies that a judge has given, each kept as it comes: nothing is asked twice. */
export interface VerdictStore {
  find(question: readonly Message[]): Promise<GivenReply | null>;
  /** The reply that counts from now on: the one that was kept first. */
  keep(question: readonly Message[], given: GivenReply): Promise<GivenReply>;
  /** What the judge's first reply of all was served as; `null` before it. */
  servedAs(): Promise<string | null>;
  /** @throws ConfigError where an answer came from another model than the first one */
  assertServedAs(model: string | undefined): Promise<void>;
}

/** What a reply took, and how it ended where it came to no end of its own. */
export interface ReplyUsage extends TokenCount {
  readonly end?: AnswerEnd;
}

/** What a judge replied, with the tokens that it took; `null` for a reply that was kept before they were counted. */
export interface GivenReply {
  readonly reply: JudgeReply;
  readonly tokens: ReplyUsage | null;
}

interface StoredReply {
  readonly reply: JudgeReply;
}

interface Served {
  readonly model: string;
}

/**
 * Objects at `verdicts/JUDGE/QUESTION.json`: a judge is its host, model, revision, rubric, the longest reply and how it is
 * asked, a question all that is in it, the order of the answers included.
 */
export function createVerdictStore(store: ObjectStore, judge: JudgeConfiguration): VerdictStore {
  const folder = `verdicts/${judgeDigest(judge)}`;
  const servedKey = `${folder}/served.json`;
  const keyOf = (question: readonly Message[]): string =>
    `${folder}/${sha256Hex(canonicalJson(question))}.json`;
  const find = async (question: readonly Message[]): Promise<GivenReply | null> => {
    const key = keyOf(question);
    if ((await store.head(key)) === null) return null;
    const { reply } = await readJson<StoredReply>(store, key);
    const isCounted = (await store.head(usageKey(key))) !== null;
    return { reply, tokens: isCounted ? await readJson<ReplyUsage>(store, usageKey(key)) : null };
  };
  let pinned: string | null = null;
  const servedAs = async (): Promise<string | null> => {
    if (pinned === null && (await store.head(servedKey)) !== null) {
      pinned = (await readJson<Served>(store, servedKey)).model;
    }
    return pinned;
  };
  return {
    find,
    servedAs,
    async keep(question, given) {
      const { reply, tokens } = given;
      const key = keyOf(question);
      // Before the reply, so that none is found without what it took.
      if (tokens !== null) {
        await store.putIfAbsent(usageKey(key), Buffer.from(canonicalJson(tokens)));
      }
      const bytes = Buffer.from(canonicalJson({ reply } satisfies StoredReply));
      const { created } = await store.putIfAbsent(key, bytes);
      return created ? given : ((await find(question)) ?? given);
    },
    async assertServedAs(model) {
      if (model === undefined) throw new ConfigError(unnamed(judge));
      if ((await servedAs()) === null) {
        const bytes = Buffer.from(canonicalJson({ model } satisfies Served));
        await store.putIfAbsent(servedKey, bytes);
      }
      const first = await servedAs();
      if (first !== model) throw new ConfigError(changed(judge, first ?? '', model));
    },
  };
}

function judgeDigest(configured: JudgeConfiguration): string {
  const { baseURL, model, revision, maximumTokens, temperature = 0 } = configured;
  const judge = {
    baseURL,
    model,
    revision,
    rubric: rubricVersion(configured.rubric),
    maximumTokens,
    ...(temperature !== 0 && { temperature }),
    ...mannerOf(configured),
  };
  return sha256Hex(canonicalJson(judge)).slice(0, 32);
}

function unnamed({ model }: JudgeConfiguration): string {
  return (
    `the host of the judge ${model} does not say which model answered, so that nobody could tell when it is another ` +
    `one; take a host whose answers name their "model"`
  );
}

function changed({ model }: JudgeConfiguration, first: string, now: string): string {
  return (
    `the judge ${model} answered as ${now}, and its first verdicts are those of ${first}: scores of two judges are not ` +
    `compared, and nothing was decided. Name the model that you mean (judge.model), or count judge.revision up to ` +
    `take the new one from now on, and run the window again with --reopen`
  );
}
