import { createHash } from 'node:crypto';
import { harmless } from './harmless.js';
import { html, trusted, type Html } from './html.js';

/** What a page consists of beside its frame. */
export interface PageParts {
  readonly title: string;
  /** Style sheets, in order. */
  readonly styles: readonly Html[];
  readonly body: Html;
}

/**
 * A whole page: no scripts, fonts or links to elsewhere, and a policy that allows none: of style sheets it takes
 * the page's own by its digest.
 */
export function renderPage({ title, styles, body }: PageParts): string {
  const style = styles.map((sheet) => sheet.html).join('');
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${trusted(`<meta http-equiv="Content-Security-Policy" content="${policy}" />`)}
        <title>${plainTitle(title)}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
  return page.html;
}

/** A title is text without elements: names of what is hidden in it stand there without their boxes. */
function plainTitle(title: string): Html {
  return trusted(harmless(title).html.replace(/<[^>]*>/gu, ''));
}
