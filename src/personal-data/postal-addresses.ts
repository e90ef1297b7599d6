import { type Detector, type Found, GUESSED } from './detector.js';

const START = String.raw`(?<![\p{L}\p{N}_])`;
const END = String.raw`(?![\p{L}\p{N}_])`;
const WORD = String.raw`\p{L}[\p{L}\p{M}.'’-]{0,30}`;
const HOUSE = String.raw`\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?`;
const UNIT = String.raw`(?:,? (?:[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Uu]nit|[Ff]lat|#)\.? ?\d{1,5}[A-Za-z]?)?`;
const STREET =
  '(?:[Ss]treets?|[Ss]t|[Aa]venue|[Aa]ve|[Rr]oad|[Rr]d|[Bb]oulevard|[Bb]lvd|[Dd]rive|[Dd]r|[Ll]ane|[Ll]n|[Cc]ourt|[Cc]t|[Pp]lace|[Pp]l|[Ss]quares?|[Ss]q|[Tt]errace|[Cc]rescent|[Hh]ighway|[Hh]wy|[Pp]arkway|[Pp]kwy|[Cc]ircle|[Ww]ay|[Cc]lose|[Gg]ardens|[Mm]ews)';
const LEADING =
  '(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]alle|[Aa]venida|[Pp]laza|[Rr]ua|[Cc]arrer|[Cc]amino)';
const COMPOUND = String.raw`\p{Lu}[\p{L}\p{M}-]{2,30}(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|ufer|straat|laan|plein|gade|vej|gatan|vägen|veien|gata|katu|tie|utca)`;
/** A city or two words, a state and a postal code. */
const REST = String.raw`(?:,? {0,1}\n? ?\p{Lu}[\p{L}\p{M} .'-]{1,40},? [A-Z]{2} \d{5}(?:-\d{4})?)?`;

const RULES: readonly RegExp[] = [
  new RegExp(`${START}${HOUSE} (?:${WORD} ){1,4}${STREET}${END}\\.?${UNIT}${REST}`, 'gu'),
  new RegExp(`${START}${LEADING} (?:${WORD} ){1,5}${HOUSE}${END}`, 'gu'),
  new RegExp(`${START}${HOUSE},? ${LEADING} (?:${WORD} ){0,4}${WORD}`, 'gu'),
  new RegExp(`${START}${COMPOUND} ${HOUSE}${END}`, 'gu'),
  new RegExp(
    `${START}(?:P\\.? ?O\\.? ?[Bb]ox|PSC \\d{1,5},? Box|Unit \\d{1,5},? Box|Postfach|Casella postale) \\d{1,7}${END}(?:\\n(?:APO|FPO|DPO) A[AEP] \\d{5})?`,
    'gu',
  ),
  new RegExp(`${START}(?:Apt|Suite|Apartment|Flat)\\.? \\d{1,5}${END}`, 'gu'),
];

/** Finds streets with house numbers, boxes and flats. A rule of thumb, off by default. */
export const postalAddresses: Detector = {
  types: ['address'],
  detect(text, _marks, found: Found) {
    for (const rule of RULES) {
      rule.lastIndex = 0;
      for (let match = rule.exec(text); match !== null; match = rule.exec(text)) {
        found('address', match.index, match.index + match[0].length, GUESSED);
      }
    }
  },
};
