import { invariant } from '../../domain/errors.js';
import { asBuffer } from '../../formats/as-buffer.js';
import { rowMemory } from '../../formats/row-memory.js';
import type { RowSpill } from '../../formats/row-spill.js';
import type { SortedRow } from '../../formats/sorted-row.js';
import { callBytesOfOne } from '../conversation-json.js';
import type { PlacedLine } from '../lines/logged-line.js';
import type { LoneConversation } from '../lone-conversation.js';

/** A record that is kept. */
export interface KeptLine {
  /** The record's id; made when it is asked for, and only until the next line is. */
  readonly id: () => string;
  /** Where its last call's row stands in the spill. */
  readonly place: number;
  /** Whether it is a call of some conversation. */
  readonly isCall: boolean;
  /** What it has beyond its own row; `null` where it stands alone. */
  readonly joined: JoinedCalls | null;
}

export interface JoinedCalls {
  /** The JSON of its earlier calls, by rising message. */
  readonly turns: readonly string[];
  readonly holds: readonly string[];
  /** The ids of all calls whose texts it holds, but for its own. */
  readonly others: readonly string[];
}

/** What is joined while the turns' JSON is not at hand: the places of their rows stand for it. */
export type Joining = Omit<JoinedCalls, 'turns'> & {
  readonly turns: readonly (string | PlacedLine)[];
};

/** The records that are kept, out of memory. */
export interface KeptLines {
  count(): number;
  /** Takes in the last call of a record, or a line that is no call, with the calls that it joins. */
  add(line: PlacedLine, recordId: string, joining: Joining | null): void;
  /** In the order of (time, record id). None may be added any more. */
  lines(): Iterable<KeptLine>;
}

const [PLACE, IS_CALL, JOINED] = [0, 8, 9];
const INDEX_BYTES = 4;
/** Of a turn on its way to its record: its place, the record's time and id, and its number among the record's turns. */
const [TURN_PLACE, RECORD_TIME, INDEX, RECORD_ID] = [0, 8, 16, 20];

/**
 * Turns are found in two steps, for neither takes reading the spill back and forth: first in the order of their own
 * rows, then beside each other in the order of the records that they are turns of.
 */
export function createKeptLines(spill: RowSpill, lone: LoneConversation): KeptLines {
  const [kept, turns] = [spill.sorted(), spill.sorted()];
  /** How the row begins that is written or read. */
  const beginning = rowMemory(JOINED);
  let joined: ReturnType<RowSpill['sorted']> | null = null;

  function joinTurns(): ReturnType<RowSpill['sorted']> {
    const rows = spill.sorted();
    for (const { bytes } of turns.rows()) {
      const turn = asBuffer(bytes);
      const call = callBytesOfOne(lone(turn.readDoubleLE(TURN_PLACE)));
      const row = Buffer.allocUnsafe(INDEX_BYTES + call.length);
      row.writeUInt32LE(turn.readUInt32LE(INDEX));
      row.set(call, INDEX_BYTES);
      rows.add(turn.readDoubleLE(RECORD_TIME), turn.toString('utf16le', RECORD_ID), row);
    }
    return rows;
  }

  function keptLine({ text, bytes }: SortedRow, turnRows: Iterator<SortedRow>): KeptLine {
    const isAlone = bytes.length === JOINED;
    beginning.bytes.set(isAlone ? bytes : bytes.subarray(0, JOINED));
    return {
      id: text,
      place: beginning.numbers.getFloat64(PLACE, true),
      isCall: beginning.numbers.getUint8(IS_CALL) === 1,
      joined: isAlone ? null : withTurns(joiningOf(bytes), text(), turnRows),
    };
  }

  return {
    count: () => kept.count(),
    add(line, recordId, joining) {
      beginning.numbers.setFloat64(PLACE, line.place ?? NaN, true);
      beginning.numbers.setUint8(IS_CALL, line.call === null ? 0 : 1);
      if (joining === null) return void kept.add(line.time, recordId, beginning.bytes);
      const json = Buffer.from(JSON.stringify({ ...joining, turns: placed(joining) }));
      kept.add(line.time, recordId, Buffer.concat([beginning.bytes, json]));
      for (const [index, turn] of joining.turns.entries()) {
        if (typeof turn === 'string') continue;
        const row = Buffer.allocUnsafe(RECORD_ID + 2 * recordId.length);
        row.writeDoubleLE(turn.place ?? NaN, TURN_PLACE);
        row.writeDoubleLE(line.time, RECORD_TIME);
        row.writeUInt32LE(index, INDEX);
        row.write(recordId, RECORD_ID, 'utf16le');
        turns.add(turn.time, turn.id, row);
      }
    },
    *lines() {
      joined ??= joinTurns();
      const turnRows = joined.rows()[Symbol.iterator]();
      for (const row of kept.rows()) yield keptLine(row, turnRows);
    },
  };
}

/** Turns' JSON where it is known, `null` where it is among the rows of turns. */
type KeptJoining = Omit<JoinedCalls, 'turns'> & { readonly turns: readonly (string | null)[] };

function placed({ turns }: Joining): KeptJoining['turns'] {
  return turns.map((turn) => (typeof turn === 'string' ? turn : null));
}

function joiningOf(bytes: Uint8Array): KeptJoining {
  return JSON.parse(asBuffer(bytes).toString('utf8', JOINED)) as KeptJoining;
}

/** Takes as many rows of turns as the record lacks: those of one record stand together. */
function withTurns(joining: KeptJoining, id: string, turnRows: Iterator<SortedRow>): JoinedCalls {
  const turns = [...joining.turns];
  for (const turn of joining.turns) {
    if (turn !== null) continue;
    const next = turnRows.next();
    invariant(next.done !== true && next.value.text() === id, `a turn of record ${id} is missing`);
    const bytes = asBuffer(next.value.bytes);
    turns[bytes.readUInt32LE(0)] = bytes.toString('utf8', INDEX_BYTES);
  }
  return { ...joining, turns: turns.map((turn) => turn ?? '') };
}
