import type { UnnamedModel } from '../domain/job.js';

/** `-2024-07-18`, `-20240718` or `-0125`: how hosts name one version of a model. */
const DATE = /^-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$/u;

/**
 * Whether a job that is listed with a model may be one of the base model asked for: where none is listed, where it
 * is the same, and where one is a dated name of the other, since hosts list `gpt-4o-mini-2024-07-18` for a job that
 * was asked for with `gpt-4o-mini`.
 */
export function mayBeOf(baseModel: string, listed: string | null | undefined): boolean {
  const other = listed ?? baseModel;
  return other === baseModel || isDated(baseModel, other) || isDated(other, baseModel);
}

function isDated(name: string, dated: string): boolean {
  return dated.startsWith(name) && DATE.test(dated.slice(name.length));
}

/** A job that its host calls done without naming a model. `cost`: USD, where it says what it charged. */
export function unnamedModel(
  jobId: string,
  trainedTokens: number | null,
  cost: number | null = null,
): UnnamedModel {
  const message = `job ${jobId} is done and paid for, but its provider names no model of it`;
  return { kind: 'unnamed', message, trainedTokens, ...(cost === null ? {} : { cost }) };
}
