import type { PersonalDataType } from '../domain/personal-data.js';
import { CHECKED, type Detector } from './detector.js';
import { numberForms, readNumbers } from './digit-groups.js';
import { IDENTITY_FORMS, identityCertainty } from './identity-numbers.js';
import { CARD_FORMS, isCardNumber } from './payment-cards.js';

/** Finds payment cards and those national identity numbers that are digits only, in one reading. */
export function createDigitNumbers(types: ReadonlySet<PersonalDataType>): Detector {
  const cardForms = new Set(types.has('card') ? CARD_FORMS : []);
  const identityForms = new Set(types.has('identity') ? IDENTITY_FORMS : []);
  const forms = numberForms([...cardForms, ...identityForms]);
  return {
    types: ['card', 'identity'],
    detect(text, marks, found) {
      readNumbers(text, marks, forms, (number) => {
        const { digits, form, start, end } = number;
        if (cardForms.has(form) && isCardNumber(digits)) found('card', start, end, CHECKED);
        const certainty = identityForms.has(form) ? identityCertainty(text, number) : 0;
        if (certainty > 0) found('identity', start, end, certainty);
      });
    },
  };
}
