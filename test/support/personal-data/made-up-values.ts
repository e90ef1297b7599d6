import type { PersonalDataType } from '../../../src/domain/personal-data.js';
import { ibanCheck, luhnDigit } from './check-arithmetic.js';
import { madeUpIdentity } from './made-up-identities.js';
import { madeUpKey, madeUpToken, madeUpWallet } from './made-up-secrets.js';
import { type Maker, HEX, LOWER, UPPER, two } from './maker.js';

/** What a value is written into: what stands before it and behind it. */
export type Made = readonly [before: string, value: string, behind: string];

/** Kinds of made-up values: the types, with phone numbers apart by what tells them. */
export const KINDS = [
  'email',
  'phone abroad',
  'phone at home',
  'phone announced',
  'card',
  'iban',
  'identity',
  'ip',
  'mac',
  'token',
  'key',
  'wallet',
] as const;

export type Kind = (typeof KINDS)[number];

export function typeOfKind(kind: Kind): PersonalDataType {
  const [type = ''] = kind.split(' ');
  return type as PersonalDataType;
}

/** One made-up value of a kind in a sentence. */
export function makeUp(kind: Kind, make: Maker): Made {
  switch (kind) {
    case 'email':
      return inSentence(make, email(make));
    case 'phone abroad':
      return inSentence(make, phoneAbroad(make));
    case 'phone at home':
      return inSentence(make, phoneAtHome(make));
    case 'phone announced':
      return [make.pick(ANNOUNCEMENTS), phoneAnnounced(make), make.pick(BEHIND)];
    case 'card':
      return inSentence(make, card(make));
    case 'iban':
      return inSentence(make, iban(make));
    case 'identity':
      return madeUpIdentity(make);
    case 'ip':
      return inSentence(make, ip(make));
    case 'mac':
      return inSentence(make, mac(make));
    case 'token':
      return madeUpToken(make);
    case 'key':
      return madeUpKey(make);
    case 'wallet':
      return inSentence(make, madeUpWallet(make));
  }
}

const BEFORE = [
  '',
  'It is ',
  'see (',
  'the old one, ',
  '"',
  '- ',
  'Kontakt: ',
  'and then ',
  '\n',
  '<',
];
const BEHIND = ['', ' please', '.', ', thanks', ')', '"', '\n', ' or not?', '; next', '!'];
const ANNOUNCEMENTS = [
  'Phone: ',
  'call me at ',
  'my number is ',
  'tel. ',
  '"phone": "',
  'Fax ',
  'reach us at ',
];

function inSentence(make: Maker, value: string): Made {
  return [make.pick(BEFORE), value, make.pick(BEHIND)];
}

const TOP_LEVELS = ['com', 'org', 'co.uk', 'de', 'io', 'museum', 'com.br', 'dev'];

function email(make: Maker): string {
  const word = (): string => make.text(LOWER, 2 + make.int(8));
  const local = make.pick([
    () => word(),
    () => `${word()}.${word()}`,
    () => `${word()}+${word()}`,
    () => `${word()}_${make.digits(3)}`,
    () => `${make.text(UPPER, 1)}${word()}-${word()}`,
    () => `${make.text(LOWER, 1)}.o'${word()}`,
    () => `${word()}é`,
  ])();
  const host = make.pick([() => word(), () => `mail.${word()}`, () => `${word()}-${word()}`])();
  return `${local}@${host}.${make.pick(TOP_LEVELS)}`;
}

const ABROAD: readonly (readonly [string, readonly number[]])[] = [
  ['44', [2, 4, 4]],
  ['44', [4, 3, 3]],
  ['49', [3, 7]],
  ['49', [2, 4, 4]],
  ['33', [1, 2, 2, 2, 2]],
  ['1', [3, 3, 4]],
  ['91', [5, 5]],
  ['81', [2, 4, 4]],
  ['55', [2, 5, 4]],
  ['48', [3, 3, 3]],
  ['65', [4, 4]],
  ['61', [1, 4, 4]],
];

function groups(make: Maker, lengths: readonly number[], separator: string): string {
  return lengths
    .map((length, index) =>
      index === 0 ? `${1 + make.int(9)}${make.digits(length - 1)}` : make.digits(length),
    )
    .join(separator);
}

function phoneAbroad(make: Maker): string {
  const [code, lengths] = make.pick(ABROAD);
  const separator = make.pick([' ', '-', '.', '', ' ']);
  const prefix = make.pick([`+${code}`, `+${code}`, `00${code}`, `(+${code})`]);
  const joint = prefix.endsWith(')') ? ' ' : separator;
  if (separator === '' && prefix.startsWith('00')) return `+${code}${groups(make, lengths, '')}`;
  return `${prefix}${joint}${groups(make, lengths, separator)}`;
}

