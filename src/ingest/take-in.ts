import { count } from '../domain/books.js';
import { invariant } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import { canonicalJson } from '../domain/json.js';
import type { Window } from '../domain/window.js';
import type { AssembledRecord } from './assembly.js';
import type { Joining, KeptLines } from './conversations/kept-lines.js';
import type { KnownContent, OutdoneContent } from './known-contents.js';
import type { Ledgers } from './ledgers.js';
import type { PlacedLine } from './lines/logged-line.js';
import { addNotes } from './notes.js';
import { isTakenIn, type WindowCalls } from './window-calls.js';
import type { AssembledWindow } from './window-conversations.js';

/** Where what a window takes in is booked and kept. */
export interface TakeIn {
  /** Takes in a line that no other has to do with. */
  alone(line: PlacedLine): void;
  /** Takes in, or drops, calls as their conversations say. */
  calls(window: WindowCalls, assembled: AssembledWindow): void;
}

export interface TakeInOptions {
  readonly kept: KeptLines;
  readonly remember: (content: OutdoneContent) => void;
  readonly ledgers: Ledgers;
  readonly known: ReadonlyMap<string, KnownContent>;
  readonly window: Window;
}

export function createTakeIn(options: TakeInOptions): TakeIn {
  const { kept, remember, ledgers, known } = options;
  const fromMs = instantMs(options.window.from);
  /** No two lines have one id, so that only a record that the chain holds could be kept twice. */
  const revised = new Set<string>();
  /** `mayBeKnown` says whether the chain may have placed a record of this id. */
  const keep = (
    line: PlacedLine,
    recordId: string,
    mayBeKnown: boolean,
    joining: Joining | null,
  ): void => {
    const { notes } = ledgers.keep(line.source);
    const isRevision = mayBeKnown && known.get(recordId)?.isPlaced === true;
    if (isRevision) {
      count(notes, 'revision');
      invariant(!revised.has(recordId), `record ${recordId} is kept twice in one window`);
      revised.add(recordId);
    } else if (line.time < fromMs) count(notes, 'late');
    addNotes(notes, line.notes);
    kept.add(line, recordId, joining);
  };
  return {
    alone(line) {
      keep(line, line.id, line.isKnown, null);
    },
    calls(window, assembled) {
      const { settled } = window;
      const keepCall = (line: PlacedLine, number: number): void => {
        const first = assembled.firstLine(number);
        const mayBeKnown = first === -1 || settled[first]?.line.isKnown === true;
        const joining = assembled.standsAlone(number)
          ? null
          : joiningOf(assembled.assembled(number), number, window);
        keep(line, assembled.recordId(number), mayBeKnown, joining);
      };
      for (const [number, { line, state }] of settled.entries()) {
        if (!isTakenIn(state)) continue;
        const fate = assembled.fateOf(number);
        if (fate === 'record') keepCall(line, number);
        else if (state === 'seen') ledgers.drop(line.source, 'seen');
        else {
          invariant(fate !== null, 'a call was put into no conversation');
          ledgers.drop(line.source, fate);
          if (fate === 'prefix-of') continue;
          const { id, contentDigest } = line;
          remember({ id, contentDigest, denied: false });
        }
      }
    },
  };
}

function joiningOf(record: AssembledRecord, line: number, window: WindowCalls): Joining {
  return {
    turns: turnsOf(record, window),
    holds: record.holds,
    others: othersOf(record, line, window),
  };
}

/** The lines that are turns of a record, and the JSON of those that only the chain knows. */
export function turnsOf(
  { turns }: Pick<AssembledRecord, 'turns'>,
  { settled }: WindowCalls,
): readonly (string | PlacedLine)[] {
  return turns.map(({ kind, call }) => {
    if (kind === 'logged') return canonicalJson(call);
    const turn = settled[call];
    invariant(turn !== undefined, 'a turn is of no line');
    return turn.line;
  });
}

/** The ids of all calls whose texts a record holds, but for its own. */
function othersOf(
  { id, turns, holds }: AssembledRecord,
  line: number,
  { calls }: WindowCalls,
): readonly string[] {
  const ids = new Set(holds).add(calls.id(line));
  for (const { kind, call } of turns) {
    ids.add(kind === 'logged' ? call.turn.callId : calls.id(call));
  }
  ids.delete(id);
  return [...ids].sort();
}
