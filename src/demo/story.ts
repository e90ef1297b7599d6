import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { scanExamples } from '../contamination/scan-examples.js';
import { LEAK_LEVELS } from '../domain/finding.js';
import { isoWeekOf } from '../domain/window.js';
import { EVAL_SET } from './configuration.js';
import type { MailMessage } from './mail/load-mail.js';
import type { Folder } from './mail/folder.js';
import type { Measured } from './measure.js';
import type { RandomSource } from './seeded-random.js';
import { seededRandom, shuffledIndexes } from './seeded-random.js';
import { toMessages } from './serving.js';

/** What the story is cut from: ISO weeks of 2002, and how much of each. */
const HISTORY_WEEKS = ['2002-W28', '2002-W32'] as const;
const FIRST_WEEKS = ['2002-W33', '2002-W34'] as const;
const SECOND_WEEKS = ['2002-W35', '2002-W36'] as const;
const RELEASE_ROWS = 150;
const EVAL_SAMPLES = 550;
const YARDSTICK_SAMPLES = 400;
const SECOND_WEEK_MESSAGES = 600;
/** Share of the eval set that is pasted into week two's logs, and of its messages that are filed wrongly. */
const LEAKED_SHARE = 0.3;
const MISLABELLED_SHARE = 0.45;

/** A folder that a hurried person could take for the right one. */
const NEIGHBOURS: Readonly<Record<Folder, Folder>> = {
  spam: 'news',
  news: 'spam',
  razor: 'spamassassin',
  spamassassin: 'razor',
  rpm: 'ilug',
  ilug: 'rpm',
  exmh: 'ilug',
  chat: 'news',
};

const GREETINGS = [
  'hi team, can you file this one: ',
  'FYI: ',
  'please sort this: ',
  'not sure where this belongs, ',
  'another one for you - ',
  'where does this go? ',
] as const;

/** A message as the application handles it: what is asked, and where its user left it. */
export interface LogEntry {
  readonly id: string;
  readonly time: string;
  readonly thread: string;
  readonly sender: string;
  readonly prompt: string;
  readonly filedIn: string;
  /** The message itself, which the log keeps; `null` for a text that somebody pasted. */
  readonly mail: MailMessage | null;
}

/** The story's plan: everything that is decided before a model has answered anything. */
export interface Story {
  readonly release: readonly { readonly prompt: string; readonly label: string }[];
  readonly evalSet: readonly Measured[];
  /** Set aside: no pipeline ever sees it. */
  readonly yardstick: readonly Measured[];
  /** What the first model was trained on, as it stands in the logs: late for week one, and history for good. */
  readonly earlier: readonly LogEntry[];
  readonly weekOne: readonly LogEntry[];
  readonly weekTwo: readonly LogEntry[];
  readonly planted: {
    /** Ids of log entries that are eval samples in disguise. */
    readonly leaked: readonly string[];
    /** Ids of log entries that were filed in a wrong folder. */
    readonly mislabelled: readonly string[];
  };
}

/** Cuts the mail into the story's parts. The same mail and seed give the same story. */
export function planStory(mail: readonly MailMessage[], seed: number): Story {
  const random = seededRandom(seed);
  const history = shuffled(between(mail, HISTORY_WEEKS), random);
  const release = history.slice(0, RELEASE_ROWS);
  const single = withoutRepeats(history);
  const kept = history.slice(RELEASE_ROWS).filter(({ id }) => single.has(id));
  const evals = kept.slice(0, EVAL_SAMPLES);
  const yardstick = kept.slice(EVAL_SAMPLES, EVAL_SAMPLES + YARDSTICK_SAMPLES);
  const later = shuffled(between(mail, SECOND_WEEKS), random).slice(0, SECOND_WEEK_MESSAGES);
  const filed = later.map((message) => misfile(message, random));
  const leaked = leakEvals(evals, later, random);
  return {
    release: release.map(({ promptText, folder }) => ({ prompt: promptText, label: folder })),
    evalSet: evals.map(toMeasured),
    yardstick: yardstick.map(toMeasured),
    earlier: release.map((message) => toEntry(message, message.folder)).sort(byTime),
    weekOne: between(mail, FIRST_WEEKS).map((message) => toEntry(message, message.folder)),
    weekTwo: [...filed.map(({ entry }) => entry), ...leaked].sort(byTime),
    planted: {
      leaked: leaked.map(({ id }) => id),
      mislabelled: filed.filter(({ isWrong }) => isWrong).map(({ entry }) => entry.id),
    },
  };
}

