import { type Detector, type Found, UNMISTAKABLE } from './detector.js';
import { placeholderEnd } from './placeholders.js';
import { isIn, unitSet } from './units.js';

/** Longer addresses are read this far. */
const LONGEST_URL = 8_192;
const SHORTEST_TOKEN = 6;

/** Names of parameters that give access, in lower case and without hyphens and underscores. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  (
    'token accesstoken authtoken idtoken refreshtoken apitoken usertoken bearertoken logintoken resettoken ' +
    'apikey xapikey key accesskey secretkey privatekey subscriptionkey ocpapimsubscriptionkey appkey ' +
    'awsaccesskeyid googleaccessid secret clientsecret appsecret password passwd pwd pass passphrase ' +
    'sig signature sign hmac xamzsignature xamzcredential xamzsecuritytoken xgoogsignature xgoogcredential ' +
    'keypairid policy auth authorization authkey session sessionid sessionkey sid jsessionid phpsessid jwt ' +
    'ticket magic magiclink invite invitetoken code otp nonce csrf csrftoken xsrftoken'
  ).split(' '),
);
/** Names that other things have too: their values count only where they look drawn at random. */
const COMMON_NAMES: ReadonlySet<string> = new Set(
  'key code policy auth pass session sid sign ticket invite magic nonce'.split(' '),
);
const PARAMETER = /[?&#;]([\w.$-]{1,64})=([^&#;\s]{1,4096})/g;
/** What ends an address in a text. */
const END_UNITS = createEndUnits();
/** Signs of the sentence around it. */
const TRAILING_SIGNS = unitSet('.,;:!?)]');

/** Finds what gives access in web addresses: passwords before the host, and the values of such parameters. */
export const urlTokens: Detector = {
  types: ['token'],
  detect(text, { schemes }, found) {
    let seen = 0;
    for (const colon of schemes) {
      if (colon < seen || !text.startsWith('//', colon + 1)) continue;
      const start = colon + 3;
      const end = endOfUrl(text, start);
      seen = end;
      const url = text.slice(start, end);
      if (url.includes('@')) detectUserInfo(url, start, found);
      if (url.includes('=')) detectParameters(url, start, found);
    }
  },
};

function createEndUnits(): Uint8Array {
  const ends = new Uint8Array(0x1_0000);
  for (let unit = 0; unit < 0x1_0000; unit += 1) {
    if (/[\s<>"'`{}|\\^]/.test(String.fromCharCode(unit))) ends[unit] = 1;
  }
  return ends;
}

/** Whether the unit at a place is one that no address has. */
export function endsUrl(text: string, at: number): boolean {
  return END_UNITS[text.charCodeAt(at)] !== 0;
}

function endOfUrl(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST_URL);
  let end = start;
  while (end < limit && END_UNITS[text.charCodeAt(end)] === 0) end += 1;
  while (end > start && isIn(text, end - 1, TRAILING_SIGNS) && !closesPlaceholder(text, end)) {
    end -= 1;
  }
  return end;
}

function closesPlaceholder(text: string, end: number): boolean {
  if (text.charAt(end - 1) !== ']') return false;
  const open = text.lastIndexOf('[', end - 1);
  return open >= end - 20 && placeholderEnd(text, open) === end;
}

/** `user:password@host`: the password; `token@host`: what stands there alone and looks drawn at random. */
function detectUserInfo(url: string, offset: number, found: Found): void {
  const authorityEnd = url.search(/[/?#]/);
  const authority = authorityEnd === -1 ? url : url.slice(0, authorityEnd);
  const at = authority.lastIndexOf('@');
  if (at <= 0) return;
  const colon = authority.indexOf(':');
  if (colon !== -1 && colon < at) {
    const isEmpty = colon + 1 === at || placeholderEnd(authority, colon + 1) === at;
    if (!isEmpty) found('token', offset + colon + 1, offset + at, UNMISTAKABLE);
  } else if (looksRandom(authority.slice(0, at))) found('token', offset, offset + at, UNMISTAKABLE);
}

function detectParameters(url: string, offset: number, found: Found): void {
  PARAMETER.lastIndex = 0;
  for (let match = PARAMETER.exec(url); match !== null; match = PARAMETER.exec(url)) {
    const [whole, name = '', value = ''] = match;
    const plain = name.toLowerCase().replace(/[_.$-]/g, '');
    if (!SECRET_NAMES.has(plain) || value.length < SHORTEST_TOKEN) continue;
    const start = match.index + whole.length - value.length;
    if (placeholderEnd(url, start) === start + value.length) continue;
    if (COMMON_NAMES.has(plain) && !looksRandom(value)) continue;
    found('token', offset + start, offset + start + value.length, UNMISTAKABLE);
  }
}

function looksRandom(value: string): boolean {
  const isMixed = /\d/.test(value) && /[A-Za-z]/.test(value);
  return value.length >= 16 && (isMixed || (/[a-z]/.test(value) && /[A-Z]/.test(value)));
}
