import type { ListedModel } from '../domain/fine-tuning.js';
import type { ProviderName } from '../domain/provider-presets.js';

/** A family of OpenAI's models and its last day, as published on 23 November 2026. */
interface ClosingDate {
  /** The model's name without its date, e.g. `gpt-4o-mini` of `gpt-4o-mini-2024-07-18`. */
  readonly family: string;
  /** Its models and their fine-tunes answer until then. */
  readonly shutdown: string;
}

/** From this day on OpenAI takes no fine-tuning jobs, from nobody (developers.openai.com/api/docs/deprecations). */
export const OPENAI_LAST_JOBS = '2027-01-06';

/** Same source. `gpt-4.1` stands behind its smaller ones, since the first that fits counts. */
const CLOSING_DATES: readonly ClosingDate[] = [
  { family: 'gpt-4.1-nano', shutdown: '2026-10-23' },
  { family: 'o4-mini', shutdown: '2026-10-23' },
  { family: 'gpt-4.1-mini', shutdown: '2027-01-14' },
  { family: 'gpt-4.1', shutdown: '2027-01-14' },
  { family: 'gpt-4o-mini', shutdown: '2027-01-14' },
  { family: 'gpt-4o', shutdown: '2027-01-14' },
];

/** OpenAI's own host, and those of its regions such as `eu.api.openai.com`; Azure has dates of its own. */
const OPENAI_HOST = /^(?:[a-z0-9-]+\.)?api\.openai\.com$/u;

const DAY_MS = 86_400_000;

/** What is asked about: where a base model is trained, today (`YYYY-MM-DD`), and how long it has to live on. */
export interface LifeQuestion {
  readonly provider: ProviderName;
  readonly baseURL?: string | undefined;
  readonly baseModel: string;
  /** When it is shut down as its user knows (`YYYY-MM-DD`), where hosts may not say. */
  readonly ends?: string | undefined;
  readonly today: string;
  readonly days: number;
  /** The provider's own list, or `null` where it has none. */
  readonly listed: readonly ListedModel[] | null;
}

/** A last day, and who says so, in words that follow "as". */
interface LastDay {
  readonly date: string;
  readonly source: string;
}

/**
 * Why a job of this base model would be money lost, in a sentence; `null` where nothing speaks against it. What
 * the provider's list says goes before the table, and the earlier of that and the user's own date counts.
 */
export function closingProblem(question: LifeQuestion): string | null {
  const { baseModel, today, days } = question;
  if (isOpenAI(question) && today >= OPENAI_LAST_JOBS) {
    return `OpenAI takes no fine-tuning jobs since ${OPENAI_LAST_JOBS}; train at another provider (train.provider, train.baseURL)`;
  }
  const model = question.listed?.find(({ id }) => id === baseModel);
  const training = model?.trainingEndDate ?? null;
  if (training !== null && today >= training) {
    return `the base model ${baseModel} takes no fine-tuning jobs since ${training}, as the provider's list of models says. Name another base model`;
  }
  const last = lastDay(question, model);
  if (last === null) return null;
  const left = Math.floor((Date.parse(last.date) - Date.parse(today)) / DAY_MS);
  if (left >= days) return null;
  const when =
    left < 0 ? `was shut down on ${last.date}` : `is shut down on ${last.date}, in ${left} days`;
  return (
    `the base model ${baseModel} ${when}, and its fine-tunes with it, as ${last.source}; ` +
    `train.shutdownDays asks for ${days} days. Name another base model`
  );
}

function lastDay(question: LifeQuestion, model: ListedModel | undefined): LastDay | null {
  const { ends, baseModel } = question;
  const listed = model?.shutdownDate ?? null;
  const told: readonly (LastDay | null)[] = [
    ends === undefined ? null : { date: ends, source: 'train.baseModelEnds says' },
    listed === null
      ? tableDay(isOpenAI(question) ? baseModel : null)
      : { date: listed, source: "the provider's list of models says" },
  ];
  return told.reduce((first, next) => {
    if (first === null || next === null) return first ?? next;
    return next.date < first.date ? next : first;
  }, null);
}

function tableDay(baseModel: string | null): LastDay | null {
  const isOf = ({ family }: ClosingDate): boolean =>
    baseModel === family || baseModel?.startsWith(`${family}-2`) === true;
  const found = CLOSING_DATES.find(isOf);
  const source = 'OpenAI published by 23 November 2026';
  return found === undefined ? null : { date: found.shutdown, source };
}

function isOpenAI({ provider, baseURL }: LifeQuestion): boolean {
  if (provider === 'openai') return true;
  return baseURL !== undefined && OPENAI_HOST.test(new URL(baseURL).hostname);
}
