import type { RedactionCounts } from '../domain/record.js';
import { redactCards } from './card-numbers.js';
import type { Found } from './found.js';
import { redactPhones } from './phone-numbers.js';
import { redactKeys } from './secret-patterns.js';

/** Replaces personal data and secrets. `version` changes with every rule, and manifests name it. */
export interface Redactor {
  readonly version: string;
  redact(text: string): Redacted;
}

export interface Redacted {
  readonly text: string;
  /** Spans replaced, by type; a type without any is left out. */
  readonly counts: RedactionCounts;
}

/**
 * A replaced span may make room for another match beside it (`4111111111111111sk-…`), so the rules run
 * until nothing changes; text that is not built to resist needs two rounds.
 */
const MAXIMUM_ROUNDS = 10;

/**
 * The parts are bounded (64 characters before the @, 63 per label: RFC 5321 4.5.3.1, RFC 1035 2.3.4), so
 * that no text makes the search slow.
 */
const EMAIL =
  /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}/gu;

/**
 * The first redactor: e-mail addresses, phone numbers, payment cards (by issuer, length and Luhn's
 * check digit), and keys (private keys, bearer tokens, JSON web tokens, passwords in URLs, and the keys
 * of known issuers by their prefixes) become `[EMAIL]`, `[PHONE]`, `[CARD]` and `[KEY]`. It takes linear
 * time, and redacting twice changes nothing. It knows no names, addresses or identity numbers.
 *
 * `Call +44 7700 900123 or jo@example.org` gives `Call [PHONE] or [EMAIL]`, `{ phone: 1, email: 1 }`.
 */
export function createRedactor(): Redactor {
  return { version: 'redactor-1', redact };
}

function redact(text: string): Redacted {
  const counts: Record<string, number> = {};
  const found: Found = (type) => {
    counts[type] = (counts[type] ?? 0) + 1;
  };
  let current = text;
  for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
    const next = redactOnce(current, found);
    if (next === current) break;
    current = next;
  }
  return { text: current, counts };
}

function redactOnce(text: string, found: Found): string {
  const withoutKeys = redactKeys(text, found);
  const withoutEmails = withoutKeys.includes('@')
    ? withoutKeys.replace(EMAIL, () => {
        found('email');
        return '[EMAIL]';
      })
    : withoutKeys;
  return redactPhones(redactCards(withoutEmails, found), found);
}
