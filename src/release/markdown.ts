import { codeName, HIDDEN } from './hidden-characters.js';

/**
 * A text inside a line of Markdown: no table, markup or line break comes out of it, and what is hidden in it stands
 * there by name, such as `(U+202E)`.
 */
export function plain(text: string): string {
  return text
    .replace(HIDDEN, (character) => `(${codeName(character)})`)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
