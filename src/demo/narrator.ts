/** Tells the demo's story: headings, sentences, tables, and one line of progress that is overwritten. */
export interface Narrator {
  heading(text: string): void;
  say(text: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Shows how far something is; `done` ends the line. Nothing is shown where no terminal is. */
  progress(text: string): void;
  done(): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

/** A narrator that writes to a stream; emphasis only where it is a terminal. */
export function createNarrator(stream: Terminal): Narrator {
  const isTerminal = stream.isTTY === true;
  const bold = (text: string): string => (isTerminal ? `\u001b[1m${text}\u001b[22m` : text);
  let shown = false;
  const clear = (): void => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    heading: (text) => line(`\n${bold(text)}`),
    say: line,
    table: (head, rows) => {
      for (const text of layOut(head, rows)) line(text);
    },
    progress: (text) => {
      if (!isTerminal) return;
      clear();
      stream.write(text);
      shown = true;
    },
    done: clear,
  };
}

/** Columns as wide as their widest cell; all but the first are right-aligned where every cell is a number. */
export function layOut(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const cells = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const isNumeric = head.map(
    (_, column) =>
      column > 0 && rows.every((row) => /^[-+]?[\d., %]*$|^–$/u.test(row[column] ?? '')),
  );
  const render = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric[column] === true
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    `  ${render(head)}`,
    `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`,
    ...rows.map((row) => `  ${render(row)}`),
  ];
}
