import { LETTER, UNIT_CLASSES, isDigitAt, isIn, unitSet } from './units.js';

/** Words for the thing itself, and for using it. */
const PLAIN = words(
  'phone telephone tel mobile mob cell cellular cellphone call called calling fax whatsapp dial dialled dialing ' +
    'telefon telefone teléfono téléphone telefono handy rufnummer telefonnummer phonenumber ring hotline',
);
/** Words that are labels of a number with a colon behind them. */
const LABELS = words('desk office home work direct landline');
/** Words that say so only where the digits are grouped. */
const VAGUE = words(
  'answer answers answered answering message messages sms text texts texted texting reach reached reachable ' +
    'contact contacted registered landline desk office',
);
const POSSESSIVES = words('my our your his her their');
/** Words that may stand between the word and the number. */
const FILLERS = words(
  'number numbers no nr is was are me us him her them at on my our your his the now back or and under via to ist ' +
    'unter home work new est es',
);
/** What counts things off: the digits behind it are no phone number unless a word says so. */
const COUNTING = words(
  'order invoice ticket ref reference id ids account acct serial sn isbn issn ean upc sku asin code case track ' +
    'tracking parcel policy version build timestamp time epoch claim booking customer member user item part model ' +
    'batch lot receipt transaction txn commit issue bug pr row line page port pid session request count total sum ' +
    'amount price cost nhs ssn sin tfn abn vat tax iban bic card rechnung bestellung auftrag facture commande pedido ' +
    'licence license barcode uuid hash key index offset size bytes population',
);
const COUNTING_FILLERS = words('number numbers num no nr id code is was of for ist');
/** The last part of a name in a program: `order_id`, `orderId`. */
const IDENTIFIER_END = /(?:_|[a-z])(?:id|ids|no|nr|num|count|ts|at|time|key|code|ref)$/;
const BEHIND =
  /^[ \t]?(?:[-–(][ \t]?)?(?:office|fax|mobile|mob|cell|home|work|phone|tel|landline|direct)(?![\p{L}\p{N}_])/iu;
/** What `BEHIND` may begin with, and the words in it. */
const SIGNS_BEHIND = unitSet(' \t-–(');
const MOST_SIGNS_BEHIND = 3;
const FIRST_BEHIND = unitSet('ofmchwptldOFMCHWPTLD');
const MOST_FILLERS = 4;
const MOST_SIGNS = 4;
const LONGEST_WORD = 24;
/** How far before a number `contextOf` looks, at most: through fillers to a word of any kind, and a unit farther. */
export const CONTEXT_REACH =
  MOST_FILLERS * (MOST_SIGNS + Math.max(...[...FILLERS].map(({ length }) => length))) +
  (MOST_SIGNS + LONGEST_WORD + 1);
const SIGNS_BETWEEN = unitSet(' \t:=#.,\'"(\r\n-/');

/** Whether words before a number say that it is a phone number, and whether they say that it is another. */
export interface NumberContext {
  readonly announced: 'plainly' | 'vaguely' | null;
  readonly isCountedOff: boolean;
}

/** What the words before a number say of it. */
export function contextOf(text: string, start: number): NumberContext {
  let isCountedOff = isSigned(text, start);
  let couldCount = true;
  let saysNumber = false;
  let at = start;
  for (let count = 0; count <= MOST_FILLERS; count += 1) {
    const end = skipSigns(text, at);
    const first = wordStart(text, end);
    if (first === end) break;
    const written = text.slice(first, end);
    const word = written.toLowerCase();
    if (couldCount && (COUNTING.has(word) || isIdentifier(written))) isCountedOff = true;
    couldCount &&= COUNTING_FILLERS.has(word);
    if (PLAIN.has(word) || PLAIN.has(lastPart(word))) return { announced: 'plainly', isCountedOff };
    if (LABELS.has(word) && text.charAt(end) === ':') return { announced: 'plainly', isCountedOff };
    const isVague = VAGUE.has(word) || (saysNumber && POSSESSIVES.has(word));
    if (isVague && !isCountedOff && !/[^\s\p{L}:]/u.test(text.slice(end, start)))
      return { announced: 'vaguely', isCountedOff };
    if (!FILLERS.has(word)) break;
    saysNumber ||= word === 'number';
    at = first;
  }
  return { announced: null, isCountedOff };
}

/** `467 3395 office`, `467 3395-Fax`. */
export function saysPhoneBehind(text: string, end: number): boolean {
  let at = end;
  while (at - end < MOST_SIGNS_BEHIND && isIn(text, at, SIGNS_BEHIND)) at += 1;
  return isIn(text, at, FIRST_BEHIND) && BEHIND.test(text.slice(end, end + 14));
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** Where the word ends that stands before a place, with at most a few signs between. */
function skipSigns(text: string, from: number): number {
  let at = from;
  while (from - at < MOST_SIGNS && isIn(text, at - 1, SIGNS_BETWEEN)) at -= 1;
  return at;
}

function wordStart(text: string, end: number): number {
  let start = end;
  while (
    start > 0 &&
    end - start < LONGEST_WORD &&
    UNIT_CLASSES[text.charCodeAt(start - 1)] === LETTER
  ) {
    start -= 1;
  }
  return isDigitAt(text, start - 1) ? end : start;
}

function lastPart(word: string): string {
  const cut = word.indexOf('_');
  if (cut === -1) return '';
  const parts = word.split('_').filter((part) => !FILLERS.has(part) && part !== '');
  return parts.at(-1) ?? '';
}

function isIdentifier(word: string): boolean {
  const isJoined = word.includes('_') || /[a-z][A-Z]/.test(word);
  return (
    isJoined && IDENTIFIER_END.test(word.toLowerCase()) && !PLAIN.has(lastPart(word.toLowerCase()))
  );
}

/** `#2125550123`, `$ 2125550123`. */
function isSigned(text: string, start: number): boolean {
  const before = text.charAt(start - 1) === ' ' ? text.charAt(start - 2) : text.charAt(start - 1);
  return before !== '' && '#$€£№'.includes(before);
}
