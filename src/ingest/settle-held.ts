import { invariant } from '../domain/errors.js';
import type { AssemblyState, WaitingRecord } from './assembly.js';
import type { HeldCall, HeldRecord, Turn } from './held-records.js';
import { heldTurns, lastCall, partsOf } from './held-records.js';

/**
 * Decides on the lines of held records: each is a turn of its record again where the record's text still has it. The
 * text is the fresh line that the record goes on in, else its last call's own line; gives the records of which this
 * window has neither.
 */
export function settleHeld(
  records: readonly HeldRecord[],
  state: AssemblyState,
): readonly WaitingRecord[] {
  const { continued, alone, fates } = state;
  const ends = new Map([...continued].map(([end, record]) => [record, end]));
  const waiting: WaitingRecord[] = [];
  for (const record of records) {
    const end = ends.get(record) ?? -1;
    const revised = record.calls.filter(({ isRevised }) => isRevised);
    if (end === -1 && revised.length === 0) continue;
    for (const { line } of revised) fates.set(line, 'prefix-of');
    const { line: lastLine } = lastCall(record);
    const isAlone = end === -1 && lastLine !== -1 && isTextOf(lastCall(record), record);
    if (isAlone) {
      fates.set(lastLine, 'record');
      alone.set(lastLine, record);
    }
    const text = isAlone ? lastLine : end;
    if (text === -1) waiting.push(waitingRecord(record, state));
    else settleTurns(record, text, state);
  }
  return waiting;
}

/** Whether the line of a record's last call still has the record's text, as far as anybody can tell. */
function isTextOf({ id, isLost }: HeldCall, record: HeldRecord): boolean {
  return !isLost || (record.id === id && record.calls.length === 1);
}

function settleTurns(record: HeldRecord, text: number, state: AssemblyState): void {
  const { input, alone, fates } = state;
  const but = alone.has(text) ? lastCall(record) : null;
  const parts = partsOf(text, input.calls);
  const { rewritten } = heldTurns(record, parts, input.calls, input.digests, but);
  for (const line of rewritten) fates.set(line, 'rewritten-turn');
}

/** New words against a turn take its record out until its text is read again; all others wait for that. */
function waitingRecord(
  record: HeldRecord,
  { input: { calls, digests, isAgainst }, fates }: AssemblyState,
): WaitingRecord {
  const { id, calls: heldCalls, holds } = record;
  const turns: Turn[] = [];
  let isTakenOut = false;
  for (const { logged, line, isRevised } of heldCalls) {
    invariant(logged !== null, `record ${id} has a call that neither chain nor window knows`);
    if (!isRevised) turns.push({ kind: 'logged', call: logged });
    else if (calls.whole(line) === digests.find(logged.transcript)) {
      turns.push({ kind: 'line', call: line });
      isTakenOut ||= isAgainst(line) && !speaksAgainst(logged.turn.signals);
    } else {
      // What the record holds of this call is not what the log says any more.
      fates.set(line, 'rewritten-turn');
      turns.push({ kind: 'logged', call: logged });
      isTakenOut = true;
    }
  }
  return { id, turns, holds, isTakenOut, lastCall: lastCall(record).id };
}

/** Whether a signal rejects an answer or corrects it. */
export function speaksAgainst(
  signals: readonly { readonly verdict: string; readonly correction: string | null }[],
): boolean {
  return signals.some(({ verdict, correction }) => verdict === 'rejected' || correction !== null);
}
