import type { AssembledRecord, AssemblyState } from './assembly.js';
import type { CallColumns } from './call-columns.js';
import type { HeldRecord, Turn } from './held-records.js';
import { heldTurns, lastCall, partsOf } from './held-records.js';

/** The record that a line is the last call of, with its turns. */
export function assembledAt(line: number, state: AssemblyState): AssembledRecord {
  const { calls, digests } = state.input;
  if (standsAlone(line, state)) return { id: calls.id(line), turns: [], holds: [] };
  const again = state.alone.get(line);
  const record = again ?? state.continued.get(line);
  const fresh = again === undefined ? freshTurns(line, state) : [];
  const before =
    record === undefined
      ? []
      : heldTurns(
          record,
          partsOf(line, calls),
          calls,
          digests,
          again === undefined ? null : lastCall(again),
        ).turns;
  const turns = [...before, ...fresh.map((call): Turn => ({ kind: 'line', call }))];
  turns.sort((a, b) => byPlace(a, b, calls));
  const [first] = fresh;
  const id = record?.id ?? calls.id(first ?? line);
  return { id, turns, holds: holdsOf(line, record, turns, state) };
}

/** Whether the record that a line is the last call of has nothing but that call's own. */
export function standsAlone(
  line: number,
  { input: { calls }, folding, continued, alone }: AssemblyState,
): boolean {
  if (calls.partCount(line) > 0 || folding.takesIn(line)) return false;
  return !continued.has(line) && !alone.has(line);
}

/** The id of the record that a line is the last call of. */
export function recordIdAt(line: number, state: AssemblyState): string {
  const held = state.alone.get(line) ?? state.continued.get(line);
  return held?.id ?? state.input.calls.id(firstLine(line, state));
}

/** The first fresh line of the record that a line is the last call of; -1 where the chain holds its beginning. */
export function firstLine(line: number, state: AssemblyState): number {
  const { folding, alone, continued, firstLines } = state;
  if (alone.has(line) || continued.has(line)) return -1;
  if (!folding.takesIn(line) || folding.into(line) !== -1) return line;
  const known = firstLines.at(line) - 1;
  if (known !== -1) return known;
  const first = freshTurns(line, state)[0] ?? line;
  firstLines.set(line, first + 1);
  return first;
}

/** The fresh lines folded into a line, by rising message, then by time and id. */
function freshTurns(
  line: number,
  { input: { calls }, folding, nodes }: AssemblyState,
): readonly number[] {
  const turns = folding.foldedInto(line).filter((call) => !nodes.has(call));
  return turns.sort((a, b) => byPlace({ kind: 'line', call: a }, { kind: 'line', call: b }, calls));
}

/** By rising message, then by time and id. */
function byPlace(a: Turn, b: Turn, calls: CallColumns): number {
  const difference =
    messageOf(a, calls) - messageOf(b, calls) || timeOf(a, calls) - timeOf(b, calls);
  if (difference !== 0) return difference;
  return idOf(a, calls) < idOf(b, calls) ? -1 : 1;
}

function messageOf({ kind, call }: Turn, calls: CallColumns): number {
  return kind === 'line' ? calls.messages(call) : call.turn.message;
}

function timeOf({ kind, call }: Turn, calls: CallColumns): number {
  return kind === 'line' ? calls.timeMs(call) : Date.parse(call.turn.time);
}

function idOf({ kind, call }: Turn, calls: CallColumns): string {
  return kind === 'line' ? calls.id(call) : call.turn.callId;
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
  for (const part of partsOf(line, calls)) {
    const other = own.has(part) ? -1 : folding.latest(part, calls.timeMs(line));
    if (other !== -1) holds.add(calls.id(other));
  }
  return [...holds].sort();
}
