import { CHECKED, type Detector, type Found } from './detector.js';
import type { Marks } from './marks.js';
import { DIGIT, before, isDigitAt, isHexUnit, isOneOf, isWordAt } from './units.js';

/** The longest form of an address: IPv6 with an IPv4 tail (RFC 4291 2.2). */
const LONGEST_RUN = 45;
const SHORTEST_RUN = 5;
const OCTETS = 4;
/** Hexadecimal digits of a group, at most: those of Cisco's MAC addresses and of IPv6. */
const LONGEST_GROUP = 4;
const [COLON, FULL_STOP] = [0x3a, 0x2e];
const HEX = 1;
const JOINER = 2;
const RUN_CLASSES = createRunClasses();
/** Units of a MAC address, in pairs (of 48 and of 64 bits) and in fours. */
const MAC_LENGTHS: readonly number[] = [17, 23, 14];

/** What stands before a number that is a version, as in `Version 1.2.3.4` or `Chrome/120.0.1.2`. */
const VERSION_BEFORE =
  /(?:\p{L}\/|(?:version|release|firmware|build|driver|ver|rev|section|chapter|clause|figure|table|v)[.:=]?[ \t]{0,2})$/iu;
const ADDRESS_BEFORE = /(?:\bip|address|addr|host|server|from|client|peer|:\/\/)\W{0,4}$/i;
const MAC =
  /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}(?:[0-9a-f]{2}\1[0-9a-f]{2}\1)?[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i;

/** Finds IPv4, IPv6 and MAC addresses; those that are nobody's (loopback, unspecified, masks) stay. */
export const networkAddresses: Detector = {
  types: ['ip', 'mac'],
  detect(text, marks, found) {
    if (marks.mostJoined >= OCTETS) detectIpv4(text, marks, found);
    detectHexRuns(text, marks, found);
  },
};

function detectIpv4(text: string, { count, starts, ends, kinds }: Marks, found: Found): void {
  for (let index = 0; index + 3 < count; index += 1) {
    const start = starts[index] ?? 0;
    if (kinds[index] !== DIGIT || text.charCodeAt(ends[index] ?? 0) !== FULL_STOP) continue;
    if (starts[index + 1] !== (ends[index] ?? 0) + 1) continue;
    if (isOneOf(text, start - 1, '.') || isWordAt(text, start - 1)) continue;
    const octets: number[] = [];
    for (let part = index; part < index + 4 && kinds[part] === DIGIT; part += 1) {
      const length = (ends[part] ?? 0) - (starts[part] ?? 0);
      const isJoined = part === index || starts[part] === (ends[part - 1] ?? 0) + 1;
      const isDotted = part === index || text.charAt((starts[part] ?? 0) - 1) === '.';
      if (length > 3 || !isJoined || !isDotted) break;
      octets.push(Number(text.slice(starts[part], ends[part])));
    }
    const end = ends[index + 3] ?? 0;
    const isWhole = octets.length === 4 && octets.every((octet) => octet <= 255);
    if (!isWhole || (isOneOf(text, end, '.') && isDigitAt(text, end + 1))) continue;
    if (isSomebodys(octets) && isAddress(text, start, octets)) found('ip', start, end, CHECKED);
  }
}

function isSomebodys([first = 0, second, third, fourth]: readonly number[]): boolean {
  if (first === 127) return false;
  if (first === 0) return false;
  return (
    !(first === 255 && second === 255) &&
    !(first + (second ?? 0) + (third ?? 0) + (fourth ?? 0) === 0)
  );
}

/** Four numbers below ten are a version or a heading's number more often than an address. */
function isAddress(text: string, start: number, octets: readonly number[]): boolean {
  const context = before(text, start, 24);
  if (/\/\/$/.test(context)) return true;
  if (VERSION_BEFORE.test(context)) return false;
  return octets.some((octet) => octet > 9) || ADDRESS_BEFORE.test(context);
}

/** Looks at runs of hexadecimal digits with signs between them, each once. */
function detectHexRuns(text: string, { count, starts, ends }: Marks, found: Found): void {
  let seen = 0;
  for (let index = 0; index < count; index += 1) {
    const word = starts[index] ?? 0;
    const wordEnd = ends[index] ?? 0;
    if (word < seen || wordEnd - word > LONGEST_GROUP) continue;
    if (runClass(text, wordEnd) !== JOINER && runClass(text, word - 1) !== JOINER) continue;
    let start = word;
    while (start > seen && word - start < LONGEST_RUN && runClass(text, start - 1) !== 0)
      start -= 1;
    let end = start;
    let colons = 0;
    let isShortened = false;
    for (; runClass(text, end) !== 0; end += 1) {
      if (text.charCodeAt(end) !== COLON) continue;
      colons += 1;
      isShortened ||= text.charCodeAt(end - 1) === COLON;
    }
    seen = Math.max(end, word + 1);
    const mayBeMac = MAC_LENGTHS.some(
      (length) => end - start >= length && end - start < length + 3,
    );
    if (isShortened || colons >= 4 || mayBeMac) classify(text, start, end, found);
  }
}

/** What there is beyond the ends of a text has no class. */
function runClass(text: string, at: number): number {
  return at < 0 || at >= text.length ? 0 : (RUN_CLASSES[text.charCodeAt(at)] ?? 0);
}

function createRunClasses(): Uint8Array {
  const classes = new Uint8Array(0x1_0000);
  for (let unit = 0; unit < 0x80; unit += 1) if (isHexUnit(unit)) classes[unit] = HEX;
  for (const sign of ':.-') classes[sign.charCodeAt(0)] = JOINER;
  return classes;
}

function classify(text: string, start: number, end: number, found: Found): void {
  if (end - start <= LONGEST_RUN + 4 && isMac(text, start, end, found)) return;
  // No IPv6 address has a hyphen in it: what stands before or behind one may be an address.
  for (let at = start; at < end;) {
    const hyphen = text.indexOf('-', at);
    const stop = hyphen === -1 || hyphen > end ? end : hyphen;
    classifyIpv6(text, at, stop, found);
    at = stop + 1;
  }
}

/** Whether a run is the form of a MAC address; those that are nobody's stay. */
function isMac(text: string, runStart: number, runEnd: number, found: Found): boolean {
  const [start, end] = trimmed(text, runStart, runEnd);
  if (!MAC_LENGTHS.includes(end - start) || isWordAt(text, start - 1) || isWordAt(text, end)) {
    return false;
  }
  const run = text.slice(start, end);
  if (!MAC.test(run)) return false;
  if (!/^(?:[0:.-]+|[f:.-]+)$/i.test(run)) found('mac', start, end, CHECKED);
  return true;
}

function classifyIpv6(text: string, runStart: number, runEnd: number, found: Found): void {
  if (runEnd - runStart > LONGEST_RUN + 4 || runEnd - runStart < SHORTEST_RUN) return;
  const [start, end] = trimmed(text, runStart, runEnd);
  if (isWordAt(text, start - 1) || isWordAt(text, end)) return;
  const run = text.slice(start, end);
  // Eight groups or an abbreviation have two colons at least.
  if (run.indexOf(':') === run.lastIndexOf(':')) return;
  if (isIpv6(run)) found('ip', start, end, CHECKED);
}

/** A run without the signs of the sentence around it. */
function trimmed(text: string, runStart: number, runEnd: number): readonly [number, number] {
  let start = runStart;
  let end = runEnd;
  while (start < end && isOneOf(text, start, '.-')) start += 1;
  if (isOneOf(text, start, ':') && !isOneOf(text, start + 1, ':')) start += 1;
  while (end > start && isOneOf(text, end - 1, '.-')) end -= 1;
  if (isOneOf(text, end - 1, ':') && !isOneOf(text, end - 2, ':')) end -= 1;
  return [start, end];
}

/** RFC 4291 2.2; without those that are nobody's, and what may be a path in a program, such as `a::b`. */
function isIpv6(run: string): boolean {
  if (!run.includes('::') && run.split(':').length !== 8 && !run.includes('.')) return false;
  const halves = run.split('::');
  if (halves.length > 2 || !/^[0-9a-f:.]+$/i.test(run)) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const hasTail = tail.includes('.');
  if (hasTail && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(tail)) return false;
  const plain = hasTail ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = plain.length + (hasTail ? 2 : 0);
  if (halves.length === 1) return count === 8;
  if (count > 7 || !/\d/.test(run)) return false;
  return hasTail || plain.length > 2 || plain.some((group) => group.length === 4);
}
