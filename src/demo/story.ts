import { invariant } from '../domain/errors.js';
import { startOfIsoWeek } from '../domain/window.js';
import { FIRST_WINDOW, SECOND_WINDOW } from './configuration.js';
import type { LogEntry } from './log-line.js';
import type { Folder } from './mail/folder.js';
import type { MailMessage } from './mail/load-mail.js';
import { misfile, pasteSample } from './planting.js';
import { recurringMail } from './recurring-mail.js';
import { type RandomSource, seededRandom, shuffledIndexes } from './seeded-random.js';

export { BY_HAND, toLogLine, type LogEntry } from './log-line.js';
export { countSharedNgram } from './shared-ngram.js';

/** How the mail is cut and what is planted; `docs/decisions` has the figures behind it. */
export interface StoryPlan {
  /** ISO weeks of the mail that was there before the first week told, both included. */
  readonly earlierFrom: string;
  /** The first week after the second one told. */
  readonly until: string;
  readonly releaseCount: number;
  readonly evalCount: number;
  readonly yardstickCount: number;
  /** Share of the eval set that is pasted into the second week's logs. */
  readonly pastedShare: number;
  /** Share of the second week's own messages that are filed wrongly. */
  readonly misfiledShare: number;
}

export const STORY_PLAN: StoryPlan = {
  earlierFrom: '2002-W28',
  until: '2002-W37',
  releaseCount: 150,
  evalCount: 600,
  yardstickCount: 500,
  pastedShare: 0.3,
  misfiledShare: 0.45,
};

/** A message with its folder, to train on or to measure with. */
export interface StorySample {
  readonly id: string;
  readonly prompt: string;
  readonly label: Folder;
  /** Its thread: samples of one are not independent. */
  readonly cluster: string;
}

/** The demo's material. Nothing is in two of its parts, but for what was planted. */
export interface Story {
  readonly seed: number;
  /** What the first model is trained on. Filed by hand before the first week; in its logs as well. */
  readonly release: readonly (StorySample & LogEntry)[];
  readonly evalSet: readonly StorySample[];
  /** Never shown to the pipeline. */
  readonly yardstick: readonly StorySample[];
  /** In order of time. */
  readonly weekOne: readonly LogEntry[];
  readonly weekTwo: readonly LogEntry[];
  readonly planted: {
    /** Ids of entries: `pasted:` and the sample's id. */
    readonly leaked: readonly string[];
    readonly mislabelled: readonly string[];
  };
  /** Earlier messages that come back and are therefore neither eval sample nor yardstick. */
  readonly recurring: number;
}

/**
 * Cuts real mail into the demo's story: the same mail, seed and plan give the same story.
 *
 * Earlier mail is shuffled into the first model's training rows and, of what does not come back, the eval
 * set and the yardstick. The two weeks are the calendar's own. In the second, eval samples are pasted
 * into the logs, rightly filed, and messages are filed in a wrong folder, whatever a model answered.
 * @throws InvariantError where there is less mail than the plan asks for.
 */
export function planStory(
  mail: readonly MailMessage[],
  seed: number,
  plan: StoryPlan = STORY_PLAN,
  recurring: ReadonlySet<string> = recurringMail(earlierMail(mail, plan)),
): Story {
  const random = seededRandom(seed);
  const earlier = shuffled(earlierMail(mail, plan), random);
  const release = earlier.slice(0, plan.releaseCount);
  const fresh = earlier.slice(plan.releaseCount).filter(({ id }) => !recurring.has(id));
  const evalSet = fresh.slice(0, plan.evalCount).map(toSample);
  const yardstick = fresh.slice(plan.evalCount, plan.evalCount + plan.yardstickCount).map(toSample);
  invariant(
    yardstick.length === plan.yardstickCount,
    `${earlier.length} earlier messages are too few for the story`,
  );
  const second = between(mail, SECOND_WINDOW, plan.until).map(toEntry);
  return {
    seed,
    release: release.map((message) => ({ ...toSample(message), ...toEntry(message) })),
    evalSet,
    yardstick,
    weekOne: between(mail, FIRST_WINDOW, SECOND_WINDOW).map(toEntry),
    ...plantWeekTwo(second, evalSet, plan, random),
    recurring: recurring.size,
  };
}

/** The mail before the first week, of which the story's first part is made. */
export function earlierMail(
  mail: readonly MailMessage[],
  plan: StoryPlan = STORY_PLAN,
): readonly MailMessage[] {
  return between(mail, plan.earlierFrom, FIRST_WINDOW);
}

function plantWeekTwo(
  entries: readonly LogEntry[],
  evalSet: readonly StorySample[],
  plan: StoryPlan,
  random: RandomSource,
): Pick<Story, 'weekTwo' | 'planted'> {
  const mislabelled = new Set(
    entries.filter(() => random() < plan.misfiledShare).map(({ id }) => id),
  );
  const filed = entries.map((entry) => (mislabelled.has(entry.id) ? misfile(entry) : entry));
  const [from, to] = [startOfIsoWeek(SECOND_WINDOW), startOfIsoWeek(plan.until)];
  const pasted = shuffled(evalSet, random)
    .slice(0, Math.round(plan.pastedShare * evalSet.length))
    .map((sample, index) => {
      const time = new Date(from + Math.floor(random() * (to - from))).toISOString();
      return pasteSample(sample, index + 1, time, random);
    });
  return {
    weekTwo: [...filed, ...pasted].sort(byTime),
    planted: { leaked: pasted.map(({ id }) => id), mislabelled: [...mislabelled] },
  };
}

function between(
  mail: readonly MailMessage[],
  fromWeek: string,
  untilWeek: string,
): readonly MailMessage[] {
  const from = new Date(startOfIsoWeek(fromWeek)).toISOString();
  const until = new Date(startOfIsoWeek(untilWeek)).toISOString();
  return mail.filter(({ time }) => time >= from && time < until);
}

function shuffled<T>(items: readonly T[], random: RandomSource): readonly T[] {
  return Array.from(shuffledIndexes(items.length, random)).flatMap((index) => {
    const item = items[index];
    return item === undefined ? [] : [item];
  });
}

function toSample({ id, promptText, folder, thread }: MailMessage): StorySample {
  return { id, prompt: promptText, label: folder, cluster: thread };
}

function toEntry(message: MailMessage): LogEntry {
  const { id, time, thread, sender, from, subject, body, promptText, folder } = message;
  const mail = { from, subject, text: body };
  return { id, time, thread, sender, mail, prompt: promptText, filedIn: folder };
}

function byTime(a: LogEntry, b: LogEntry): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
