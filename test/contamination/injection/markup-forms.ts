import type { Random } from '../../support/random.js';

/** Cuts a text at white space; every second piece is white space. */
function pieces(text: string): readonly string[] {
  return text.split(/(\s+)/u);
}

function mapWords(text: string, change: (word: string, index: number) => string): string {
  return pieces(text)
    .map((piece, index) => (index % 2 === 1 || piece === '' ? piece : change(piece, index / 2)))
    .join('');
}

/** As a browser's page source: some words in tags with attributes, lines with <br>, specials as entities. */
export function inHtml(text: string, random: Random): string {
  const marked = mapWords(escaped(text), (word) => {
    const dice = random();
    if (dice < 0.08) return `<b>${word}</b>`;
    if (dice < 0.14) return `<a href="https://example.org/page?id=7&amp;lang=en">${word}</a>`;
    return dice < 0.18 ? `<span class="mark wide">${word}</span>` : word;
  });
  return `<div id="body"><p>${marked.replaceAll('\n', '<br/>\n')}</p></div>`;
}

/** Every word in a tag of its own, as syntax highlighters write them. */
export function inSpans(text: string): string {
  return mapWords(escaped(text), (word) => `<span class="tok">${word}</span>`);
}

/** Spaces and specials as entities of every kind. */
export function inEntities(text: string): string {
  return escaped(text).replaceAll("'", '&#39;').replaceAll('(', '&#x28;').replaceAll(' ', '&nbsp;');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Emphasis, code marks and links on some words. */
export function withEmphasis(text: string, random: Random): string {
  return mapWords(text, (word) => {
    const dice = random();
    if (dice < 0.1) return `**${word}**`;
    if (dice < 0.16) return `_${word}_`;
    if (dice < 0.2) return `\`${word}\``;
    if (dice < 0.26) return `[${word}](https://example.org/wiki/some-page_12 "title of 3")`;
    return dice < 0.3 ? `${word.slice(0, 2)}**${word.slice(2)}**` : word;
  });
}

/** Each sentence as an item of a numbered list. */
export function asList(text: string): string {
  return text
    .split(/(?<=[.?!])\s+/u)
    .map((sentence, index) => `${index + 1}. ${sentence}`)
    .join('\n');
}

export function inFence(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** A table with a row of four words in each line. */
export function asTable(text: string): string {
  const words = text.split(/\s+/u);
  const rows = Array.from({ length: Math.ceil(words.length / 4) }, (_, row) =>
    words.slice(row * 4, row * 4 + 4).join(' | '),
  );
  return ['| | | | |', '|---|:-:|--:|---|', ...rows.map((row) => `| ${row} |`)].join('\n');
}

/** Lines of about 60 characters, each after `> `. */
export function quoted(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/u)) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > 60) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `> ${line}`).join('\n');
}

/** As a JSON string within a JSON string, everything beyond ASCII and every tenth letter e as `\\uXXXX`. */
export function escapedTwice(text: string): string {
  let count = 0;
  return JSON.stringify({ body: text, done: true }).replace(/[^ -~]|e/gu, (character) => {
    if (character === 'e') count += 1;
    if (character === 'e' && count % 10 !== 0) return character;
    return [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('');
  });
}
