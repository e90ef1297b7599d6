/** A text inside a line of Markdown: no table, markup or line break comes out of it. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
