import { CHECKED, type Detector, type Found, SHAPED } from './detector.js';
import type { Marks } from './marks.js';
import { type NumberingPlan, internationalPlans, numberingPlan } from './numbering-plans.js';
import { type NumberContext, contextOf, saysPhoneBehind } from './phone-context.js';
import {
  FEWEST_DIGITS,
  type PhoneForm,
  isDateLike,
  isJoined,
  isTelling,
  longestForms,
} from './phone-forms.js';
import { isDigitAt, isOneOf, isWordAt } from './units.js';

/**
 * Finds phone numbers: international ones by country code and length, those of `regions` by their numbering
 * plans, others by forms that are hardly anything else, and what a word such as `phone` announces.
 */
export function createPhoneNumbers(regions: readonly string[]): Detector {
  const plans = regions.flatMap((region) => numberingPlan(region) ?? []);
  return {
    types: ['phone'],
    detect(text: string, marks: Marks, found: Found) {
      const { count, starts } = marks;
      let taken = 0;
      for (let index = 0; index < count; index += 1) {
        const digit = starts[index] ?? 0;
        if (digit < taken || !isDigitAt(text, digit) || !hasEnoughDigits(text, marks, index))
          continue;
        const start = phoneStart(text, digit, taken);
        const form = start === -1 ? null : phoneAt(text, start, plans);
        if (form === null) continue;
        found('phone', form.start, form.end, form.certainty);
        taken = form.end;
      }
    },
  };
}

/** Seven digits stand in so many groups at most: `+33 1 23 45 67 89`. A row of single digits is a table. */
const MOST_GROUPS_OF_SEVEN = 6;

/** Whether the words from one on, each joined to the one before, have digits for a number. */
function hasEnoughDigits(text: string, { count, starts, ends }: Marks, first: number): boolean {
  let digits = 0;
  for (let index = first; digits < FEWEST_DIGITS; index += 1) {
    if (index === count || index - first === MOST_GROUPS_OF_SEVEN) return false;
    const start = starts[index] ?? 0;
    if (index > first && !isJoined(text, ends[index - 1] ?? 0, start)) return false;
    digits += (ends[index] ?? 0) - start;
  }
  return true;
}

/** More than a check digit of one in eleven says, less than one that a word announces. */
const LIKELY = CHECKED - 0.25;
/** How numbers of the North American plan are grouped: ten digits are much else too. */
const NORTH_AMERICAN_GROUPS = new Set(['10', '11', '3-3-4', '3-7', '1-3-3-4', '1-10']);

interface FoundForm {
  readonly start: number;
  readonly end: number;
  readonly certainty: number;
}

/** Where a number begins whose first digit stands at a place: at its plus or its bracket; -1 where none may. */
function phoneStart(text: string, digit: number, taken: number): number {
  let start = digit;
  if (isOneOf(text, start - 1, '(')) start -= 1;
  if (isOneOf(text, start - 1, '+')) start -= isOneOf(text, start - 2, '(') ? 2 : 1;
  else if (isOneOf(text, start - 1, ' ') && isOneOf(text, start - 2, '+')) start -= 2;
  if (isWordAt(text, start - 1)) return -1;
  if (isOneOf(text, start - 1, ':')) return isDigitAt(text, start - 2) ? -1 : start;
  const isJoined = isOneOf(text, start - 1, '.,/+-') && isWordAt(text, start - 2);
  return isJoined && start - 1 !== taken ? -1 : start;
}

/** The longest number that begins at a place, or behind a bracket that does not belong to it. */
function phoneAt(text: string, start: number, plans: readonly NumberingPlan[]): FoundForm | null {
  const forms = longestForms(text, start);
  if (forms.length > 0) {
    let context: NumberContext | null = null;
    for (const form of forms) {
      if (!form.isInternational && isDateLike(form)) continue;
      context ??= contextOf(text, start);
      const certainty = certaintyOf(text, form, plans, context);
      if (certainty > 0) return { start, end: form.end, certainty };
    }
  }
  return text.charAt(start) === '(' ? phoneAt(text, start + 1, plans) : null;
}

/** How sure it is that a form, which is no date, is a phone number; or 0. */
function certaintyOf(
  text: string,
  form: PhoneForm,
  plans: readonly NumberingPlan[],
  { announced, isCountedOff }: NumberContext,
): number {
  if (form.isInternational) return isInternational(form) ? CHECKED : 0;
  const isAnnounced =
    announced === 'plainly' ||
    (announced === 'vaguely' && form.groups.length > 1) ||
    saysPhoneBehind(text, form.end);
  if (isAnnounced) return CHECKED;
  if (isCountedOff) return 0;
  if (form.digits.startsWith('00') && isDialledAbroad(form)) return CHECKED;
  if (isNational(form, plans)) return LIKELY;
  return isTelling(form) ? SHAPED : 0;
}

function isInternational({ digits }: PhoneForm): boolean {
  const found = internationalPlans(digits);
  if (found === null) return false;
  // `+44 (0)20 …`: the prefix in brackets is not dialled from abroad.
  return found.plans.some(
    ({ lengths, nationalPrefix }) =>
      lengths.has(found.national.length) ||
      (nationalPrefix !== '' &&
        found.national.startsWith(nationalPrefix) &&
        lengths.has(found.national.length - nationalPrefix.length)),
  );
}

/** `001-518-640-0854`, `0044 20 7946 0958`. */
function isDialledAbroad({ digits, groups }: PhoneForm): boolean {
  const found = internationalPlans(digits.slice(2));
  if (found === null) return false;
  const { plans, national } = found;
  return groups.length > 1
    ? plans.some(({ lengths }) => lengths.has(national.length))
    : plans.some((plan) => plan.isValid(national));
}

/** A number that a country gives out. Without separators only from ten digits on, prefix included. */
function isNational({ digits, groups }: PhoneForm, plans: readonly NumberingPlan[]): boolean {
  if (groups.length === 1 && digits.length < 10) return false;
  return plans.some((plan) => {
    const { callingCode, nationalPrefix } = plan;
    if (callingCode === '1' && !NORTH_AMERICAN_GROUPS.has(groups.join('-'))) return false;
    if (plan.isValid(digits)) return true;
    const isPrefixed = nationalPrefix !== '' && digits.startsWith(nationalPrefix);
    return isPrefixed && plan.isValid(digits.slice(nationalPrefix.length));
  });
}
