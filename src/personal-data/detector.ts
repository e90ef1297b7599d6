import type { PersonalDataType } from '../domain/personal-data.js';
import type { Marks } from './marks.js';

/** How sure a detector is; of overlapping spans the surest counts. */
export const UNMISTAKABLE = 6;
/** A check digit or an issuer's form, and a word that announces it. */
export const ANNOUNCED = 5;
/** A check digit, or a form that hardly anything else has. */
export const CHECKED = 4;
/** A form that other things have too, such as three groups of digits. */
export const SHAPED = 3;
/** A rule of thumb. */
export const GUESSED = 1;

/** A stretch of personal data, in UTF-16 units of the text, half-open. */
export interface PersonalSpan {
  readonly type: PersonalDataType;
  readonly start: number;
  readonly end: number;
  /** Whether another span was left out for it that reaches beyond it. */
  readonly leavesRest?: boolean;
}

/** Called for every span that a detector finds, in any order. */
export type Found = (type: PersonalDataType, start: number, end: number, certainty: number) => void;

/**
 * Finds one family of personal data. It looks around the marks of the text only, each within a bounded
 * reach, so that the time is linear whatever the text.
 */
export interface Detector {
  readonly types: readonly PersonalDataType[];
  detect(text: string, marks: Marks, found: Found): void;
}
