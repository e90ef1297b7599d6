import { ANNOUNCED, CHECKED, type Detector, type Found } from './detector.js';
import type { WrittenNumber } from './digit-groups.js';
import { DIGIT_IDENTITIES, type DigitIdentity } from './identity-digits.js';
import { LETTER_IDENTITIES, type LetterIdentity } from './identity-letters.js';
import type { Marks } from './marks.js';
import { DIGIT, LETTER, before, beginsNumber, classAt, endsNumber } from './units.js';

interface Rule {
  readonly identity: DigitIdentity;
  readonly needsWord: boolean;
}

const RULES: ReadonlyMap<string, readonly Rule[]> = rulesByForm();
export const IDENTITY_FORMS: readonly string[] = [...RULES.keys()];
/** Rules by how long the first word with a digit is, and whether it has letters too. */
const LETTER_RULES: ReadonlyMap<number, readonly LetterIdentity[]> = lettersByWord();

/** Finds national identity numbers that have letters, by their check characters and their forms. */
export const identityNumbers: Detector = {
  types: ['identity'],
  detect: detectLetters,
};

function rulesByForm(): ReadonlyMap<string, readonly Rule[]> {
  const rules = new Map<string, Rule[]>();
  const add = (form: string, rule: Rule): void => {
    rules.set(form, [...(rules.get(form) ?? []), rule]);
  };
  for (const identity of DIGIT_IDENTITIES) {
    for (const form of identity.forms) add(form, { identity, needsWord: false });
    for (const form of identity.announcedForms ?? []) add(form, { identity, needsWord: true });
  }
  return rules;
}

/** How sure it is that digits are a national identity number, by check digits, form and announcement; or 0. */
export function identityCertainty(text: string, { digits, form, start }: WrittenNumber): number {
  let best = 0;
  for (const { identity, needsWord } of RULES.get(form) ?? []) {
    if (!identity.isValid(digits)) continue;
    if (identity.words.test(before(text, start))) return ANNOUNCED;
    if (!needsWord) best = Math.max(best, identity.certainty);
  }
  return best;
}

function lettersByWord(): ReadonlyMap<number, readonly LetterIdentity[]> {
  const rules = new Map<number, LetterIdentity[]>();
  for (const identity of LETTER_IDENTITIES) {
    for (const word of identity.words) {
      rules.set(wordKey(word.length, word.isDigits), [
        ...(rules.get(wordKey(word.length, word.isDigits)) ?? []),
        identity,
      ]);
    }
  }
  return rules;
}

function wordKey(length: number, isDigits: boolean): number {
  return length * 2 + (isDigits ? 1 : 0);
}

function detectLetters(text: string, { count, starts, ends, kinds }: Marks, found: Found): void {
  for (let index = 0; index < count; index += 1) {
    const start = starts[index] ?? 0;
    const rules = LETTER_RULES.get(wordKey((ends[index] ?? 0) - start, kinds[index] === DIGIT));
    if (rules === undefined) continue;
    for (const identity of rules) {
      detectLettersAt(text, start, identity, found);
      const place = identity.hasLeadingWord === true ? leadingWord(text, start) : start;
      if (place < start) detectLettersAt(text, place, identity, found);
    }
  }
}

function detectLettersAt(
  text: string,
  start: number,
  { form, isValid }: LetterIdentity,
  found: Found,
): void {
  form.lastIndex = start;
  const match = form.exec(text);
  if (match === null || !beginsNumber(text, start) || !endsNumber(text, form.lastIndex)) return;
  const compact = match[0].replace(/[ -]/g, '').toUpperCase();
  if (isValid(compact)) found('identity', start, start + match[0].length, CHECKED);
}

/** `QQ 12 34 56 C` and `X-1234567-L` begin with letters of their own. */
function leadingWord(text: string, start: number): number {
  const separator = text.charAt(start - 1);
  if (separator !== ' ' && separator !== '-') return start;
  let first = start - 1;
  while (start - first < 4 && classAt(text, first - 1) === LETTER) first -= 1;
  const length = start - 1 - first;
  return length === 1 || length === 2 ? first : start;
}
