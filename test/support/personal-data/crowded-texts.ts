import { makeLookAlike } from './look-alikes.js';
import { HARD_UNITS } from './hard-units.js';
import { KINDS, makeUp } from './made-up-values.js';
import { type Maker, BASE_62, HEX } from './maker.js';

const SIGNS = [
  ...['', '', ' ', ' ', '  ', '\n', '\t', '.', ',', '-', '/', ':', ';', '+', '(', ')', '[', ']'],
  ...['"', "'", '=', '&', '?', '@', '%', '_', '#', '|', '\\', '<', '>', '::', '\u00a0', '\u202f'],
  ...['\u2010', '\u2011', '\u2013', '\u0301', '\u00e9', '\u4e2d', '\ud83d\ude00', '\ud83d'],
];
const PLACEHOLDERS = ['[EMAIL_1]', '[PHONE_2]', '[CARD]', '[KEY_3]', '[EMAIL', '[]', '[at]'];
/** What announces a value, what counts something off, and what may stand between that and a number. */
const WORDS = [
  ...['phone', 'call me on', 'fax', 'order', 'invoice', 'id', 'ssn', 'NHS', 'password', 'api_key'],
  ...['Bearer', 'token', 'version', 'from', 'Chrome/', 'IBAN:', 'office', 'x12', 'ext. 4', 'ref'],
  ...['number', 'number is', 'numbers', 'was', 'is', 'no', 'to', 'the', 'list', 'mail', '://'],
];

/** A text of values, halves of them and what looks like them, one beside the other, with few words between. */
export function crowdedText(make: Maker): string {
  let text = '';
  for (let count = 1 + make.int(12); count > 0; count -= 1) {
    text += piece(make) + make.pick(SIGNS);
    if (make.int(10) === 0) text += ` ${'letters and words '.repeat(make.int(12))}`;
  }
  return text;
}

function piece(make: Maker): string {
  switch (make.int(10)) {
    case 0:
    case 1:
      return value(make);
    case 2:
      return make.pick(['', ' ']) + makeUp(make.pick(KINDS), make).join('') + make.pick(['', ' ']);
    case 3:
      return makeLookAlike(make);
    case 4:
      return halfOf(value(make), make);
    case 5:
      // A word that says something of the number behind it, until a placeholder stands for it.
      return `a@b.${make.pick(WORDS)} ${make.pick(['', 'is ', 'number ', 'was number is '])}`;
    case 6:
      return make.pick([make.digits(1 + make.int(12)), make.text(HEX, 1 + make.int(5))]);
    case 7:
      return make.pick([make.text(BASE_62, 1 + make.int(40)), make.pick(PLACEHOLDERS)]);
    case 8:
      return make.pick(HARD_UNITS).repeat(1 + make.int(3));
    default:
      return ` ${make.pick(WORDS)} `;
  }
}

function value(make: Maker): string {
  return makeUp(make.pick(KINDS), make)[1];
}

function halfOf(whole: string, make: Maker): string {
  const cut = make.int(whole.length);
  return make.pick([whole.slice(0, cut), whole.slice(cut)]);
}
