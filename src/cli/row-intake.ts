import { answerPrint, optionsKey, toolCallsKey } from '../dedup/answers.js';
import { NO_ANSWER } from '../dedup/duplicate-search.js';
import { createRowSketches, type RowColumns, type SearchPolicy } from '../dedup/row-sketches.js';
import { canonicalJson } from '../domain/json.js';
import { promptText } from '../domain/record.js';
import { besidesOf, expectedOf } from '../formats/dataset-besides.js';
import { jsonRow } from '../formats/json-row.js';
import type { RowLayout } from '../formats/dataset-layout.js';
import type { DatasetText } from '../formats/dataset-row.js';
import type { Kernel } from '../text/kernel.js';
import { normalise } from '../text/normalise.js';
import type { RowScanner } from '../text/row-scanner.js';
import type { Shingler } from '../text/shingler.js';
import { hashText } from '../text/text-hash.js';
import { datasetTextOf, type RowRest } from './dataset-options.js';
import { type KeepRule, ranksOf } from './keep-rules.js';
import type { LineVisitor } from './line-reader.js';
import { createLayoutReader } from './row-layouts.js';
import { createRowPlaces, type PlaceColumns, type PlacedRow, PROMPT_PLACES } from './row-places.js';

/** What is kept of the rows that were taken in. */
export interface TakenRows {
  readonly columns: RowColumns;
  readonly places: PlaceColumns;
  /** Lines that were read, blank ones among them. */
  readonly lineCount: number;
}

/** Where a prompt stands. */
export type PromptPosition = Omit<PlacedRow, 'length' | 'ranks'>;

/** Takes rows in: sketches and hashes of what they hold, and where they stand. */
export interface RowIntake {
  readonly size: number;
  /** Takes lines of a file of JSON Lines, by the kernel's scanner. */
  visitor(path: string): LineVisitor;
  /** Takes a row that was read; its prompt, in UTF-8, is given to `keep`, which says where it stands then. */
  add(text: DatasetText, rest: RowRest, keep: (prompt: Uint8Array) => PromptPosition): void;
  /** What was taken in; begins from the front again. */
  taken(): TakenRows;
}

export interface IntakeOptions {
  readonly policy: SearchPolicy;
  readonly fields: readonly string[] | null;
  readonly keep: readonly KeepRule[];
  readonly kernel: Kernel | null;
  readonly shingler: Shingler;
}

const NO_BYTES = new Uint8Array(0);

export function createRowIntake({
  policy,
  fields,
  keep: rules,
  kernel,
  shingler,
}: IntakeOptions): RowIntake {
  const isRanked = rules.some((rule) => 'field' in rule);
  const sketches = createRowSketches(policy, kernel, shingler);
  const places = createRowPlaces();
  const encoder = new TextEncoder();

  function add(
    text: DatasetText,
    rest: RowRest,
    keep: (prompt: Uint8Array) => PromptPosition,
  ): void {
    const { messages, answer } = text;
    // Where columns are named, they are all that counts.
    const options = fields === null ? text.options : [];
    const prompt = promptText(messages);
    const isBare = options.length === 0 && rest.besides === '' && rest.expected === '';
    const isPlain =
      isBare && messages.length === 1 && answer === null && messages[0]?.role === 'user';
    const answered = isPlain ? '' : answerKey(text, rest.expected);
    // What two rows have to have in common to be duplicates.
    const key = options.length === 0 ? answered : `${optionsKey(options, answer)}\n${answered}`;
    // What UTF-8 can't hold, half of a surrogate pair, is compared as it is kept.
    const words = shingler.read(prompt.toWellFormed());
    const place = keep(shingler.utf8());
    const length = prompt.length + (answer?.length ?? 0);
    const id = text.id === null ? NO_BYTES : encoder.encode(JSON.stringify(text.id));
    places.add({ ...place, length, ranks: rest.ranks }, id, 0, id.length);
    sketches.add({
      words,
      content: isPlain
        ? shingler.textHash()
        : hashText(canonicalJson([messages, answer, options, rest.besides, rest.expected])),
      answer: key === '' ? NO_ANSWER : hashText(key),
      isAnswered: answered !== '',
      choices: options.length === 0 ? 0 : hashText(optionsKey(options)),
    });
  }

  /** Takes the row that the scanner has read, by its bytes alone. */
  function addScanned(layout: RowLayout, scanner: RowScanner, base: number, line: number): void {
    const { prompt, id } = layout;
    const start = scanner.valueStart(prompt);
    const end = scanner.valueEnd(prompt);
    const hasEscapes = scanner.hasEscapes(prompt);
    const words = shingler.readTaken(scanner.take(start, end, hasEscapes));
    const kind = hasEscapes ? PROMPT_PLACES.escaped : PROMPT_PLACES.plain;
    const row = {
      kind,
      offset: base + start,
      size: end - start,
      line,
      length: shingler.length(),
      ranks: [],
    };
    if (id === null) places.add(row, NO_BYTES, 0, 0);
    else places.add(row, scanner.input, scanner.outerStart(id), scanner.outerEnd(id));
    const content = shingler.textHash();
    sketches.add({ words, content, answer: NO_ANSWER, isAnswered: false, choices: 0 });
  }

  const scanner = kernel?.scanner ?? null;
  const layoutOfRow = scanner === null ? null : createLayoutReader(scanner, fields);
  let path = '';
  let line = 0;
  let index = 0;
  // One for all files: what an engine has learnt of its functions holds for the next one.
  const lines: LineVisitor = {
    row(base) {
      // A layout names the prompt alone.
      if (isRanked || scanner === null || layoutOfRow === null) return false;
      const layout = layoutOfRow();
      if (layout === null) return false;
      line += 1;
      index += 1;
      addScanned(layout, scanner, base, line);
      return true;
    },
    line(bytes, offset) {
      line += 1;
      const row = jsonRow(bytes, path, `line ${line}`);
      if (row === null) return;
      const place = { file: path, index, line };
      const text = datasetTextOf(row, fields, place);
      const rest = {
        ranks: ranksOf(row, rules, place),
        besides: besidesOf(row, fields),
        expected: expectedOf(row, fields, text.answer),
      };
      index += 1;
      const size = bytes?.length ?? 0;
      const own = line;
      add(text, rest, () => ({ kind: PROMPT_PLACES.line, offset, size, line: own }));
    },
  };

  return {
    get size() {
      return places.size;
    },
    visitor(file) {
      path = file;
      line = 0;
      index = 0;
      return lines;
    },
    add,
    taken: () => ({ columns: sketches.taken(), places: places.taken(), lineCount: line }),
  };
}

/** Answer, tool calls and what else is expected as they are compared; empty where there is none of them. */
function answerKey({ messages, answer }: DatasetText, expected: string): string {
  const toolCalls = toolCallsKey(messages);
  const isSaid = toolCalls !== '' || normalise(answer ?? '').text !== '';
  const said = isSaid ? `${toolCalls}\n${answerPrint(answer).key}` : '';
  return expected === '' ? said : `${said}\n${expected}`;
}
