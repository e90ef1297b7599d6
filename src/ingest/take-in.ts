import { count } from '../domain/books.js';
import { invariant } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import type { Window } from '../domain/window.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import type { CallColumns } from './call-columns.js';
import type { Ledgers } from './ledgers.js';
import type { NewestLines } from './newest-lines.js';
import { addNotes } from './notes.js';
import { createNumbers, isInForce, type Retraction, type SettledLines } from './settle-lines.js';
import type { AssembledWindow } from './window-conversations.js';

/** What a window takes in, and what it takes out. */
export interface TakenIn {
  /** Numbers of the lines whose records are kept, in their order. */
  readonly kept: Uint32Array;
  /** Of every record one at most. */
  readonly retractions: Retraction[];
  readonly outdone: OutdoneContent[];
}

interface TakeInOptions {
  readonly known: ReadonlyMap<string, KnownContent>;
  readonly window: Window;
}

/** Books every line that could be taken in as its conversation says. `calls` knows which lines are calls. */
export function takeIn(
  settled: SettledLines,
  newest: NewestLines,
  calls: CallColumns,
  assembled: AssembledWindow,
  ledgers: Ledgers,
  options: TakeInOptions,
): TakenIn {
  const { lines } = newest;
  const kept = createNumbers();
  const outdone = [...settled.outdone];
  const fromMs = instantMs(options.window.from);
  const recordId = (number: number): string =>
    calls.isCall(number) ? assembled.recordId(number) : lines.idAt(number);
  /** Only of an id that the chain knows: is it the id of a record that it has placed? */
  const isRevision = (number: number): boolean => {
    const first = calls.isCall(number) ? assembled.firstLine(number) : number;
    if (first !== -1 && !lines.isKnownAt(first)) return false;
    return options.known.get(recordId(number))?.isPlaced === true;
  };
  const keep = (number: number): void => {
    const { notes } = ledgers.keep(lines.sourceAt(number));
    if (isRevision(number)) count(notes, 'revision');
    else if (lines.timeAt(number) < fromMs) count(notes, 'late');
    addNotes(notes, lines.notesAt(number));
    kept.add(number);
  };
  for (const number of settled.candidates) {
    const fate = calls.isCall(number) ? assembled.fateOf(number) : 'record';
    invariant(fate !== null, 'a call was put into no conversation');
    if (fate === 'record') keep(number);
    else {
      ledgers.drop(lines.sourceAt(number), fate);
      if (fate === 'prefix-of') continue;
      const { id, contentDigest } = lines.at(number);
      outdone.push({ id, contentDigest, denied: false });
    }
  }
  for (const number of settled.again) {
    if (assembled.fateOf(number) === 'record') keep(number);
    else ledgers.drop(lines.sourceAt(number), 'seen');
  }
  const { retractions, denials } = takeOut(settled, assembled, options);
  const stays = new Set<string>();
  if (retractions.length > 0) for (const number of kept) stays.add(recordId(number));
  return {
    kept: newest.inOrder(Uint32Array.from(kept), recordId),
    retractions: retractions.filter(({ id }) => !stays.has(id)),
    outdone: [...outdone, ...denials],
  };
}

/** The records that hold what was withdrawn, and what is to be known of calls that are not records of their own. */
function takeOut(
  { retractions }: SettledLines,
  assembled: AssembledWindow,
  { known }: TakeInOptions,
): { readonly retractions: readonly Retraction[]; readonly denials: readonly OutdoneContent[] } {
  const records = new Map<string, Retraction>();
  const denials: OutdoneContent[] = [];
  for (const { id: callId, contentDigest } of retractions) {
    const { id, isMany } = assembled.recordOf(callId);
    if (isMany) denials.push({ id: callId, contentDigest, denied: true });
    records.set(id, { id, contentDigest });
  }
  const others = [
    ...assembled.withdrawn,
    ...assembled.waiting.flatMap(({ id, isTakenOut, lastCall }) =>
      isTakenOut ? [{ id, lastCall }] : [],
    ),
  ];
  for (const { id, lastCall } of others) {
    const last = known.get(lastCall);
    if (records.has(id) || !isInForce(last)) continue;
    records.set(id, { id, contentDigest: last?.contentDigest ?? '' });
  }
  return { retractions: [...records.values()], denials };
}
