import type { EarlierTurn } from '../domain/record.js';
import type { AssembledRecord, AssemblyState } from './assembly.js';
import type { CallColumns } from './call-columns.js';
import type { HeldRecord, Turn } from './held-records.js';
import { heldTurns, lastCall } from './held-records.js';

/** The record that a line is the last call of, with its turns. */
export function assembledAt(line: number, state: AssemblyState): AssembledRecord {
  const { calls, digests } = state.input;
  const again = state.alone.get(line);
  const record = again ?? state.continued.get(line);
  const fresh = again === undefined ? freshTurns(line, state) : [];
  const before =
    record === undefined
      ? []
      : heldTurns(
          record,
          new Set(calls.parts(line)),
          calls,
          digests,
          again === undefined ? null : lastCall(again),
        ).turns;
  const turns = inOrder([...before, ...fresh.map((call): Turn => ({ kind: 'line', call }))], calls);
  const [first] = fresh;
  const id = record?.id ?? calls.id(first ?? line);
  return { id, turns, holds: holdsOf(line, record, turns, state) };
}

/** The fresh lines folded into a line, by rising message, then by time and id. */
export function freshTurns(line: number, state: AssemblyState): readonly number[] {
  const { input, folding, nodes } = state;
  const folded = folding.foldedInto(line);
  if (folded.length === 0) return folded;
  const turns = folded
    .filter((call) => !nodes.has(call))
    .map((call): Turn => ({ kind: 'line', call }));
  return inOrder(turns, input.calls).flatMap(({ kind, call }) => (kind === 'line' ? [call] : []));
}

function inOrder(turns: readonly Turn[], calls: CallColumns): readonly Turn[] {
  if (turns.length < 2) return turns;
  return turns
    .map((turn) => ({ turn, place: placeOf(turn, calls) }))
    .sort(({ place: a }, { place: b }) => {
      const difference = a.message - b.message || a.timeMs - b.timeMs;
      return difference === 0 ? (a.id < b.id ? -1 : 1) : difference;
    })
    .map(({ turn }) => turn);
}

interface TurnPlace {
  readonly message: number;
  readonly timeMs: number;
  readonly id: string;
}

function placeOf({ kind, call }: Turn, calls: CallColumns): TurnPlace {
  return kind === 'line'
    ? { message: calls.messages(call), timeMs: calls.timeMs(call), id: calls.id(call) }
    : placeOfTurn(call.turn);
}

function placeOfTurn({ message, time, callId }: EarlierTurn): TurnPlace {
  return { message, timeMs: Date.parse(time), id: callId };
}

/** Of each part that no turn of its own ends with, the call that it went on from; and what it held before. */
function holdsOf(
  line: number,
  record: HeldRecord | undefined,
  turns: readonly Turn[],
  { input: { calls, digests }, folding }: AssemblyState,
): readonly string[] {
  const own = new Set(
    turns.map(({ kind, call }) =>
      kind === 'line' ? calls.whole(call) : digests.find(call.transcript),
    ),
  );
  const holds = new Set(record?.holds);
  for (const part of calls.parts(line)) {
    const other = own.has(part) ? -1 : folding.latest(part, calls.timeMs(line));
    if (other !== -1) holds.add(calls.id(other));
  }
  return [...holds].sort();
}
