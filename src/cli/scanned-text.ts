import { type ExampleText, exampleTexts, templateTexts } from '../contamination/example-parts.js';
import type { ScannedExample } from '../contamination/scanned-example.js';
import { type OtherText, otherTextsOf } from '../formats/dataset-others.js';
import { datasetTextOf, type PlacedText, readTexts, type RowPlace } from './dataset-options.js';

type Row = Readonly<Record<string, unknown>>;

/** A row of a training file with every text that is scanned. */
export interface ScannedText extends PlacedText {
  /** The texts beside prompt, answer and options. */
  readonly others: readonly OtherText[];
}

/** What a row holds. @throws DataError `row-shape` as `readTexts` does. */
export function scannedText(
  row: Row,
  fields: readonly string[] | null,
  place: RowPlace,
): ScannedText {
  const text = datasetTextOf(row, fields, place);
  return { ...place, ...text, others: othersOf(row, fields, text) };
}

/** As `readTexts`, of one file. */
export function readScanned(
  file: string,
  fields: readonly string[] | null,
  interrupted: AbortSignal,
): AsyncGenerator<readonly ScannedText[], void, undefined> {
  return readTexts([file], fields, interrupted, (row, _, text) => ({
    others: othersOf(row, fields, text),
  }));
}

function othersOf(
  row: Row,
  fields: readonly string[] | null,
  { messages, answer, options }: Omit<PlacedText, keyof RowPlace>,
): readonly OtherText[] {
  const known = [...exampleTexts(messages, answer), ...templateTexts(messages)];
  const said = messages.map(({ content }) => content);
  return otherTextsOf(row, fields, [...known.map(({ text }) => text), ...said, ...options]);
}

/** The texts of a row in the order that a scan takes them in: see `ScannedExample`. */
export function textsOf({
  messages,
  answer,
  options,
  others,
}: ScannedText): readonly ExampleText[] {
  return [
    ...exampleTexts(messages, answer),
    ...others.filter(({ isTemplate }) => !isTemplate),
    ...templateTexts(messages),
    ...others.filter(({ isTemplate }) => isTemplate),
    ...(options.length > 0 ? [{ name: 'options', text: options.join('\n') }] : []),
  ];
}

/** A row as it is scanned. */
export function toScannedExample(row: ScannedText): ScannedExample {
  const { index, messages, answer, options, others } = row;
  const [besides, templates] = [false, true].map((isTemplate) =>
    others.filter((other) => other.isTemplate === isTemplate).map(({ text }) => text),
  );
  return {
    id: String(index),
    parts: exampleTexts(messages, answer).map(({ text }) => text),
    others: besides ?? [],
    templates: [...templateTexts(messages).map(({ text }) => text), ...(templates ?? [])],
    answer,
    ...(options.length > 0 ? { options } : {}),
  };
}