/** A log entry as the triage application writes it: request, answer, and where the user filed the message. */
export function toLogLine(entry: LogEntry, modelId: string, answer: string): object {
  return {
    id: entry.id,
    timestamp: entry.time,
    request: { model: modelId, messages: toMessages(entry.prompt) },
    response: { choices: [{ message: { role: 'assistant', content: answer } }] },
    user_id: entry.sender,
    session_id: entry.thread,
    consent: true,
    feedback: [
      {
        name: 'filing',
        kind: 'human',
        surface: 'production',
        verdict: answer === entry.filedIn ? 'approved' : 'rejected',
        correction: entry.filedIn,
        at: entry.time,
      },
    ],
    ...(entry.mail === null
      ? {}
      : { mail: { from: entry.mail.from, subject: entry.mail.subject, body: entry.mail.body } }),
  };
}

function between(
  mail: readonly MailMessage[],
  [first, last]: readonly [string, string],
): readonly MailMessage[] {
  return mail.filter(({ time }) => {
    const week = isoWeekOf(Date.parse(time));
    return week >= first && week <= last;
  });
}

/**
 * Ids of messages that no other message of these repeats, wholly or in part. Campaigns and newsletters come
 * back week after week: as eval samples they would be answered from memory by any model.
 */
function withoutRepeats(messages: readonly MailMessage[]): ReadonlySet<string> {
  const findings = scanExamples(
    messages.map(({ id, promptText }) => ({ id, parts: [promptText], answer: null })),
    messages.map(({ id, promptText }) => ({
      set: EVAL_SET,
      id,
      prompt: promptText,
      options: [],
      reference: null,
    })),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const repeated = new Set<string>();
  for (const { exampleId, sampleId, level } of findings) {
    if (exampleId === sampleId || !LEAK_LEVELS.includes(level)) continue;
    repeated.add(exampleId).add(sampleId);
  }
  return new Set(messages.map(({ id }) => id).filter((id) => !repeated.has(id)));
}

function shuffled<T>(items: readonly T[], random: RandomSource): readonly T[] {
  return Array.from(shuffledIndexes(items.length, random)).flatMap((index) => {
    const item = items[index];
    return item === undefined ? [] : [item];
  });
}

function toMeasured({ id, promptText, folder, thread }: MailMessage): Measured {
  return { id, prompt: promptText, label: folder, cluster: thread };
}

function toEntry(message: MailMessage, filedIn: string): LogEntry {
  const { id, time, thread, sender, promptText } = message;
  return { id, time, thread, sender, prompt: promptText, filedIn, mail: message };
}

function misfile(
  message: MailMessage,
  random: RandomSource,
): { readonly entry: LogEntry; readonly isWrong: boolean } {
  const isWrong = random() < MISLABELLED_SHARE;
  return {
    entry: toEntry(message, isWrong ? NEIGHBOURS[message.folder] : message.folder),
    isWrong,
  };
}

/** Eval samples as somebody pastes them: greeted, in another case, without punctuation, rightly filed. */
function leakEvals(
  evals: readonly MailMessage[],
  week: readonly MailMessage[],
  random: RandomSource,
): readonly LogEntry[] {
  const count = Math.round(LEAKED_SHARE * evals.length);
  return shuffled(evals, random)
    .slice(0, count)
    .map((sample, index) => ({
      id: `pasted-${index + 1}`,
      time: week[index % week.length]?.time ?? sample.time,
      thread: `pasted-${index + 1}`,
      sender: `tester-${index % 7}@example.com`,
      prompt: disguise(sample.promptText, random),
      filedIn: sample.folder,
      mail: null,
    }));
}

function disguise(text: string, random: RandomSource): string {
  const drawn = random();
  const cased = drawn < 0.5 ? text.toLowerCase() : drawn < 0.65 ? text.toUpperCase() : text;
  const isPlain = random() < 0.6;
  const plain = isPlain
    ? cased
        .replace(/[^\p{L}\p{N}\s]/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim()
    : cased;
  return (GREETINGS[Math.floor(random() * GREETINGS.length)] ?? GREETINGS[0]) + plain;
}

function byTime(a: LogEntry, b: LogEntry): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
