import { fc } from './properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { makeSignal } from './records.js';
import { createWindowChain, type IngestedWindow } from './window-chain.js';

const ENDS = [5, 10, 59].map(
  (minute) => `2026-01-06T00:${String(minute).padStart(2, '0')}:00.000Z`,
);

/** What a later line says of a call. */
const CHANGES: Readonly<Record<string, (call: CanonicalRecord) => CanonicalRecord>> = {
  again: (call) => call,
  denied: (call) => ({ ...call, consent: 'deny' }),
  unmarked: (call) => ({ ...call, consent: 'unmarked' }),
  rejected: (call) => ({ ...call, signals: [makeSignal({ verdict: 'rejected', at: call.time })] }),
  moved: (call) => ({ ...call, conversationId: sha256Of('another') }),
  alone,
  deniedAlone: (call) => ({ ...alone(call), consent: 'deny' }),
  changedAlone: (call) => ({ ...alone(call), output: { role: 'assistant', content: 'otherwise' } }),
  unwanted,
  unwantedAlone: (call) => unwanted(alone(call)),
  changed: (call) => ({ ...call, output: { role: 'assistant', content: 'otherwise' } }),
};

/** Without what tells which conversation it is of. */
function alone(call: CanonicalRecord): CanonicalRecord {
  return { ...call, conversationId: null, userKeyHash: null };
}

/** With something new that no record may hold. */
function unwanted(call: CanonicalRecord): CanonicalRecord {
  const output = { role: 'assistant', content: '[iban]' } as const;
  return { ...call, output, redactions: { iban: 1 } };
}

/** A line of the window with this number, made of some call; or the call opts out from then on. */
export interface Change {
  readonly of: number;
  readonly kind: string;
  readonly window: number;
  readonly place: number;
}

export const change: fc.Arbitrary<Change> = fc.record(
  {
    of: fc.nat(40),
    kind: fc.constantFrom('opted-out', ...Object.keys(CHANGES)),
    window: fc.nat(2),
    place: fc.nat(40),
  },
  { noNullPrototype: true },
);

/** What each of three windows reads. */
export interface ChangedWindow {
  readonly to: string;
  readonly lines: readonly CanonicalRecord[];
  /** Ids that opt out from then on. */
  readonly optsOut: readonly string[];
}

/** Every call in the window of its time, and the changes in theirs. */
export function changedWindows(
  calls: readonly CanonicalRecord[],
  changes: readonly Change[],
): readonly ChangedWindow[] {
  return ENDS.map((to, window) => {
    const optsOut: string[] = [];
    const lines = calls.filter(({ time }) => time < to && time >= (ENDS[window - 1] ?? ''));
    for (const each of changes.filter((other) => other.window === window)) {
      const call = calls[each.of % Math.max(calls.length, 1)];
      if (call === undefined || call.time >= to) continue;
      const changed = CHANGES[each.kind];
      if (changed === undefined) optsOut.push(call.id);
      else lines.splice(each.place % (lines.length + 1), 0, redigested(changed(call)));
    }
    return { to, lines, optsOut };
  });
}

export async function ingestAll(
  changed: readonly ChangedWindow[],
  spillBytes: number,
): Promise<readonly IngestedWindow[]> {
  const chain = createWindowChain(spillBytes);
  const windows: IngestedWindow[] = [];
  for (const { to, lines, optsOut } of changed) {
    for (const id of optsOut) chain.optedOut.add(id);
    windows.push(await chain.read(lines, to));
  }
  return windows;
}

function redigested(record: CanonicalRecord): CanonicalRecord {
  const { messages, output, signals, consent } = record;
  const contentDigest = sha256Of(canonicalJson([messages, output, signals, consent]));
  return { ...record, contentDigest };
}
