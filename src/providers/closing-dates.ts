import type { ListedModel } from '../domain/fine-tuning.js';
import type { ProviderName } from '../domain/provider-presets.js';

/** A family of models and its provider's last day for it, as published on 23 November 2026. */
interface ClosingDate {
  readonly provider: ProviderName;
  /** The model's name without its date, e.g. `gpt-4o-mini` of `gpt-4o-mini-2024-07-18`. */
  readonly family: string;
  /** Its models and their fine-tunes answer until then. */
  readonly shutdown: string;
}

/** From this day on OpenAI takes no fine-tuning jobs, from nobody (developers.openai.com/api/docs/deprecations). */
export const OPENAI_LAST_JOBS = '2027-01-06';

/** Same source. `gpt-4.1` stands behind its smaller ones, since the first that fits counts. */
const CLOSING_DATES: readonly ClosingDate[] = [
  { provider: 'openai', family: 'gpt-4.1-nano', shutdown: '2026-10-23' },
  { provider: 'openai', family: 'o4-mini', shutdown: '2026-10-23' },
  { provider: 'openai', family: 'gpt-4.1-mini', shutdown: '2027-01-14' },
  { provider: 'openai', family: 'gpt-4.1', shutdown: '2027-01-14' },
  { provider: 'openai', family: 'gpt-4o-mini', shutdown: '2027-01-14' },
  { provider: 'openai', family: 'gpt-4o', shutdown: '2027-01-14' },
];

const DAY_MS = 86_400_000;

/** What is asked about: where a base model is trained, today (`YYYY-MM-DD`), and how long it has to live on. */
export interface LifeQuestion {
  readonly provider: ProviderName;
  readonly baseModel: string;
  readonly today: string;
  readonly days: number;
  /** The provider's own list, or `null` where it has none. */
  readonly listed: readonly ListedModel[] | null;
}

/**
 * Why a job of this base model would be money lost, in a sentence; `null` where nothing speaks against it. What
 * the provider's list says goes before the table.
 */
export function closingProblem(question: LifeQuestion): string | null {
  const { provider, baseModel, today, days, listed } = question;
  if (provider === 'openai' && today >= OPENAI_LAST_JOBS) {
    return `OpenAI takes no fine-tuning jobs since ${OPENAI_LAST_JOBS}; train at another provider (train.provider)`;
  }
  const shutdown =
    listed?.find(({ id }) => id === baseModel)?.shutdownDate ?? tableDate(provider, baseModel);
  if (shutdown === null) return null;
  const left = Math.floor((Date.parse(shutdown) - Date.parse(today)) / DAY_MS);
  if (left >= days) return null;
  const when =
    left < 0 ? `was shut down on ${shutdown}` : `is shut down on ${shutdown}, in ${left} days`;
  return (
    `the base model ${baseModel} ${when}, and its fine-tunes with it; train.shutdownDays asks for ${days} days. ` +
    'Name another base model'
  );
}

function tableDate(provider: ProviderName, baseModel: string): string | null {
  const isOf = (family: string): boolean =>
    baseModel === family || baseModel.startsWith(`${family}-2`);
  const found = CLOSING_DATES.find((entry) => entry.provider === provider && isOf(entry.family));
  return found?.shutdown ?? null;
}
