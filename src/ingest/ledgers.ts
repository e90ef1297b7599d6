import type { Books } from '../domain/books.js';
import { addBooks, assertBalanced, count } from '../domain/books.js';
import { invariant } from '../domain/errors.js';

export interface ObjectTally {
  readonly source: number;
  readonly uri: string;
  readonly deferred: number;
}

/** The books of one source while they are being kept. */
export interface Ledger {
  read: number;
  kept: number;
  readonly dropped: Record<string, number>;
  readonly quarantined: Record<string, number>;
  readonly notes: Record<string, number>;
  readonly objects: Map<string, ObjectTally & { deferred: number }>;
}

/** The books of every source, by its number in the configuration. */
export interface Ledgers {
  of(source: number): Ledger;
  /** Of a source's object. */
  tally(source: number, uri: string): { deferred: number };
  /** Counts a record that is kept. */
  keep(source: number): Ledger;
  drop(source: number, reason: string): void;
  objects(): readonly ObjectTally[];
  /** @throws InvariantError where they don't balance. */
  books(): Books;
}

export function createLedgers(sourceCount: number): Ledgers {
  const ledgers = Array.from({ length: sourceCount }, createLedger);
  const of = (source: number): Ledger => {
    const ledger = ledgers[source];
    invariant(ledger !== undefined, `a line came from source ${source}, which is not configured`);
    return ledger;
  };
  return {
    of,
    tally(source, uri) {
      const { objects } = of(source);
      let tally = objects.get(uri);
      if (tally === undefined) {
        tally = { source, uri, deferred: 0 };
        objects.set(uri, tally);
      }
      return tally;
    },
    keep(source) {
      const ledger = of(source);
      ledger.kept += 1;
      return ledger;
    },
    drop: (source, reason) => count(of(source).dropped, reason),
    objects: () => ledgers.flatMap(({ objects }) => [...objects.values()]),
    books: () => addBooks('ingest', ledgers.map(booksOf)),
  };
}

function createLedger(): Ledger {
  return { read: 0, kept: 0, dropped: {}, quarantined: {}, notes: {}, objects: new Map() };
}

function booksOf({ read, kept, dropped, quarantined, notes, objects }: Ledger): Books {
  const deferred = [...objects.values()].reduce((sum, object) => sum + object.deferred, 0);
  return assertBalanced({ stage: 'ingest', read, kept, dropped, quarantined, deferred, notes });
}
