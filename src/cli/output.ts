/** Where a command writes. Text goes to standard output, or nowhere when JSON was asked for. */
export interface Output {
  /** Once, before anything is written. */
  useJson(isJson: boolean): void;
  isJson(): boolean;
  /** A line for a person. */
  line(text?: string): void;
  /** A line about progress or a warning, to standard error, whatever the format. */
  note(text: string): void;
  /** The one object of `--json`: the first that is given. */
  result(value: unknown): void;
}

interface Stream {
  write(text: string): unknown;
}

/** An output over two streams, the process's own or a test's. */
export function createOutput(standard: Stream, error: Stream): Output {
  let json = false;
  let isAnswered = false;
  return {
    useJson(isJson) {
      json = isJson;
    },
    isJson: () => json,
    line(text = '') {
      if (!json) standard.write(`${text}\n`);
    },
    note(text) {
      error.write(`${text}\n`);
    },
    result(value) {
      if (!json || isAnswered) return;
      isAnswered = true;
      standard.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** Rows in columns, two spaces apart: `[['a', '1'], ['bcd', '2']]` is `a    1`, `bcd  2`. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
