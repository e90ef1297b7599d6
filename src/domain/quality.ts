/**
 * Why a record's answer is not good enough to learn from, in the order in which they count: of a record with several,
 * the books name the first.
 */
export const QUALITY_REASONS = [
  'failed-call',
  'cached',
  'truncated',
  'invalid-json',
  'unfit-json',
  'unknown-tool',
  'unfit-arguments',
  'unusable-schema',
  'too-long',
  'refusal',
  'repetitive',
  'other-language',
] as const;

export type QualityReason = (typeof QUALITY_REASONS)[number];

export interface QualityPolicy {
  /** Calls that ended in an error. */
  readonly failed: 'drop' | 'keep';
  /** Answers that a cache gave. */
  readonly cached: 'drop' | 'keep';
  /** Answers that a limit or a filter cut off. */
  readonly truncated: 'drop' | 'keep';
  /** Answers that are not the JSON their request asked for. */
  readonly json: 'drop' | 'keep';
  /** Calls of tools that were not offered, or with arguments that these don't take. */
  readonly toolCalls: 'drop' | 'keep';
  /** Of prompt and answer together, by estimate; `null`: any length. */
  readonly maximumTokens: number | null;
  /** Phrases that begin a refusal; `drop` is the built-in list, `keep` is none. */
  readonly refusals: 'drop' | 'keep' | readonly string[];
  /** Share of an answer that may repeat what it has said; 1: any. */
  readonly maximumRepetition: number;
  /** ISO 639-1 codes of the languages that answers may be in; empty: any. */
  readonly languages: readonly string[];
}

/** Languages that can be told apart, as ISO 639-1 codes. */
export const DETECTED_LANGUAGES: readonly string[] = (
  'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl ' +
  'no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh'
).split(' ');

/** The language of a text as an ISO 639-1 code; `null` where it is too short, or no language, to tell. */
export type LanguageOf = (text: string) => string | null;
