import { integerColumn } from '../domain/columns.js';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord } from '../domain/record.js';
import type { RowSpill } from '../formats/row-spill.js';
import type { AssembledRecord, Assembly } from './assembly.js';
import type { CallColumns } from './call-columns.js';
import type { LoggedCall } from './conversation-history.js';
import { sha256Of } from './digests.js';
import type { Turn } from './held-records.js';
import type { WindowCalls } from './window-calls.js';

/** Records and conversations as they are written, found one by one. Cheap in the order of (time, record id). */
export interface ConversationRows {
  /** The record that a line is the last call of, made of the line's own as JSON. */
  record(line: number, json: Uint8Array): Uint8Array;
  /** What the chain is to remember of it: a `Conversation` as canonical JSON. */
  conversation(line: number): string;
  /** The same of records whose texts are not at hand. */
  waiting(): readonly string[];
}

/**
 * `spill` has what each line says of its answer, in the order of the lines. It is put there once more in the order of
 * the records that the lines are calls of, so that each record finds its turns beside each other.
 */
export function conversationRows(
  window: WindowCalls,
  assembly: Assembly,
  spill: RowSpill,
): ConversationRows {
  const rows = integerColumn();
  for (const line of assembly.lines()) {
    const last = assembly.lastLine(line);
    // Adding may move what was read.
    const bytes = Buffer.from(spill.read(window.rowOf(line)));
    const row = spill.add(bytes, window.calls.timeMs(last), assembly.recordId(last));
    rows.set(line, row);
  }
  const callOf = (turn: Turn): LoggedCall =>
    turn.kind === 'line' ? parsed(spill.read(rows.at(turn.call))) : turn.call;
  const jsonOf = (turn: Turn): string =>
    turn.kind === 'line' ? textOf(spill.read(rows.at(turn.call))) : canonicalJson(turn.call);
  return {
    record(line, json) {
      const assembled = assembly.assembled(line);
      const { id, turns } = assembled;
      const calls = idsOf(assembled, line, window.calls);
      if (calls.length === 0) return json;
      const record = JSON.parse(textOf(json)) as CanonicalRecord;
      const earlier = turns.map((turn) => callOf(turn).turn);
      const contentDigest =
        earlier.length === 0
          ? record.contentDigest
          : sha256Of(canonicalJson([record.contentDigest, earlier]));
      const whole: CanonicalRecord = {
        ...record,
        id,
        ...(earlier.length > 0 && { turns: earlier }),
        calls,
        contentDigest,
      };
      return Buffer.from(canonicalJson(whole));
    },
    conversation(line) {
      const { id, turns, holds } = assembly.assembled(line);
      const own: Turn = { kind: 'line', call: line };
      return conversationJson(id, [...turns, own].map(jsonOf), holds);
    },
    waiting: () =>
      assembly.waiting.map(({ id, turns, holds }) =>
        conversationJson(
          id,
          turns.map((turn) =>
            turn.kind === 'line' ? textOf(spill.read(window.rowOf(turn.call))) : jsonOf(turn),
          ),
          holds,
        ),
      ),
  };
}

/** The ids of all calls whose texts a record holds, but for its own. */
function idsOf(
  { id, turns, holds }: AssembledRecord,
  line: number,
  calls: CallColumns,
): readonly string[] {
  const ids = new Set(holds).add(calls.id(line));
  for (const { kind, call } of turns)
    ids.add(kind === 'logged' ? call.turn.callId : calls.id(call));
  ids.delete(id);
  return [...ids].sort();
}

/** The canonical JSON of a `Conversation` whose calls are canonical JSON already. */
function conversationJson(id: string, calls: readonly string[], holds: readonly string[]): string {
  const others = holds.length === 0 ? '' : `"holds":${canonicalJson(holds)},`;
  return `{"calls":[${calls.join(',')}],${others}"id":${canonicalJson(id)}}`;
}

function parsed(json: Uint8Array): LoggedCall {
  return JSON.parse(textOf(json)) as LoggedCall;
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('utf8');
}
