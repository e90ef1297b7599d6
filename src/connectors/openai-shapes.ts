import { createLineSkimmer, type SkimmedName } from '../formats/skim.js';
import type { LogField, LogFields } from './log-fields.js';
import { readLogRow } from './log-line.js';
import { createRowShapes, type RowShapes } from './row-shapes.js';

/** What messages' texts are called, and what tools are called with and answer; others are read with the line. */
const TEXTS: readonly string[] = ['content', 'arguments', 'tool_call_id'];
/** What is decided by and not kept, wherever it stands: kinds of parts, tools and formats, and what a signal says. */
const DECIDING: readonly string[] = [
  'type',
  'modality',
  'mime_type',
  'value',
  'verdict',
  'kind',
  'surface',
];
/** When a signal was given. */
const SIGNAL_TIME = 'at';
const IDENTIFIERS: readonly LogField[] = ['id', 'tenant', 'user', 'conversation'];
/** Numbers that are others in every call, and that nothing is made of. */
const UNUSED_NUMBERS: readonly string[] = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'input_tokens',
  'output_tokens',
  'latency',
  'latency_ms',
  'duration',
  'duration_ms',
];

/** The shapes of logs with one call in each row; `null` where a mapping has to see every value. */
export function openaiShapes(fields: LogFields): RowShapes | null {
  // A list whose answers are all calls is an id by its digest.
  if (fields.isEachTurn) return null;
  const namesOf = (wanted: (field: LogField) => boolean): readonly string[] =>
    Object.entries(fields.paths).flatMap(([field, paths]) =>
      wanted(field as LogField) ? paths.flatMap((path) => lastName(path)) : [],
    );
  const times = new Set([...namesOf((field) => field === 'time'), SIGNAL_TIME]);
  const identifiers = new Set(namesOf((field) => IDENTIFIERS.includes(field)));
  const others = new Set([
    ...namesOf((field) => field !== 'time' && !IDENTIFIERS.includes(field)),
    ...DECIDING,
    ...[fields.rolePath, fields.toolCallsPath, fields.messageScorePath ?? []].flatMap(lastName),
  ]);
  const names: SkimmedName[] = [
    ...TEXTS.map((name) => ({ name, texts: true, numbers: false })),
    ...[...times].map((name) => ({ name, texts: true, numbers: true })),
    ...[...identifiers].map((name) => ({ name, texts: true, numbers: false })),
    ...UNUSED_NUMBERS.map((name) => ({ name, texts: false, numbers: true })),
  ];
  const skimmed = names.filter(
    ({ name }, index) =>
      !others.has(name) && names.every((each, other) => each.name !== name || other === index),
  );
  const skimmer = createLineSkimmer(skimmed);
  if (skimmer === null) return null;
  return createRowShapes(skimmer, times, (row, position, texts) =>
    readLogRow(row, position, fields, texts),
  );
}

function lastName(path: readonly (string | number)[]): readonly string[] {
  const last = path.at(-1);
  return typeof last === 'string' ? [last] : [];
}
