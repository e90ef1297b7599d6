import type { Books } from '../src/domain/books.js';
import { assertBalanced } from '../src/domain/books.js';
import type { StepInput, StepResult } from '../src/domain/contracts.js';
import { invariant } from '../src/domain/errors.js';
import type { StoredRelease } from '../src/release/chain.js';
import type { Step } from '../src/release/layout.js';
import { STEPS } from '../src/release/layout.js';
import { findRows } from '../src/release/rows-files.js';
import { FURTHER_EXAMPLES } from '../src/select/select.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import type { WindowState } from './window-state.js';
import { readStep } from './window-state.js';

type Results = Readonly<Record<Step, StepResult>>;

/**
 * The books of all steps. Each balances, and each step read what those before it left for it, down to the
 * rows of the release.
 * @throws InvariantError naming the step and both numbers.
 */
export async function collectBooks(
  store: ObjectStore,
  input: StepInput,
  { ancestors }: WindowState,
): Promise<readonly Books[]> {
  const results: Results = {
    ingest: await readStep(store, input, 'ingest'),
    split: await readStep(store, input, 'split'),
    select: await readStep(store, input, 'select'),
    assemble: await readStep(store, input, 'assemble'),
    dedupe: await readStep(store, input, 'dedupe'),
    decontaminate: await readStep(store, input, 'decontaminate'),
  };
  const books = STEPS.map((step) => assertBalanced(results[step].books));
  assertHandedOn(results, ancestors);
  return books;
}

function assertHandedOn(results: Results, ancestors: readonly StoredRelease[]): void {
  const { ingest, split, select, assemble, dedupe, decontaminate } = results;
  const [train, holdout] = [countOf(select, 'train'), countOf(select, 'holdout')];
  const further = select.books.notes?.[FURTHER_EXAMPLES] ?? 0;
  const history = ancestors.reduce((sum, ancestor) => sum + exampleCount(ancestor), 0);
  const handed: readonly (readonly [string, number, string, number])[] = [
    ['step ingest kept', ingest.books.kept, 'step split read', split.books.read],
    ['step split kept', split.books.kept, 'step select read', select.books.read],
    ['step select kept', select.books.kept + further, 'its files hold', train + holdout],
    ['step select and history hold', train + history, 'step assemble read', assemble.books.read],
    ['step assemble kept', assemble.books.kept, 'step dedupe read', dedupe.books.read],
    ['step dedupe kept', dedupe.books.kept, 'step decontaminate read', decontaminate.books.read],
    [
      'step decontaminate kept',
      decontaminate.books.kept,
      'the release holds',
      countOf(decontaminate, 'rows'),
    ],
  ];
  for (const [before, left, after, taken] of handed) {
    invariant(
      left === taken,
      `the books don't balance: ${before} ${left} records, ${after} ${taken}`,
    );
  }
}

function countOf({ outputs }: StepResult, name: string): number {
  return outputs[name]?.count ?? 0;
}

function exampleCount({ manifest }: StoredRelease): number {
  return findRows(manifest, 'examples')?.count ?? 0;
}
