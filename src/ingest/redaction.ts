import {
  DEFAULT_REDACTION_POLICY,
  PERSONAL_DATA_TYPES,
  type PersonalDataType,
  type RedactionPolicy,
} from '../domain/personal-data.js';
import type { RedactionCounts } from '../domain/record.js';
import type { PersonalSpan } from '../personal-data/detector.js';
import {
  type PersonalDataFinder,
  createPersonalDataFinder,
} from '../personal-data/find-personal-data.js';
import { type Findings, findEverywhere, replaceSpans } from '../personal-data/find-everywhere.js';
import { placeholderOf } from '../personal-data/placeholders.js';
import { createCleanTexts } from './clean-texts.js';
import { type Numbering, createNumbering } from './numbering.js';
import { redactorVersion } from './redactor-version.js';

const NOTHING: RedactionCounts = {};

/** Replaces personal data and secrets by placeholders that nobody can reverse. */
export interface Redactor {
  /** Of the rules, and of the policy where it is not the default. */
  readonly version: string;
  /** Whether it leaves every text as it is. */
  readonly isIdle: boolean;
  /** Redacts a text that stands alone. */
  redact(text: string): Redacted;
  /**
   * Begins a conversation: in all its texts a value has one placeholder. `ahead` are texts of it that have
   * placeholders already, whose numbers no other value is given.
   */
  conversation(ahead?: readonly string[]): ConversationRedactor;
  /** Where in a text there is what would be replaced, in UTF-16 units, in order. */
  find(text: string): readonly PersonalSpan[];
}

/** Redacts the texts of one conversation, in their order. */
export interface ConversationRedactor {
  redact(text: string): Redacted;
}

export interface Redacted {
  readonly text: string;
  /** Spans replaced, by type; a type without any is left out. */
  readonly counts: RedactionCounts;
}

/**
 * Finds personal data by the rules of `src/personal-data` and puts a placeholder of its type in its place.
 * Values are told apart by numbers, which count from 1 in the order of a conversation's texts and pass over
 * those that its texts have already. It takes linear time, and redacting twice changes nothing.
 *
 * `Call +44 7700 900123 or jo@example.org` gives `Call [PHONE_1] or [EMAIL_1]`, `{ phone: 1, email: 1 }`.
 */
export function createRedactor(policy: RedactionPolicy = DEFAULT_REDACTION_POLICY): Redactor {
  const types = new Set(PERSONAL_DATA_TYPES.filter((type) => policy.types[type] !== 'keep'));
  const finder = createPersonalDataFinder(types, policy.phoneRegions);
  const clean = createCleanTexts();
  const redact = (text: string, numbers: Numbering): Redacted => {
    if (clean.has(text)) return { text, counts: NOTHING };
    const found = findEverywhere(text, finder);
    // A bracket may begin a placeholder, which numbers have to pass over.
    if (found.spans.length === 0 && !text.includes('[')) clean.add(text);
    return redactText(text, found, numbers, finder);
  };
  const conversation = (ahead: readonly string[] = []): ConversationRedactor => {
    const numbers = createNumbering();
    for (const text of ahead) numbers.passOver(text);
    return { redact: (text) => redact(text, numbers) };
  };
  return {
    version: redactorVersion(policy),
    isIdle: types.size === 0,
    redact: (text) => redact(text, createNumbering()),
    conversation,
    find: (text) => findEverywhere(text, finder).spans,
  };
}

/** The types whose records are not wanted. */
export function unwantedTypes({ types }: RedactionPolicy): readonly PersonalDataType[] {
  return PERSONAL_DATA_TYPES.filter((type) => types[type] === 'drop');
}

/** Times that a text is looked through, at most: what is next to a value may be one only without it. */
const MOST_PASSES = 8;

function redactText(
  original: string,
  found: Findings,
  numbers: Numbering,
  finder: PersonalDataFinder,
): Redacted {
  numbers.passOver(original);
  if (found.spans.length === 0) return { text: original, counts: NOTHING };
  const counts: Record<string, number> = {};
  let text = original;
  let { spans, isAll } = found;
  for (let pass = 0; spans.length > 0 && pass < MOST_PASSES; pass += 1) {
    const before = text;
    text = replaceSpans(before, spans, ({ type, start, end }) => {
      counts[type] = (counts[type] ?? 0) + 1;
      return placeholderOf(type, numbers.numberOf(type, before.slice(start, end)));
    });
    if (isAll) break;
    ({ spans, isAll } = findEverywhere(text, finder));
  }
  return { text, counts };
}
