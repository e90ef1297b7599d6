/**
 * What can't be seen or steers how other text is drawn: controls, bidirectional and zero-width characters, tags,
 * lone surrogates. Joiners that writing and emoji need are drawn as they are, and so are line feeds and tabs.
 */
export const HIDDEN =
  /(?![\t\n]|\r\n)(?:[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate})/gu;

/** `U+202E` */
export function codeName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
