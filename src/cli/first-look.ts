import { closeSync, openSync } from 'node:fs';
import { datasetBytes } from '../formats/dataset-file.js';
import { jsonRow } from '../formats/json-row.js';
import type { RowScanner } from '../text/row-scanner.js';
import type { CheckSamples } from './check-scan.js';
import { readScanned, type ScannedText, scannedText } from './scanned-text.js';
import type { FileStamps } from './file-stamps.js';
import { type LineVisitor, readLines, requireUnchanged, stampOf } from './line-reader.js';
import { isPlainLines, withPauses } from './plain-lines.js';
import { createLayoutReader } from './row-layouts.js';

/** Hears every row of the training files once, in order: the row where it may match anything, else `null`. */
export type LookVisitor = (row: ScannedText | null) => void;

/** Where rows are looked for, and what is taken of them; the files are stamped. */
export interface LookPlan {
  readonly files: readonly string[];
  readonly fields: readonly string[] | null;
  readonly stamps: FileStamps;
}

/**
 * Looks at the rows of training files for the first time. Of JSON Lines, a row that holds one text is looked at
 * in the bytes of the file, and parsed only where it may match anything.
 * @throws as `readTexts` does.
 */
export async function lookAtRows(
  { files, fields, stamps }: LookPlan,
  samples: CheckSamples,
  interrupted: AbortSignal,
  visit: LookVisitor,
): Promise<void> {
  for (const file of files) {
    stamps(file);
    if (samples.scanner !== null && isPlainLines(file)) {
      const visitor = visitorOf(file, fields, samples, samples.scanner, visit);
      await lookAtLines(file, samples.scanner, visitor, interrupted);
    } else {
      for await (const rows of readScanned(file, fields, interrupted)) {
        for (const row of rows) visit(samples.mayMatch(row) ? row : null);
      }
    }
    stamps(file);
  }
}

async function lookAtLines(
  file: string,
  scanner: RowScanner,
  visitor: LineVisitor,
  interrupted: AbortSignal,
): Promise<void> {
  const bytes = await datasetBytes(file);
  const descriptor = openSync(file, 'r');
  try {
    const stamp = stampOf(descriptor);
    await withPauses(file, bytes, interrupted, async (pause) => {
      const range = { start: 0, end: bytes };
      for (const read of readLines(descriptor, range, scanner, visitor)) await pause(read);
    });
    requireUnchanged(file, descriptor, stamp);
  } finally {
    closeSync(descriptor);
  }
}

function visitorOf(
  file: string,
  fields: readonly string[] | null,
  samples: CheckSamples,
  scanner: RowScanner,
  visit: LookVisitor,
): LineVisitor {
  const layoutOfRow = createLayoutReader(scanner, fields);
  let line = 0;
  let index = 0;
  /** Whether the next line by its bytes is a row that was looked at already. */
  let isKnown = false;
  return {
    row() {
      const layout = layoutOfRow();
      if (layout === null) return false;
      const { prompt, others } = layout;
      isKnown = samples.mayMatchTaken(others.length + 1, (text) => {
        const member = text === 0 ? prompt : (others[text - 1] ?? prompt);
        const [start, end] = [scanner.valueStart(member), scanner.valueEnd(member)];
        return scanner.take(start, end, scanner.hasEscapes(member));
      });
      if (isKnown) return false;
      line += 1;
      index += 1;
      visit(null);
      return true;
    },
    line(bytes) {
      line += 1;
      const row = jsonRow(bytes, file, `line ${line}`);
      if (row === null) return;
      const place = { file, index, line };
      const text = scannedText(row, fields, place);
      index += 1;
      visit(isKnown || samples.mayMatch(text) ? text : null);
      isKnown = false;
    },
  };
}