/** Area codes that the United States have had for long, and an exchange that may be given out. */
const AREA_CODES = ['212', '415', '305', '617', '206', '312', '713', '404', '503', '702'];

function phoneAtHome(make: Maker): string {
  const area = make.pick(AREA_CODES);
  const exchange = `${2 + make.int(8)}${make.int(10)}${2 + make.int(8)}`;
  const line = make.digits(4);
  return make.pick([
    `${area}-${exchange}-${line}`,
    `(${area}) ${exchange}-${line}`,
    `(${area})${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `${area} ${exchange} ${line}`,
    `1-${area}-${exchange}-${line}`,
    `1 (${area}) ${exchange}-${line}`,
    `${area}${exchange}${line}`,
    `${area}-${exchange}-${line} x${make.digits(3)}`,
    `${area}-${exchange}-${line} ext. ${make.digits(2)}`,
  ]);
}

function phoneAnnounced(make: Maker): string {
  const forms = [
    [3, 4],
    [4, 4],
    [2, 3, 3],
    [3, 3, 3],
    [4, 3, 2, 2],
    [2, 2, 2, 2, 2],
    [5, 6],
  ];
  return groups(make, make.pick(forms), make.pick([' ', '-', ' ']));
}

const ISSUERS: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4', 13],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['3528', 16],
  ['36', 14],
  ['38', 14],
  ['62', 17],
  ['6304', 12],
];

function card(make: Maker): string {
  const [prefix, length] = make.pick(ISSUERS);
  const digits = prefix + make.digits(length - prefix.length - 1);
  const whole = digits + luhnDigit(digits);
  const separator = make.pick(['', ' ', '-']);
  if (separator === '') return whole;
  if (length === 16) return (whole.match(/.{4}/g) ?? []).join(separator);
  if (length === 15)
    return [whole.slice(0, 4), whole.slice(4, 10), whole.slice(10)].join(separator);
  return whole;
}

/** Countries with the form of an account: digits, or letters first. */
const ACCOUNTS: readonly (readonly [string, number, number])[] = [
  ['DE', 0, 18],
  ['FR', 0, 23],
  ['GB', 4, 14],
  ['NL', 4, 10],
  ['ES', 0, 20],
  ['IT', 1, 22],
  ['CH', 0, 17],
  ['PL', 0, 24],
  ['NO', 0, 11],
  ['MT', 4, 23],
];

function iban(make: Maker): string {
  const [country, letters, digits] = make.pick(ACCOUNTS);
  const account = make.text(UPPER, letters) + make.digits(digits);
  const whole = `${country}${ibanCheck(country, account)}${account}`;
  const form = make.pick(['plain', 'fours', 'lower']);
  if (form === 'fours') return whole.replace(/(.{4})(?=.)/g, '$1 ');
  return form === 'lower' ? whole.toLowerCase() : whole;
}

function ip(make: Maker): string {
  const group = (): string => make.text(HEX, 4).replace(/^0{1,3}/, '');
  const octet = (): number => make.int(256);
  const first = (): number => 10 + make.int(110);
  return make.pick([
    () => `${first()}.${octet()}.${octet()}.${octet()}`,
    () => `${first()}.${octet()}.${octet()}.${octet()}`,
    () => Array.from({ length: 8 }, group).join(':'),
    () => `2001:db8::${group()}:${1 + make.int(9)}`,
    () => `fe80::${group()}:${group()}:${group()}`,
    () => `::ffff:${first()}.${octet()}.${octet()}.${octet()}`,
  ])();
}

function mac(make: Maker): string {
  const pairs = Array.from({ length: 6 }, () => make.text(HEX, 2));
  const separator = make.pick([':', '-', ':']);
  const address = make.pick([
    pairs.join(separator),
    pairs.join(separator).toUpperCase(),
    `${pairs[0]}${pairs[1]}.${pairs[2]}${pairs[3]}.${pairs[4]}${pairs[5]}`,
  ]);
  return /\d/.test(address) ? address : `0${address.slice(1)}`;
}

/** A day of the last century or this one, as `YYMMDD` or `DDMMYY`. */
export function madeUpDay(make: Maker, order: 'YMD' | 'DMY'): string {
  const [year, month, day] = [two(make, 0, 99), two(make, 1, 12), two(make, 1, 28)];
  return order === 'YMD' ? `${year}${month}${day}` : `${day}${month}${year}`;
}
