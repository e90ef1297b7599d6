import type { QuarantinedLine } from '../../connectors/connector.js';
import { DataError } from '../../domain/errors.js';
import { asBuffer } from '../../formats/as-buffer.js';
import type { SortedSpill } from '../../formats/sorted-spill.js';

/** A line that was not understood, with the number of its source. */
export type QuarantinedSourceLine = QuarantinedLine & { readonly source: number };

/** Lines that were not understood, in the order of reading, out of memory; they are made anew each time. */
export interface QuarantinedLines extends Iterable<QuarantinedSourceLine> {
  /** None may be added once they were asked for. */
  add(line: QuarantinedSourceLine): void;
  /**
   * Asks whether these are too many of all lines; `maximum` is a share, 0 to 1.
   * @throws DataError `too-many-unreadable`
   */
  assertFew(read: number, maximum: number): void;
}

export function createQuarantinedLines(rows: SortedSpill): QuarantinedLines {
  let first: QuarantinedSourceLine | null = null;
  return {
    add(line) {
      first ??= line;
      rows.add(rows.count(), '', Buffer.from(JSON.stringify(line)));
    },
    assertFew(read, maximum) {
      if (rows.count() <= maximum * read) return;
      throw new DataError(
        'too-many-unreadable',
        `${rows.count()} of ${read} lines could not be read (at most ${maximum * 100} % may be); ` +
          `the first is ${first?.position.uri} line ${first?.position.line}: ${first?.reason}. ` +
          `Mend the source or raise "maximumQuarantined"`,
      );
    },
    *[Symbol.iterator]() {
      for (const { bytes } of rows.rows()) {
        yield JSON.parse(asBuffer(bytes).toString('utf8')) as QuarantinedSourceLine;
      }
    },
  };
}
