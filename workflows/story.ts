import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Books } from '../src/domain/books.js';
import { total } from '../src/domain/books.js';
import type { WindowInput } from '../src/domain/contracts.js';
import type { CostEstimate } from '../src/domain/cost-estimate.js';
import { formatCount } from '../src/domain/counted.js';
import { describeAsking } from '../src/domain/asking.js';
import { describeDetectable } from '../src/domain/detectable.js';
import { attributes } from './messages.js';

/** The running account of a window, as Temporal's UI shows it under «Current Details». */
export interface Story {
  /** Opens a stage: one search attribute and one line. */
  stage(name: string): void;
  /** Adds a sentence of counts to what the page tells. */
  tell(line: string): void;
}

/** Starts the account of a window. It holds names and counts, never a record's text. */
export function openStory(input: WindowInput): Story {
  const lines: string[] = [];
  let current = 'starting';
  const show = (): void => {
    const told = lines.map((line) => `- ${line}`).join('\n');
    setCurrentDetails(`## ${input.model}, window ${input.window.id}: ${current}\n\n${told}`);
  };
  upsertSearchAttributes([
    { key: attributes.model, value: input.model },
    { key: attributes.window, value: input.window.id },
  ]);
  return {
    stage(name) {
      current = name;
      upsertSearchAttributes([{ key: attributes.stage, value: name }]);
      show();
    },
    tell(line) {
      lines.push(line);
      show();
    },
  };
}

/** `ingest: read 412, kept 380, dropped 20 (seen 20), quarantined 2, deferred 10` without the zeros. */
export function booksLine(books: Books): string {
  const { read, kept, dropped, quarantined, deferred } = books;
  const parts = [`read ${formatCount(read)}`, `kept ${formatCount(kept)}`];
  for (const [what, counts] of Object.entries({ dropped, quarantined })) {
    if (total(counts) > 0) parts.push(`${what} ${formatCount(total(counts))} (${reasons(counts)})`);
  }
  if (deferred > 0) parts.push(`deferred ${formatCount(deferred)}`);
  return `${books.stage}: ${parts.join(', ')}`;
}

/** `detectable: frozen:mail can show differences of 6.1 points and …`, a line for each suite that decides. */
export function detectableLines({ detectable }: CostEstimate): readonly string[] {
  return (detectable ?? []).map((suite) => `detectable: ${describeDetectable(suite)}`);
}

/** `asking: at most 2,400 answers, about 3.10 USD`, where it is known what they cost. */
export function askingLines({ asking }: CostEstimate): readonly string[] {
  return asking === undefined ? [] : [`asking: ${describeAsking(asking)}`];
}

/** `not read: 3 files that are no logs by their names` */
export function unknownFilesLine(count: number): string {
  const what =
    count === 1 ? 'file that is no log by its name' : 'files that are no logs by their names';
  return `not read: ${count} ${what}`;
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, amount]) => `${reason} ${formatCount(amount)}`)
    .join(', ');
}
