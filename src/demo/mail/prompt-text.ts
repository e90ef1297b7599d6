/** How much of a message the assistant is shown. */
export const PROMPT_WORDS = 40;
/** Messages with fewer words are left out of the demo: there is nothing to file them by. */
export const MINIMUM_WORDS = 6;

const REPLY_PREFIX = /^(?:\s*(?:re|fw|fwd|aw)(?:\[\d+\])?\s*:|\s*\[[^\]]*\])+\s*/i;

/**
 * A subject as it was first written: without reply marks and the tag in brackets that names the list.
 *
 * `Re: [ILUG] Re: mouse wheel` is `mouse wheel`.
 */
export function plainSubject(subject: string): string {
  return subject.replace(REPLY_PREFIX, '').replace(/\s+/g, ' ').trim();
}

/** Lines that quote, attribute a quotation, or that a list's or feed's software wrote. */
function isQuotedOrGenerated(line: string): boolean {
  return /^\s*(?:>|\|)|^(?:On |URL: |Date: )|wrote:|sf\.net/.test(line);
}

/** A message's own lines: up to the signature or the footer's rule, without quotations. */
function ownLines(body: string): readonly string[] {
  const lines = body.split('_______')[0]?.split('\n') ?? [];
  const signature = lines.findIndex((line) => line === '--' || line === '-- ');
  const upTo = signature === -1 ? lines : lines.slice(0, signature);
  return upTo.filter((line) => !isQuotedOrGenerated(line));
}

/**
 * What the assistant is asked about: the plain subject and the message's first own words, 40 in all.
 * Left out is what names the folder: list headers, subject tag, list footer; and quotations, so that a
 * reply is not a copy of what it answers.
 *
 * @returns `null` for a message of fewer than 6 words.
 */
export function promptText(subject: string, body: string): string | null {
  const words = `${plainSubject(subject)} . ${ownLines(body).join(' ')}`.trim().split(/\s+/);
  return words.length < MINIMUM_WORDS ? null : words.slice(0, PROMPT_WORDS).join(' ');
}
