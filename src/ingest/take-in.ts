import { count } from '../domain/books.js';
import { invariant } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import type { Window } from '../domain/window.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import type { Ledgers } from './ledgers.js';
import type { Contender } from './line-table.js';
import type { NewestLines } from './newest-lines.js';
import { addNotes } from './notes.js';
import { isInForce, type Retraction, type SettledLines } from './settle-lines.js';
import type { AssembledWindow } from './window-conversations.js';

/** What a window takes in, and what it takes out. */
export interface TakenIn {
  /** Numbers of the lines whose records are kept. */
  readonly kept: number[];
  /** The ids of kept records that are not their lines' own. */
  readonly ids: ReadonlyMap<number, string>;
  /** Of every record one at most. */
  readonly retractions: Retraction[];
  readonly outdone: OutdoneContent[];
}

interface TakeInOptions {
  readonly known: ReadonlyMap<string, KnownContent>;
  readonly window: Window;
}

/** Books every line that could be taken in as its conversation says. */
export function takeIn(
  settled: SettledLines,
  newest: NewestLines,
  assembled: AssembledWindow,
  ledgers: Ledgers,
  options: TakeInOptions,
): TakenIn {
  const kept: number[] = [];
  const ids = new Map<number, string>();
  const outdone = [...settled.outdone];
  const keep = (number: number, line: Contender): void => {
    const id = line.call === -1 ? line.id : assembled.recordId(line.call);
    const ledger = ledgers.of(line.source);
    ledger.kept += 1;
    note(ledger.notes, line, id, options);
    kept.push(number);
    if (id !== line.id) ids.set(number, id);
  };
  for (const number of settled.candidates) {
    const line = newest.at(number);
    const fate = line.call === -1 ? 'record' : assembled.fateOf(line.call);
    invariant(fate !== null, `call ${line.id} was put into no conversation`);
    if (fate === 'record') keep(number, line);
    else {
      ledgers.drop(line.source, fate);
      const { id, contentDigest } = line;
      if (fate !== 'prefix-of') outdone.push({ id, contentDigest, denied: false });
    }
  }
  for (const number of settled.again) {
    const line = newest.at(number);
    if (assembled.fateOf(line.call) === 'record') keep(number, line);
    else ledgers.drop(line.source, 'seen');
  }
  const { retractions, denials } = takeOut(settled, assembled, options);
  const keptIds = retractions.length === 0 ? [] : kept;
  const stays = new Set(keptIds.map((number) => ids.get(number) ?? newest.at(number).id));
  return {
    kept,
    ids,
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

function note(
  notes: Record<string, number>,
  line: Contender,
  recordId: string,
  { known, window }: TakeInOptions,
): void {
  if (known.get(recordId)?.isPlaced === true) count(notes, 'revision');
  else if (line.time < instantMs(window.from)) count(notes, 'late');
  addNotes(notes, line.notes);
}
