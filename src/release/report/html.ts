/** HTML that is safe to put into a page: made by `html` only. */
export interface Html {
  readonly html: string;
}

/** What may stand between the pieces of an `html` template. Texts and numbers are escaped. */
export type HtmlPart = Html | string | number | readonly HtmlPart[] | null;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for HTML content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * A piece of a page; every text that is put in is escaped.
 * `html\`<p>${'<b>'}</p>\`` is `<p>&lt;b&gt;</p>`; `null` leaves nothing.
 */
export function html(pieces: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const text = pieces.reduce((before, piece, index) => {
    const part = index === 0 ? '' : render(parts[index - 1] ?? null);
    return before + part + piece;
  }, '');
  return { html: text };
}

/** Text that is HTML already: the page's own style sheets, and what was escaped before. */
export function trusted(text: string): Html {
  return { html: text };
}

function render(part: HtmlPart): string {
  if (part === null) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if ('html' in part) return part.html;
  return part.map(render).join('');
}
