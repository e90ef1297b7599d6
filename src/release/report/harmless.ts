import { codeName, HIDDEN } from '../hidden-characters.js';
import { html, trusted, type Html } from './html.js';

const PICTURES = 0x2400;
const DELETE = 0x7f;

/**
 * A text as it can be shown: escaped, and what is hidden in it as a box with its name. Repeats are counted.
 * `harmless('a\u202e\u202eb')` shows `a`, a box with `U+202E ×2`, and `b`.
 */
export function harmless(text: string): Html {
  const pieces: Html[] = [];
  let at = 0;
  for (let found = next(text, 0); found !== null; found = next(text, at)) {
    let end = found.index + found.character.length;
    let count = 1;
    while (text.startsWith(found.character, end)) {
      end += found.character.length;
      count += 1;
    }
    pieces.push(html`${text.slice(at, found.index)}${box(found.character, count)}`);
    at = end;
  }
  return html`${pieces}${text.slice(at)}`;
}

function next(
  text: string,
  from: number,
): { readonly index: number; readonly character: string } | null {
  HIDDEN.lastIndex = from;
  const match = HIDDEN.exec(text);
  return match === null ? null : { index: match.index, character: match[0] };
}

function box(character: string, count: number): Html {
  const code = character.codePointAt(0) ?? 0;
  const times = count === 1 ? '' : ` ×${count}`;
  const name = codeName(character);
  return trusted(`<span class="hidden" title="${name}">${pictureOf(code) ?? name}${times}</span>`);
}

/** The sign that Unicode has for a control character of ASCII. */
function pictureOf(code: number): string | null {
  if (code < 0x20) return String.fromCharCode(PICTURES + code);
  return code === DELETE ? '\u2421' : null;
}
