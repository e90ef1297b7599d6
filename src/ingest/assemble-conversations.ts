import { integerColumn } from '../domain/columns.js';
import type { Assembly, AssemblyInput, AssemblyState, HeldNode, LineFate } from './assembly.js';
import { assembledAt, firstLine, recordIdAt, standsAlone } from './assembled-record.js';
import type { CallColumns } from './call-columns.js';
import type { DigestNumbers } from './digest-numbers.js';
import { foldCalls, type Folding, type Role } from './fold-calls.js';
import type { HeldCall, HeldRecord } from './held-records.js';
import { lastCall, rememberedOf, transcriptOfHeld } from './held-records.js';
import { settleHeld } from './settle-held.js';

/**
 * Puts calls together to conversations. Fresh calls are folded into each other as `foldCalls` says. A record that
 * the chain holds goes on in the earliest fresh call that continues it, under its own id; where two held records
 * would go on in one, that one does which has more of it, and the other stays what it was. Lines of held records'
 * calls take the places of what the chain remembers of them. What goes on from a withheld call is withheld.
 */
export function assembleConversations(input: AssemblyInput): Assembly {
  const { calls, digests } = input;
  const lineCount = calls.count;
  const fates = withhold(input);
  const open = openRecords(input, fates);
  const nodes = addHeld(open, calls, digests);
  const roleOf = (call: number): Role => {
    if (call >= lineCount) return nodes.get(call)?.isLast === true ? 'folds' : 'stays';
    return input.isFresh(call) && !isWithheld(fates.get(call)) ? 'folds' : 'out';
  };
  const folding = foldCalls(calls, digests.count, roleOf);
  const state: AssemblyState = {
    ...{ input, folding, nodes, roleOf, fates },
    continued: continuedRecords(calls, nodes, folding),
    alone: new Map(),
    firstLines: integerColumn(),
  };
  const waiting = settleHeld(open, state);
  return {
    fateOf: (line) => fates.get(line) ?? freshFate(line, state),
    recordId: (line) => recordIdAt(line, state),
    firstLine: (line) => firstLine(line, state),
    standsAlone: (line) => standsAlone(line, state),
    assembled: (line) => assembledAt(line, state),
    waiting,
  };
}

/** The fates of fresh lines that end or go on from something withheld. */
function withhold({ calls, isFresh, withheldBecause }: AssemblyInput): Map<number, LineFate> {
  const fates = new Map<number, LineFate>();
  for (let line = 0; line < calls.count; line += 1) {
    if (!isFresh(line)) continue;
    const reason = withheldBecause(line);
    if (reason !== null) fates.set(line, reason);
  }
  return fates;
}

function isWithheld(fate: LineFate | undefined): boolean {
  return fate === 'no-consent' || fate === 'opted-out';
}

/** The held records that nothing withholds; the lines of the others get their fates. */
function openRecords(
  { held, isWithheld: reasonOf }: AssemblyInput,
  fates: Map<number, LineFate>,
): readonly HeldRecord[] {
  return held.filter((record) => {
    const reason = reasonOf(record);
    if (reason === null) return true;
    for (const { line, isRevised } of record.calls) if (isRevised) fates.set(line, reason);
    return false;
  });
}

/** Adds the calls of held records, so that fresh ones can be found to continue them. */
function addHeld(
  records: readonly HeldRecord[],
  calls: CallColumns,
  digests: DigestNumbers,
): ReadonlyMap<number, HeldNode> {
  const nodes = new Map<number, HeldNode>();
  for (const record of records) {
    for (const call of record.calls) {
      const whole = transcriptOfHeld(call, calls, digests);
      const node = calls.add({ id: call.id, ...placeOf(call, calls), whole, parts: [] });
      nodes.set(node, { record, isLast: call === lastCall(record) });
    }
  }
  return nodes;
}

function placeOf(
  call: HeldCall,
  calls: CallColumns,
): { readonly timeMs: number; readonly messages: number } {
  const logged = rememberedOf(call);
  if (logged === null) {
    return { timeMs: calls.timeMs(call.line), messages: calls.messages(call.line) };
  }
  return { timeMs: Date.parse(logged.turn.time), messages: logged.turn.message };
}

/** The held records that go on in fresh lines, by the last of these: of several the one that has most of it. */
function continuedRecords(
  calls: CallColumns,
  nodes: ReadonlyMap<number, HeldNode>,
  folding: Folding,
): Map<number, HeldRecord> {
  const best = new Map<number, number>();
  for (const [node, { isLast }] of nodes) {
    if (!isLast || folding.into(node) === -1) continue;
    const end = endOf(node, folding);
    const other = best.get(end);
    if (other === undefined || isPreferred(node, other, calls)) best.set(end, node);
  }
  const continued = new Map<number, HeldRecord>();
  for (const [end, node] of best) {
    const record = nodes.get(node)?.record;
    if (record !== undefined) continued.set(end, record);
  }
  return continued;
}

/** Longer before shorter, then earlier before later. */
function isPreferred(a: number, b: number, calls: CallColumns): boolean {
  const difference = calls.messages(b) - calls.messages(a) || calls.timeMs(a) - calls.timeMs(b);
  return difference === 0 ? calls.id(a) < calls.id(b) : difference < 0;
}

function endOf(call: number, folding: Folding): number {
  let end = call;
  for (let next = folding.into(end); next !== -1; next = folding.into(end)) end = next;
  return end;
}

function freshFate(line: number, { folding, roleOf }: AssemblyState): LineFate | null {
  if (roleOf(line) === 'out') return null;
  return folding.into(line) === -1 ? 'record' : 'prefix-of';
}
