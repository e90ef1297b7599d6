/** Figures for a person, one a line. */
export function figuresTable(figures: Readonly<Record<string, string | number | object>>): string {
  const lines = Object.entries(figures).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name.padEnd(24)}${text}`;
  });
  return `${lines.join('\n')}\n`;
}
