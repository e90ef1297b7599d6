const ENGLISH = /^[a-z]+$/u;
const DOUBLED = /([bdgmnprt])\1$/u;
const SHORTEST = 4;

/**
 * The stem of a lower-case word: what `share`, `shares`, `shared` and `sharing` have in common. A light
 * stemmer of English endings, made to join the forms that a rewording exchanges and not to be right about
 * any language; words that are not of a to z are left as they are.
 */
export function stemOf(word: string): string {
  if (word.length < SHORTEST || !ENGLISH.test(word)) return word;
  const base = withoutVerbEnding(withoutPlural(word));
  return base.length >= SHORTEST && base.endsWith('e') ? base.slice(0, -1) : base;
}

function withoutPlural(word: string): string {
  if (!word.endsWith('s') || /(?:ss|us|is)$/u.test(word)) return word;
  if (word.endsWith('ies') && word.length > SHORTEST) return `${word.slice(0, -3)}y`;
  return /(?:ch|sh|x|ss|z)es$/u.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

function withoutVerbEnding(word: string): string {
  if (word.endsWith('ied')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ing') && word.length > 5) return undoubled(word.slice(0, -3));
  if (word.endsWith('ed') && word.length > 4) return undoubled(word.slice(0, -2));
  if (word.endsWith('ly') && word.length > 5) return word.slice(0, -2);
  if (word.endsWith('er') && word.length > 6) return word.slice(0, -2);
  return word;
}

/** `running` is of `run`, but `filling` of `fill`. */
function undoubled(stem: string): string {
  return DOUBLED.test(stem) ? stem.slice(0, -1) : stem;
}
