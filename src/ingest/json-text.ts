import type { ConversationRedactor, Redacted } from './redaction.js';

/** JSON nested deeper than this is redacted as the text it is. */
const MAXIMUM_DEPTH = 500;

/**
 * Redacts a text that may be JSON, such as a tool call's arguments, so that JSON stays JSON.
 *
 * It is redacted as a text first, since names tell what values are (`"phone": "467 3395"`). Its strings and
 * numbers are looked at one by one only where that breaks it (`{"card": 4111111111111111}`), or where escapes
 * can hide what they are (`"jo\u0040example.org"`).
 */
export function redactJsonText(text: string, redactor: ConversationRedactor): Redacted {
  const whole = redactor.redact(text);
  const hasEscapes = text.includes('\\');
  if (!hasEscapes && whole.text === text) return whole;
  if (depthOf(text) > MAXIMUM_DEPTH || parsed(text) === undefined) return whole;
  const isBroken = parsed(whole.text) === undefined;
  if (!isBroken && !hasEscapes) return whole;
  return redactValues(isBroken ? { text, counts: {} } : whole, redactor);
}

function redactValues(start: Redacted, redactor: ConversationRedactor): Redacted {
  const counts: Record<string, number> = { ...start.counts };
  const redact = (part: string): string => {
    const redacted = redactor.redact(part);
    for (const [type, amount] of Object.entries(redacted.counts)) {
      counts[type] = (counts[type] ?? 0) + amount;
    }
    return redacted.text;
  };
  const { value, changed } = redactValue(parsed(start.text), redact);
  return { text: changed ? JSON.stringify(value) : start.text, counts };
}

interface RedactedValue {
  readonly value: unknown;
  readonly changed: boolean;
}

function redactValue(value: unknown, redact: (text: string) => string): RedactedValue {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    const redacted = redact(text);
    return redacted === text ? { value, changed: false } : { value: redacted, changed: true };
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactValue(item, redact));
    return { value: items.map((item) => item.value), changed: items.some((item) => item.changed) };
  }
  if (typeof value !== 'object' || value === null) return { value, changed: false };
  let changed = false;
  const members = Object.entries(value).map(([name, member]) => {
    const redactedName = redact(name);
    const redactedMember = redactValue(member, redact);
    changed ||= redactedName !== name || redactedMember.changed;
    return [redactedName, redactedMember.value] as const;
  });
  return { value: Object.fromEntries(members), changed };
}

/** At least as deep as the JSON is nested; brackets within strings count too. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
