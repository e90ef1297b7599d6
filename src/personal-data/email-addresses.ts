import { type Detector, type Found, ANNOUNCED } from './detector.js';
import type { Marks } from './marks.js';
import { DIGIT, classAt, isDigitAt, isIn, isOneOf, isWordAt, unitSet } from './units.js';

/** RFC 5321 4.5.3.1 and RFC 1035 2.3.4: units of a local part, of a label and of a domain, at most. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_LABEL = 63;
const LONGEST_DOMAIN = 253;
const LONGEST_TOP_LEVEL = 24;
const LONGEST_FILE_ENDING = 4;
const LOCAL_SIGNS = unitSet(".%+'-");
const [HYPHEN, UNDERSCORE] = [0x2d, 0x5f];
const [SMALL_A, SMALL_Z] = [0x61, 0x7a];

/** Ends of file names, none of which is a top-level domain: `icon@2x.png` is no address. */
const FILE_ENDING =
  /^(?:png|jpe?g|gif|svg|webp|bmp|ico|js|jsx|ts|tsx|css|scss|html?|json|xml|ya?ml|txt|pdf|log|csv|exe|dll)$/i;
/** Accounts of programs, as in `git@example.org:team/project`. */
const PROGRAM = /^(?:git|hg|svn|ssh)$/i;
/** `jo (at) example (dot) org`, behind its local part. */
const SPELLED_DOMAIN =
  /[ \t]?[([]at[)\]][ \t]?([a-z0-9-]{1,63}(?:(?:\.|[ \t]?[([]dot[)\]][ \t]?)[a-z0-9-]{1,63}){0,6}?(?:\.|[ \t]?[([]dot[)\]][ \t]?)[a-z]{2,24})(?![\p{L}\p{N}_])/iuy;

/** Finds e-mail addresses: RFC 5322's dot-atoms and quoted strings, in any script, also percent-encoded. */
export const emailAddresses: Detector = {
  types: ['email'],
  detect(text: string, { atSigns }: Marks, found: Found) {
    for (const at of atSigns) {
      const sign = text.charAt(at);
      if (sign === '(' || sign === '[') detectSpelled(text, at, found);
      else detectPlain(text, at, sign === '%' ? 3 : 1, found);
    }
  },
};

function detectPlain(text: string, at: number, signLength: number, found: Found): void {
  const start = text.charAt(at - 1) === '"' ? quotedStart(text, at) : localStart(text, at);
  if (start === at) return;
  const end = domainEnd(text, at + signLength);
  if (end === -1) return;
  const isProgram = isOneOf(text, end, ':/') && PROGRAM.test(text.slice(start, at));
  if (!isProgram) found('email', start, end, ANNOUNCED);
}

function localStart(text: string, at: number): number {
  let start = at;
  while (at - start < LONGEST_LOCAL_PART && isLocalUnit(text, start - 1)) start -= 1;
  while (start < at && isIn(text, start, LOCAL_SIGNS)) start += 1;
  return isOneOf(text, at - 1, '.') ? at : start;
}

function isLocalUnit(text: string, at: number): boolean {
  return isWordAt(text, at) || isIn(text, at, LOCAL_SIGNS) || isSpaceless(text, at);
}

/** Letters of scripts without spaces: they may be an address of their own, in front of an `@` only. */
function isSpaceless(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0x3041 && unit <= 0xd7a3 && /\p{L}/u.test(text.charAt(at));
}

/** `"jo lee"@example.org`: where the quotation begins, or where it ends where there is none. */
function quotedStart(text: string, at: number): number {
  const open = text.lastIndexOf('"', at - 2);
  const isNear = open !== -1 && at - open <= LONGEST_LOCAL_PART;
  return isNear && !/[\n\r]/.test(text.slice(open, at)) ? open : at;
}

/** Where the longest domain ends that begins at a place and has a top-level domain of letters; or -1. */
function domainEnd(text: string, start: number): number {
  let end = -1;
  let label = start;
  let labels = 0;
  let numericLabels = 0;
  while (label - start < LONGEST_DOMAIN) {
    const labelEnd = endOfLabel(text, label);
    if (labelEnd === label) break;
    if (labels < 2 && isNumeric(text, label, labelEnd)) numericLabels += 1;
    labels += 1;
    if (labels > 1 && isTopLevel(text, label, labelEnd)) end = labelEnd;
    if (text.charAt(labelEnd) !== '.') break;
    label = labelEnd + 1;
  }
  // `core@12.0.0-next.beta` is a version.
  return numericLabels === 2 ? -1 : end;
}

function endOfLabel(text: string, start: number): number {
  let end = start;
  while (end - start < LONGEST_LABEL && isDomainUnit(text, end)) end += 1;
  while (end > start && text.charCodeAt(end - 1) === HYPHEN) end -= 1;
  return text.charCodeAt(start) === HYPHEN ? start : end;
}

function isDomainUnit(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const unit = text.charCodeAt(at);
  if (unit === HYPHEN) return true;
  return (isWordAt(text, at) && unit !== UNDERSCORE) || isSpaceless(text, at);
}

function isNumeric(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isDigitAt(text, at)) return false;
  return end > start;
}

/** Whether a label may be a top-level domain: letters that are no file's ending, or what begins with `xn--`. */
function isTopLevel(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST_FILE_ENDING && isAsciiLetters(text, start, end)) {
    return length <= LONGEST_TOP_LEVEL;
  }
  return isTopLevelName(text.slice(start, end));
}

function isAsciiLetters(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at) | 32;
    if (unit < SMALL_A || unit > SMALL_Z) return false;
  }
  return true;
}

function isTopLevelName(label: string): boolean {
  if (label.length < 2) return false;
  if (/^[a-z]+$/i.test(label)) return !FILE_ENDING.test(label);
  return /^xn--[a-z0-9-]{2,59}$/i.test(label) || /^[\p{L}\p{M}]{2,24}$/u.test(label);
}

function detectSpelled(text: string, at: number, found: Found): void {
  const localEnd = text.charAt(at - 1) === ' ' ? at - 1 : at;
  const start = localStart(text, localEnd);
  if (start === localEnd || (classAt(text, start) & DIGIT) !== 0 || isDigitAt(text, start)) return;
  SPELLED_DOMAIN.lastIndex = localEnd;
  const match = SPELLED_DOMAIN.exec(text);
  if (match !== null) found('email', start, SPELLED_DOMAIN.lastIndex, ANNOUNCED);
}
