/** The named entities of HTML that stand in prose. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwnj: '',
  zwj: '',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  hellip: '…',
  bull: '•',
  middot: '·',
  times: '×',
  divide: '÷',
  minus: '−',
  plusmn: '±',
  deg: '°',
  le: '≤',
  ge: '≥',
  ne: '≠',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  copy: '©',
  reg: '®',
  trade: '™',
  szlig: 'ß',
  aelig: 'æ',
  AElig: 'Æ',
  oslash: 'ø',
  Oslash: 'Ø',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
};

/** Combining marks by what an accented letter's entity ends with: `eacute` is e with an acute. */
const ACCENTS: Readonly<Record<string, string>> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  uml: '\u0308',
  tilde: '\u0303',
  ring: '\u030a',
  cedil: '\u0327',
  caron: '\u030c',
};
const ACCENTED = /^([A-Za-z])(acute|grave|circ|uml|tilde|ring|cedil|caron)$/;
const LAST_CODE_POINT = 0x10ffff;

/** The text that an entity stands for, given without `&` and `;`; `null` for an unknown one. */
export function characterOf(entity: string): string | null {
  if (entity.startsWith('#')) {
    const digits = entity.slice(1);
    const code = /^x/i.test(digits) ? parseInt(digits.slice(1), 16) : Number(digits);
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : null;
  }
  const accented = ACCENTED.exec(entity);
  if (accented !== null) {
    return `${accented[1] ?? ''}${ACCENTS[accented[2] ?? ''] ?? ''}`.normalize('NFC');
  }
  return Object.hasOwn(NAMED, entity) ? (NAMED[entity] ?? null) : null;
}
