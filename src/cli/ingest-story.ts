import type { QuarantinedLine } from '../connectors/connector.js';
import { type Books, type ReasonCounts, count, total } from '../domain/books.js';
import { reasonList } from '../release/report/books.js';
import { counted, formatCount } from '../release/report/numbers.js';
import type { Survey } from '../select/survey.js';
import type { LeftOut } from './ingest-chain.js';
import { columns, type Output } from './output.js';

/** What a dry run found. */
export interface DryIngest {
  readonly model: string;
  /** `null` for all that there is. */
  readonly window: string | null;
  readonly sources: readonly {
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
    readonly unknownFiles: number;
  }[];
  /** Records from before the window that was asked for, which were passed over. */
  readonly before: number;
  readonly leftOut: LeftOut;
  readonly books: Books;
  /** Those of each reason that were read first. */
  readonly quarantined: readonly QuarantinedLine[];
  readonly maximumQuarantined: number;
  readonly isTooMuchUnreadable: boolean;
  readonly survey: Survey;
}

const REDACTED = 'redacted-';

/** So many places of unreadable lines are told for each reason. */
const PLACES = 3;
const PLACES_IN_JSON = 100;

/** So many overlaps are told in text. */
const OVERLAPS = 10;

/** Of each reason as many lines as are told of. */
export function firstOfEach(quarantined: Iterable<QuarantinedLine>): readonly QuarantinedLine[] {
  const told: Record<string, number> = {};
  const first: QuarantinedLine[] = [];
  for (const line of quarantined) {
    count(told, line.reason);
    if ((told[line.reason] ?? 0) <= PLACES_IN_JSON) first.push(line);
  }
  return first;
}

/** Tells a dry run to a person. */
export function tellDryIngest(found: DryIngest, output: Output): void {
  const { books, survey } = found;
  const what = found.window === null ? 'everything' : `window ${found.window}`;
  const first = found.leftOut.windows === null ? ', as if read for the first time' : '';
  output.line(`${found.model}: ${what}${first}; nothing was written`);
  for (const { path, files, bytes, unknownFiles } of found.sources) {
    const unread = unknownFiles > 0 ? `; ${counted(unknownFiles, 'other file')} not read` : '';
    output.line(`  ${path}: ${counted(files, 'file')}, ${counted(bytes, 'byte')}${unread}`);
  }
  if (found.before > 0)
    output.line(`  ${counted(found.before, 'record')} from before it passed over`);
  tellLeftOut(found.leftOut, output);
  output.line();
  for (const line of columns(ledgerOf(books))) output.line(line);
  tellPlaces(found, output);
  output.line();
  output.line(`redacted     ${reasonList(redactedOf(books)) || 'nothing'}`);
  output.line();
  tellSurvey(survey, output);
  if (found.isTooMuchUnreadable) {
    output.line();
    output.line(
      `A run would stop: more than ${found.maximumQuarantined * 100} % of the lines can't be read (maximumQuarantined).`,
    );
  }
}

function tellLeftOut(
  { windows, fromFiles, listed, unusable, because }: LeftOut,
  output: Output,
): void {
  if (fromFiles > 0) output.line(`  left out: ${counted(fromFiles, 'opt-out')} of files`);
  if (windows !== null) {
    const hashes = counted(listed ?? 0, 'hash', 'hashes');
    output.line(
      `  left out: ${hashes} of the list of opt-outs, and what ${counted(windows, 'earlier window')} read`,
    );
  }
  if (because !== null) {
    const hashes = unusable > 0 ? `, nor ${counted(unusable, 'hash', 'hashes')} of files` : '';
    output.line(
      `  not looked at: the list of opt-outs and what earlier windows have read${hashes}, since ${because}`,
    );
  }
}

/** A dry run as the one object of `--json`. */
export function dryIngestResult(found: DryIngest): object {
  const { quarantined, books, ...rest } = found;
  const byReason: Record<string, { uri: string; line: number; offset: number; length: number }[]> =
    {};
  for (const { reason, position } of quarantined) {
    (byReason[reason] ??= []).push(position);
  }
  return { ...rest, books, redacted: redactedOf(books), unreadable: byReason };
}

function ledgerOf(books: Books): readonly (readonly string[])[] {
  const deferred = books.deferred === 0 ? [] : [['deferred', formatCount(books.deferred), '']];
  return [
    ['read', formatCount(books.read), ''],
    ['kept', formatCount(books.kept), ''],
    ['dropped', formatCount(total(books.dropped)), reasonList(books.dropped)],
    ['quarantined', formatCount(total(books.quarantined)), reasonList(books.quarantined)],
    ...deferred,
  ];
}

function tellPlaces({ quarantined }: DryIngest, output: Output): void {
  const told: Record<string, number> = {};
  for (const { reason, position } of quarantined) {
    count(told, reason);
    if ((told[reason] ?? 0) > PLACES) continue;
    output.line(`             ${reason}: ${position.uri} line ${position.line}`);
  }
}

function redactedOf(books: Books): ReasonCounts {
  const notes = Object.entries(books.notes ?? {}).filter(([name]) => name.startsWith(REDACTED));
  return Object.fromEntries(notes.map(([name, spans]) => [name.slice(REDACTED.length), spans]));
}

function tellSurvey(survey: Survey, output: Output): void {
  const origins = reasonList(survey.origins);
  output.line(
    `${formatCount(survey.learnable)} of ${formatCount(survey.records)} could be learnt from` +
      `${origins === '' ? '' : ` (${origins})`}; some of them will be held out`,
  );
  if (survey.reasons.length === 0) return;
  const rows = survey.reasons.map(({ reason, takes, alone, counted: first }) =>
    [reason, formatCount(takes), formatCount(alone), formatCount(first)].map(String),
  );
  output.line();
  for (const line of columns([['against them', 'takes', 'alone', 'counted'], ...rows])) {
    output.line(line);
  }
  for (const { reasons, records } of survey.together.slice(0, OVERLAPS)) {
    output.line(`  together ${reasons.join(' + ')}: ${formatCount(records)}`);
  }
}
