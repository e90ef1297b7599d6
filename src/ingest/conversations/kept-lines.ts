import { invariant } from '../../domain/errors.js';
import type { RowSpill } from '../../formats/row-spill.js';
import type { SortedRow } from '../../formats/sorted-row.js';
import { callBytesOfOne } from '../conversation-json.js';
import type { PlacedLine } from '../lines/logged-line.js';

/** A record that is kept. */
export interface KeptLine {
  /** The record's id. */
  readonly id: string;
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
export function createKeptLines(spill: RowSpill): KeptLines {
  const [kept, turns] = [spill.sorted(), spill.sorted()];
  let joined: ReturnType<RowSpill['sorted']> | null = null;

  function joinTurns(): ReturnType<RowSpill['sorted']> {
    const rows = spill.sorted();
    for (const { bytes } of turns.rows()) {
      const call = callBytesOfOne(spill.readNote(bytes.readDoubleLE(TURN_PLACE)));
      const row = Buffer.allocUnsafe(INDEX_BYTES + call.length);
      row.writeUInt32LE(bytes.readUInt32LE(INDEX));
      row.set(call, INDEX_BYTES);
      rows.add(bytes.readDoubleLE(RECORD_TIME), bytes.toString('utf16le', RECORD_ID), row);
    }
    return rows;
  }

  return {
    count: () => kept.count(),
    add(line, recordId, joining) {
      const json = joining === null ? '' : JSON.stringify({ ...joining, turns: placed(joining) });
      const row = Buffer.allocUnsafe(JOINED + Buffer.byteLength(json));
      row.writeDoubleLE(line.place ?? NaN, PLACE);
      row.writeUInt8(line.call === null ? 0 : 1, IS_CALL);
      row.write(json, JOINED);
      kept.add(line.time, recordId, row);
      for (const [index, turn] of (joining?.turns ?? []).entries()) {
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

function keptLine({ text, bytes }: SortedRow, turnRows: Iterator<SortedRow>): KeptLine {
  const json = bytes.toString('utf8', JOINED);
  return {
    id: text,
    place: bytes.readDoubleLE(PLACE),
    isCall: bytes.readUInt8(IS_CALL) === 1,
    joined: json === '' ? null : withTurns(JSON.parse(json) as KeptJoining, text, turnRows),
  };
}

/** Takes as many rows of turns as the record lacks: those of one record stand together. */
function withTurns(joining: KeptJoining, id: string, turnRows: Iterator<SortedRow>): JoinedCalls {
  const turns = [...joining.turns];
  for (const turn of joining.turns) {
    if (turn !== null) continue;
    const next = turnRows.next();
    invariant(next.done !== true && next.value.text === id, `a turn of record ${id} is missing`);
    const { bytes } = next.value;
    turns[bytes.readUInt32LE(0)] = bytes.toString('utf8', INDEX_BYTES);
  }
  return { ...joining, turns: turns.map((turn) => turn ?? '') };
}
