import { integerColumn } from '../domain/columns.js';
import { canonicalJson } from '../domain/json.js';
import type { RowSpill } from '../formats/row-spill.js';
import type { AssembledRecord, Assembly } from './assembly.js';
import type { CallColumns } from './call-columns.js';
import {
  callOfOne,
  contentDigestOf,
  conversationJson,
  joinedRecord,
  turnOf,
} from './conversation-json.js';
import { sha256Of } from './digests.js';
import type { Turn } from './held-records.js';

/** Records and conversations as they are written, found one by one. Cheap in the order of (time, record id). */
export interface ConversationRows {
  /** The record that a line is the last call of, made of the line's own as JSON. */
  record(line: number, json: Uint8Array): Uint8Array;
  /** What the chain is to remember of it: a `Conversation` as canonical JSON. */
  conversation(line: number): Uint8Array;
  /** The same of records whose texts are not at hand. */
  waiting(): readonly string[];
}

/** Where the lines' rows are: the conversation that each would be alone is the note beside its record. */
export interface SpilledCalls {
  readonly calls: CallColumns;
  readonly spill: RowSpill;
  readonly rowOf: (line: number) => number;
}

/**
 * Notes of turns are put into the spill once more in the order of the records that they are turns of, so that each
 * record finds its turns beside each other.
 */
export function conversationRows(
  { calls, spill, rowOf }: SpilledCalls,
  assembly: Assembly,
): ConversationRows {
  /** One more than the row that a turn has for itself. */
  const turnRows = integerColumn();
  for (const line of assembly.turnLines()) {
    const last = assembly.lastLine(line);
    // Adding may move what was read.
    const note = Buffer.from(spill.readNote(rowOf(line)));
    turnRows.set(line, spill.add(note, calls.timeMs(last), assembly.recordId(last)) + 1);
  }
  const lineJson = (line: number): string => {
    const row = turnRows.at(line) - 1;
    return callOfOne(row === -1 ? spill.readNote(rowOf(line)) : spill.read(row));
  };
  const jsonOf = ({ kind, call }: Turn): string =>
    kind === 'line' ? lineJson(call) : canonicalJson(call);
  return {
    record(line, json) {
      if (assembly.standsAlone(line)) return json;
      const assembled = assembly.assembled(line);
      const { id, turns } = assembled;
      const others = idsOf(assembled, line, calls);
      if (others.length === 0) return json;
      // Reading turns may move the record.
      const own = Buffer.from(json);
      const ownDigest = contentDigestOf(own);
      const earlier = turns.map((turn) => turnOf(jsonOf(turn)));
      const contentDigest =
        earlier.length === 0 ? ownDigest : sha256Of(`["${ownDigest}",[${earlier.join(',')}]]`);
      return joinedRecord(own, { id, contentDigest, turns: earlier, calls: others });
    },
    conversation(line) {
      if (assembly.standsAlone(line)) return spill.readNote(rowOf(line));
      const { id, turns, holds } = assembly.assembled(line);
      const own: Turn = { kind: 'line', call: line };
      return Buffer.from(conversationJson(id, [...turns, own].map(jsonOf), holds));
    },
    waiting: () =>
      assembly.waiting.map(({ id, turns, holds }) =>
        conversationJson(id, turns.map(jsonOf), holds),
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
